import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import { edgeText } from '../../../core/flow/model/flow';
import type { Ports } from '../../../core/flow/nodes/nodeType';
import { Codicon } from '../../shared/components/Codicon';
import type { CanvasModel, QuickAdd as Place } from '../canvas/model';
import { useCanvas, useEditor } from '../context';
import { addConnectedOps, addOps, spliceOps, type AddedNode } from '../edits/add';
import { spotOf } from '../edits/connect';
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
	useEffect(() => {
		root.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' });
	}, [at]);
	const pick = (type: NodeTypeView | undefined): void => {
		if (!type) return;
		close();
		void addAt(editor, canvas, type, place);
	};
	const key = (event: KeyboardEvent): void => {
		const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
		event.stopPropagation();
		if (step !== 0) {
			event.preventDefault();
			setAt(now => (now + step + found.length) % Math.max(1, found.length));
		} else if (event.key === 'Enter') pick(found[at]);
		else if (event.key === 'Escape' || event.key === 'Tab') {
			event.preventDefault();
			close();
		}
	};
	return (
		<div ref={root} className="popover quick-add" style={placeOf(canvas, place)} onKeyDown={key}>
			<input
				className="form-input"
				autoFocus
				role="combobox"
				aria-expanded="true"
				aria-controls={`${id}-list`}
				aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
				aria-label={place.kind === 'free' ? 'Add a node' : 'Add a node that fits'}
				placeholder={place.kind === 'free' ? 'Add a node' : 'Add a node that fits'}
				value={words}
				onChange={event => {
					setWords(event.currentTarget.value);
					setAt(0);
				}}
			/>
			<div className="quick-add-list" role="listbox" id={`${id}-list`} aria-label="Nodes">
				{found.map((type, index) => (
					<div
						key={type.type}
						id={`${id}-${index}`}
						data-at={index}
						role="option"
						aria-selected={index === at}
						className={`menu-item${index === at ? ' selected' : ''}`}
						onPointerMove={() => setAt(index)}
						onClick={() => pick(type)}
					>
						<Codicon name={type.icon} />
						<span className="menu-item-text">
							<span>{type.title}</span>
							<span className="menu-item-description">{type.summary}</span>
						</span>
					</div>
				))}
				{found.length === 0 && <p className="side-empty">Nothing fits.</p>}
			</div>
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
