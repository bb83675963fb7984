import { ReactFlow, useReactFlow, useStoreApi, type Viewport } from 'reactflow';
import { useEffect, useMemo, useRef, useState, type DragEvent, type MouseEvent, type ReactElement } from 'react';
import { useCanvas, useCommands, useEditor } from '../context';
import { addOps, spliceOps } from '../edits/add';
import { readingOrder } from '../graph/walk';
import { boundsOf } from '../graph/grid';
import { edgeUnder, useNodeDrag } from '../gestures/useNodeDrag';
import { usePointer } from '../gestures/usePointer';
import { dragType } from '../palette/dragType';
import { toggled, toggledEdge, noSelection } from '../state/selection';
import { useStore, useStored } from '../state/store';
import { firstView, maxZoom, minZoom, readableZoom, viewOf } from '../state/view';
import { ConnectingLine } from './ConnectingLine';
import { FarLayer } from './FarLayer';
import { Groups } from './Groups';
import { Guides } from './Guides';
import { Minimap } from './Minimap';
import { SceneBox } from './SceneBox';
import { PassingEdges } from './PassingEdges';
import type { SceneEdge, SceneNode } from './scene';
import { Wire } from './Wire';

/** The graph around it is the application that screen readers know; React Flow's own would be one inside another. */
const withoutRole = (element: HTMLDivElement | null): void => element?.setAttribute('role', 'presentation');

const nodeTypes = { box: SceneBox };
const edgeTypes = { wire: Wire };
/** What is always so: selecting, connecting and keys are ours. */
const settings = {
	proOptions: { hideAttribution: true },
	minZoom,
	maxZoom,
	nodesConnectable: false,
	nodesFocusable: false,
	edgesFocusable: false,
	elementsSelectable: false,
	selectNodesOnDrag: false,
	nodeDragThreshold: 3,
	elevateNodesOnSelect: false,
	elevateEdgesOnSelect: false,
	panActivationKeyCode: 'Space',
	panOnScroll: true,
	zoomOnScroll: false,
	zoomOnDoubleClick: false,
	selectionKeyCode: null,
	multiSelectionKeyCode: null,
	deleteKeyCode: null,
	disableKeyboardA11y: true,
};
const middleButton = [1];
const anyButton = [0, 1];

/** The graph. React Flow draws a window of it; gestures and the rest are ours. */
export function Canvas(): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const surface = useRef<HTMLDivElement>(null);
	const { nodes, edges, isFar } = useStore(canvas.scene);
	const tool = useStored(editor.ui, ui => ui.tool);
	const hasMinimap = useStored(editor.ui, ui => ui.hasMinimap);
	const canEdit = useStored(editor.doc, () => editor.canEdit);
	const drag = useNodeDrag();
	useKnownSizes();
	const handlers = useHandlers(surface);
	const connecting = useStored(canvas.connecting, now => now?.start.side ?? '');
	const fitting = useStored(canvas.connecting, now => (now ? canvas.fittingWords(now) : ''));
	usePointer(surface);
	useSize(surface);
	useSpace(surface);
	return (
		<div
			ref={surface}
			className={`canvas tool-${tool}${isFar ? ' far' : ''}`}
			data-drag={connecting}
			data-fits={fitting}
			onDragOver={handlers.onDragOver}
			onDrop={handlers.onDrop}
			onContextMenu={handlers.onContextMenu}
			onDoubleClick={handlers.onDoubleClick}
		>
			<FarLayer />
			<ReactFlow<SceneNode, SceneEdge>
				ref={withoutRole}
				nodes={nodes}
				edges={edges}
				nodeTypes={nodeTypes}
				edgeTypes={edgeTypes}
				{...settings}
				onViewportChange={handlers.onViewport}
				onNodesChange={drag.onChanges}
				onNodeDragStart={drag.onStart}
				onNodeDragStop={drag.onStop}
				onNodeClick={handlers.onNodeClick}
				onNodeDoubleClick={handlers.onNodeDoubleClick}
				onEdgeClick={handlers.onEdgeClick}
				nodesDraggable={canEdit}
				panOnDrag={tool === 'pan' ? anyButton : middleButton}
			>
				<PassingEdges />
				<Groups />
				<Guides />
			</ReactFlow>
			<ConnectingLine />
			{hasMinimap && <Minimap />}
		</div>
	);
}

