import { useMemo, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useCanvas, useEditor } from '../context';
import { connectOps, refusal, type End } from '../edits/connect';
import { handleId } from '../graph/handles';
import { nameOf } from '../state/describe';
import { useStore } from '../state/store';

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
	const [words, setWords] = useState('');
	const [at, setAt] = useState(0);
	const offers = useMemo(() => offersOf(editor, node), [editor, node]);
	const wanted = words.toLowerCase().split(/\s+/);
	const found = offers.filter(({ text }) => wanted.every(word => text.toLowerCase().includes(word))).slice(0, most);
	const close = (): void => {
		canvas.picker.set(null);
		canvas.focus();
	};
	const pick = (offer: Offer | undefined): void => {
		if (!offer) return;
		close();
		if (editor.apply('Connect', connectOps(editor.index, offer.start, offer.end)))
			editor.say(`Connected: ${offer.text}.`);
	};
	const key = (event: KeyboardEvent): void => {
		event.stopPropagation();
		const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
		if (step !== 0) setAt(now => (now + step + found.length) % Math.max(1, found.length));
		else if (event.key === 'Enter') pick(found[at]);
		else if (event.key === 'Escape' || event.key === 'Tab') close();
		else return;
		event.preventDefault();
	};
	return (
		<div className="popover quick-add connect-picker" onKeyDown={key}>
			<input
				className="form-input"
				autoFocus
				role="combobox"
				aria-expanded="true"
				aria-controls="connect-list"
				aria-activedescendant={found.length > 0 ? `connect-${at}` : undefined}
				aria-label={`Connect ${nameOf(editor, node)}`}
				placeholder={`Connect ${nameOf(editor, node)}`}
				value={words}
				onBlur={() => canvas.picker.set(null)}
				onChange={event => {
					setWords(event.currentTarget.value);
					setAt(0);
				}}
			/>
			<div className="quick-add-list" role="listbox" id="connect-list" aria-label="Edges">
				{found.map((offer, index) => (
					<div
						key={offer.text}
						id={`connect-${index}`}
						role="option"
						aria-selected={index === at}
						className={`menu-item${index === at ? ' selected' : ''}`}
						ref={element => {
							if (index === at) element?.scrollIntoView({ block: 'nearest' });
						}}
						onPointerDown={event => {
							event.preventDefault();
							pick(offer);
						}}
					>
						{offer.text}
					</div>
				))}
				{found.length === 0 && <p className="side-empty">Nothing here can be connected with it.</p>}
			</div>
		</div>
	);
}

/** Edges from the node first, nearest nodes first. */
function offersOf(editor: ReturnType<typeof useEditor>, node: string): readonly Offer[] {
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
					offers.push({
						start,
						end,
						text: `${spot.port.title} ${arrow} ${nameOf(editor, other.id)}: ${target.port.title}`,
					});
				}
			}
		}
	}
	return offers;
}
