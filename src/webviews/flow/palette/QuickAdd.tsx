import { useCallback, useMemo, type ReactElement } from 'react';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import { edgeText } from '../../../core/flow/model/flow';
import type { Ports } from '../../../core/flow/nodes/nodeType';
import type { CanvasModel, QuickAdd as Place } from '../canvas/model';
import { useCanvas, useEditor } from '../context';
import { addConnectedOps, addOps, spliceOps, type AddedNode } from '../edits/add';
import { spotOf } from '../edits/connect';
import { useStore } from '../state/store';
import type { Editor } from '../state/editor';
import { ListPopover } from './ListPopover';
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
	const offered = useMemo(() => editor.catalog.list.filter(type => isOffered(editor, type, place)), [editor, place]);
	const find = useCallback((words: string) => searchTypes(offered, words), [offered]);
	const away = useCallback(() => canvas.quickAdd.set(null), [canvas]);
	const close = (): void => {
		away();
		canvas.focus();
	};
	return (
		<ListPopover
			title={place.kind === 'free' ? 'Add a node' : 'Add a node that fits'}
			listLabel="Nodes"
			nothing="Nothing fits."
			className=""
			listClassName="two-lines"
			style={placeOf(canvas, place)}
			find={find}
			optionOf={({ type, title, summary, icon }) => ({ key: type, label: title, detail: summary, icon })}
			onPick={type => {
				close();
				addAt(editor, canvas, type, place).catch((error: unknown) => editor.fail(error));
			}}
			onLeave={close}
			onAway={away}
		/>
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
