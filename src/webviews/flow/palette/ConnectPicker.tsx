import { useMemo, useState, type ReactElement } from 'react';
import { useCanvas, useEditor } from '../context';
import { connectOps, refusal, type End } from '../edits/connect';
import { handleId } from '../../../core/flow/layout/handles';
import { comboProps, listKey, Options } from '../Options';
import { nameOf } from '../state/describe';
import type { Editor } from '../state/editor';
import { useStore } from '../state/store';

interface Offer {
	readonly start: End;
	readonly end: End;
	readonly text: string;
}

const most = 300;
const listId = 'connect-list';

/** Connects without a pointer: every edge that the current node could have, as a list that narrows while one types. */
export function ConnectPicker(): ReactElement | null {
	const canvas = useCanvas();
	const editor = useEditor();
	const isOpen = useStore(canvas.picker) === 'connect';
	const { current } = editor.selection.get();
	return isOpen && current !== null ? <Picker node={current} /> : null;
}

function Picker({ node }: { readonly node: string }): ReactElement {
	const canvas = useCanvas();
	const editor = useEditor();
	const [words, setWords] = useState('');
	const [at, setAt] = useState(0);
	const offers = useMemo(() => offersOf(editor, node), [editor, node]);
	const wanted = words.toLowerCase().split(/\s+/);
	const found = offers.filter(({ text }) => wanted.every(word => text.toLowerCase().includes(word))).slice(0, most);
	const close = (): void => {
		canvas.picker.set(null);
		canvas.focus();
	};
	const pick = (index: number): void => {
		const offer = found[index];
		if (!offer) return;
		close();
		if (editor.apply('Connect', connectOps(editor.index, offer.start, offer.end)))
			editor.say(`Connected: ${offer.text}.`);
	};
	return (
		<div className="popover quick-add connect-picker">
			<input
				{...comboProps(listId, found.length, at)}
				className="form-input"
				autoFocus
				aria-label={`Connect ${nameOf(editor, node)}`}
				placeholder={`Connect ${nameOf(editor, node)}`}
				value={words}
				onBlur={() => canvas.picker.set(null)}
				onChange={event => {
					setWords(event.currentTarget.value);
					setAt(0);
				}}
				onKeyDown={event => {
					event.stopPropagation();
					if (listKey(event, { at, count: found.length, onMove: setAt, onPick: pick, onLeave: close }))
						event.preventDefault();
				}}
			/>
			<Options
				id={listId}
				label="Edges"
				className="quick-add-list"
				options={found.map(({ text }) => ({ key: text, label: text }))}
				at={at}
				onPick={pick}
			/>
			{found.length === 0 && <p className="side-empty">Nothing here can be connected with it.</p>}
		</div>
	);
}

/** Edges from the node first, nearest nodes first. */
function offersOf(editor: Editor, node: string): readonly Offer[] {
	const { index } = editor;
	const box = index.box(node);
	if (!box) return [];
	const others = [...index.boxes()]
		.filter(other => other.id !== node)
		.sort((a, b) => Math.hypot(a.x - box.x, a.y - box.y) - Math.hypot(b.x - box.x, b.y - box.y))
		.slice(0, most);
	const offers: Offer[] = [];
	for (const side of ['output', 'input'] as const) {
		for (const spot of box.spots.filter(each => each.side === side)) {
			const start: End = { node, handle: handleId(spot.port), side };
			for (const other of others) {
				for (const target of other.spots) {
					const end: End = { node: other.id, handle: handleId(target.port), side: target.side };
					if (target.side === side || refusal(index, start, end) !== null) continue;
					const arrow = side === 'output' ? '→' : '←';
					const name = nameOf(editor, other.id);
					offers.push({ start, end, text: `${spot.port.title} ${arrow} ${name}: ${target.port.title}` });
				}
			}
		}
	}
	return offers;
}
