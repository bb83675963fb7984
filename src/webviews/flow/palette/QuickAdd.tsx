import { useEffect, useId, useMemo, useRef, useState, type ReactElement } from 'react';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import { edgeText } from '../../../core/flow/model/flow';
import type { Ports } from '../../../core/flow/nodes/nodeType';
import type { CanvasModel, QuickAdd as Place } from '../canvas/model';
import { useCanvas, useEditor } from '../context';
import { addConnectedOps, addOps, spliceOps, type AddedNode } from '../edits/add';
import { spotOf } from '../edits/connect';
import { comboProps, listKey, Options } from '../Options';
import { useStore } from '../state/store';
import type { Editor } from '../state/editor';
import { offersPort, searchTypes } from './search';

/** Where a node is asked for: a list that narrows while one types, with what fits to the edge that was pulled there. */
export function QuickAdd(): ReactElement | null {
	const canvas = useCanvas();
	const place = useStore(canvas.quickAdd);
	return place && <QuickAddList key={`${place.kind}${place.x}:${place.y}`} place={place} />;
}

function QuickAddList({ place }: { readonly place: Place }): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const id = useId();
	const [words, setWords] = useState('');
	const [at, setAt] = useState(0);
	const root = useRef<HTMLDivElement>(null);
	const offered = useMemo(() => editor.catalog.list.filter(type => isOffered(editor, type, place)), [editor, place]);
	const found = useMemo(() => searchTypes(offered, words), [offered, words]);
	const close = (): void => {
		canvas.quickAdd.set(null);
		canvas.focus();
	};
	useEffect(() => {
		const press = (event: PointerEvent): void => {
			if (!root.current?.contains(event.target as Node)) canvas.quickAdd.set(null);
		};
		document.addEventListener('pointerdown', press, true);
		return () => document.removeEventListener('pointerdown', press, true);
	}, [canvas]);
	const pick = (index: number): void => {
		const type = found[index];
		if (!type) return;
		close();
		addAt(editor, canvas, type, place).catch((error: unknown) => editor.fail(error));
	};
	const title = place.kind === 'free' ? 'Add a node' : 'Add a node that fits';
	return (
		<div ref={root} className="popover quick-add" style={placeOf(canvas, place)}>
			<input
				{...comboProps(id, found.length, at)}
				className="form-input"
				autoFocus
				aria-label={title}
				placeholder={title}
				value={words}
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
				id={id}
				label="Nodes"
				className="quick-add-list two-lines"
				options={found.map(({ type, title: label, summary, icon }) => ({ key: type, label, detail: summary, icon }))}
				at={at}
				onPick={pick}
			/>
			{found.length === 0 && <p className="side-empty">Nothing fits.</p>}
		</div>
	);
}

function isOffered(editor: Editor, type: NodeTypeView, place: Place): boolean {
	if (place.kind === 'free') return true;
	if (place.kind === 'connect') {
		const spot = spotOf(editor.index, place.start);
		return spot !== undefined && offersPort(type, spot.port, place.start.side === 'output' ? 'input' : 'output');
	}
	const edge = editor.index.edge(place.edge);
	if (!edge || type.isNote) return false;
	return type.ports === null || spliceOps(editor.index, edge, '', type.ports) !== null;
}

async function addAt(editor: Editor, canvas: CanvasModel, type: NodeTypeView, place: Place): Promise<void> {
	const ports = type.ports ?? (await freshPorts(editor, type));
	const added = addedAt(editor, type, place, ports);
	if (!added || !editor.apply(`Add ${type.title}`, added.ops)) return;
	editor.select([added.id]);
	canvas.reveal(added.id);
	editor.say(`${type.title} was added.`);
}

function addedAt(editor: Editor, type: NodeTypeView, place: Place, ports: Ports): AddedNode | null {
	const { index } = editor;
	if (place.kind === 'free') return addOps(index, type, { x: place.x - 112, y: place.y - 20 });
	if (place.kind === 'connect') {
		const left = place.start.side === 'output' ? place.x : place.x - 224;
		return addConnectedOps(index, type, { x: left, y: place.y - 40 }, place.start, ports);
	}
	const edge = index.edge(place.edge);
	if (!edge) return null;
	const added = addOps(index, type, { x: place.x - 112, y: place.y - 48 });
	const spliced = spliceOps(index, edge, added.id, ports);
	if (!spliced) editor.say(`${type.title} has no ports that fit into ${edgeText(edge)}.`);
	return { id: added.id, ops: [...added.ops, ...(spliced ?? [])] };
}

async function freshPorts(editor: Editor, { type, version }: NodeTypeView): Promise<Ports> {
	const [ports] = (await editor.attempt('ports', { nodes: [{ type: `${type}@${version}`, params: {} }] })) ?? [];
	return ports ?? { inputs: [], outputs: [] };
}

const listWidth = 280;
const listHeight = 320;

/** Beside the place, inside the surface. */
function placeOf(canvas: CanvasModel, { x, y }: Place): { left: number; top: number } {
	const view = canvas.editor.view.get();
	const left = view.x + x * view.zoom;
	const top = view.y + y * view.zoom;
	return {
		left: Math.max(4, Math.min(left, canvas.size.width - listWidth - 4)),
		top: Math.max(4, Math.min(top, canvas.size.height - listHeight - 4)),
	};
}
