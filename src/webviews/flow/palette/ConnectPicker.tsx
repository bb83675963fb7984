import { useCallback, useMemo, type ReactElement } from 'react';
import { useCanvas, useEditor } from '../context';
import { connectOps, refusal, type End } from '../edits/connect';
import { handleId } from '../../../core/flow/layout/handles';
import { nameOf } from '../state/describe';
import type { Editor } from '../state/editor';
import { useStore } from '../state/store';
import { ListPopover } from './ListPopover';

interface Offer {
	readonly start: End;
	readonly end: End;
	readonly text: string;
}

const most = 300;

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
	const offers = useMemo(() => offersOf(editor, node), [editor, node]);
	const find = useCallback(
		(words: string) => {
			const wanted = words.toLowerCase().split(/\s+/);
			return offers.filter(({ text }) => wanted.every(word => text.toLowerCase().includes(word))).slice(0, most);
		},
		[offers],
	);
	const away = useCallback(() => canvas.picker.set(null), [canvas]);
	const close = (): void => {
		away();
		canvas.focus();
	};
	return (
		<ListPopover
			title={`Connect ${nameOf(editor, node)}`}
			listLabel="Edges"
			nothing="Nothing here can be connected with it."
			className="connect-picker"
			listClassName=""
			find={find}
			optionOf={({ start, end, text }) => ({
				key: `${start.handle}${start.side}${end.node}.${end.handle}`,
				label: text,
			})}
			onPick={({ start, end, text }) => {
				close();
				if (editor.apply('Connect', connectOps(editor.index, start, end))) editor.say(`Connected: ${text}.`);
			}}
			onLeave={close}
			onAway={away}
		/>
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