function useHandlers(surface: React.RefObject<HTMLDivElement | null>) {
	const editor = useEditor();
	const canvas = useCanvas();
	const commands = useCommands();
	return useMemo(() => {
		const pointOf = (event: { readonly clientX: number; readonly clientY: number }): { x: number; y: number } => {
			const { left, top } = surface.current?.getBoundingClientRect() ?? { left: 0, top: 0 };
			return { x: event.clientX - left, y: event.clientY - top };
		};
		return {
			onViewport: ({ x, y, zoom }: Viewport) => editor.view.set({ x, y, zoom }),
			onNodeClick: (event: MouseEvent, { id }: SceneNode) => {
				if (event.shiftKey || event.ctrlKey || event.metaKey) editor.selection.update(now => toggled(now, id));
				else editor.select([id]);
			},
			onNodeDoubleClick: (_event: MouseEvent, { id, data }: SceneNode) => {
				if (data.box.shape === 'note') return;
				editor.select([id]);
				commands.run('inspector.focus');
			},
			onEdgeClick: (event: MouseEvent, { id }: SceneEdge) => {
				if (event.shiftKey || event.ctrlKey || event.metaKey) editor.selection.update(now => toggledEdge(now, id));
				else editor.selection.set({ ...noSelection, edges: new Set([id]) });
			},
			onDoubleClick: (event: MouseEvent) => {
				const isPane = event.target instanceof Element && event.target.classList.contains('react-flow__pane');
				if (!isPane || !editor.canEdit) return;
				const { x, y } = pointOf(event);
				canvas.quickAdd.set({ kind: 'free', ...canvas.toCanvas(x, y) });
			},
			onContextMenu: (event: MouseEvent) => {
				event.preventDefault();
				const target = event.target instanceof Element ? event.target : null;
				const id = target?.closest<HTMLElement>('[data-id]')?.dataset['id'];
				if (id !== undefined && editor.index.box(id) && !editor.selection.get().nodes.has(id)) editor.select([id]);
				// On nothing it is the menu of the canvas: to paste there, to add there.
				if (target?.classList.contains('react-flow__pane')) editor.select([], null);
				canvas.menu.set(pointOf(event));
			},
			onDragOver: (event: DragEvent) => {
				if (!event.dataTransfer.types.includes(dragType) || !editor.canEdit) return;
				event.preventDefault();
				event.dataTransfer.dropEffect = 'copy';
			},
			onDrop: (event: DragEvent) => {
				const type = editor.catalog.find(event.dataTransfer.getData(dragType));
				if (!type || !editor.canEdit) return;
				event.preventDefault();
				const { x, y } = pointOf(event);
				const at = canvas.toCanvas(x, y);
				const { id, ops } = addOps(editor.index, type, { x: at.x - 112, y: at.y - 20 });
				const under = type.ports && edgeUnder(canvas, at, id, type.ports);
				const edge = under === null ? undefined : editor.index.edge(under);
				const spliced = edge && type.ports ? spliceOps(editor.index, edge, id, type.ports) : null;
				editor.apply(`Add ${type.title}`, [...ops, ...(spliced ?? [])]);
				editor.select([id]);
			},
		};
	}, [editor, canvas, commands, surface]);
}

/**
 * Sizes and handles are given with the nodes. React Flow measures each all the same, and would put what it finds in the
 * document, where our ports are no handles of its own, over what it was given.
 */
function useKnownSizes(): void {
	const store = useStoreApi();
	useState(() => store.setState({ updateNodeInternals: () => undefined }));
}

/** Tells the model how large the surface is, and shows the whole flow the first time. */
function useSize(surface: React.RefObject<HTMLDivElement | null>): void {
	const editor = useEditor();
	const canvas = useCanvas();
	const { setViewport } = useReactFlow();
	useEffect(() => {
		const element = surface.current;
		if (!element) return undefined;
		canvas.attach({ move: (view, duration) => void setViewport(view, { duration }) });
		const measure = (): void => {
			const { clientWidth, clientHeight } = element;
			if (clientWidth === 0) return;
			const isFirst = canvas.size.width === 0;
			if (isFirst) {
				const { bounds } = editor.index;
				const marked = Object.keys(editor.doc.get().compare?.nodes ?? {}).flatMap(id => editor.index.box(id) ?? []);
				const [start] = readingOrder(marked.length > 0 ? marked : editor.index.boxes());
				const isReadable = bounds && viewOf(bounds, clientWidth, clientHeight).zoom >= readableZoom;
				const first = isReadable ? bounds : (boundsOf(marked) ?? bounds);
				const fresh = first && start ? firstView(first, start, clientWidth, clientHeight) : editor.view.get();
				const view = editor.savedView ?? fresh;
				canvas.move(view, 0);
			}
			canvas.resize(clientWidth, clientHeight);
		};
		measure();
		const observer = new ResizeObserver(measure);
		observer.observe(element);
		return () => observer.disconnect();
	}, [editor, canvas, surface, setViewport]);
}

/** While the space bar is down, a drag pans. */
function useSpace(surface: React.RefObject<HTMLDivElement | null>): void {
	useEffect(() => {
		const set = (isDown: boolean) => (event: KeyboardEvent) => {
			if (event.code !== 'Space' || !surface.current) return;
			if (isDown) surface.current.dataset['space'] = 'down';
			else delete surface.current.dataset['space'];
		};
		const down = set(true);
		const up = set(false);
		const blur = (): void => void (surface.current && delete surface.current.dataset['space']);
		window.addEventListener('keydown', down);
		window.addEventListener('keyup', up);
		window.addEventListener('blur', blur);
		return () => {
			window.removeEventListener('keydown', down);
			window.removeEventListener('keyup', up);
			window.removeEventListener('blur', blur);
		};
	}, [surface]);
}
