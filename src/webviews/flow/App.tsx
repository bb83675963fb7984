import { ReactFlowProvider } from 'reactflow';
import { useEffect, useMemo, useRef, type ReactElement, type RefObject } from 'react';
import { DisposableStore } from '../../core/base/lifecycle';
import { Button } from '../shared/components/toolkit';
import type { WebviewApi } from '../shared/port';
import { Banners } from './Banners';
import { Canvas } from './canvas/Canvas';
import { CanvasModel } from './canvas/model';
import { Commands } from './commands/commands';
import { reach } from './commands/go';
import { CanvasProvider, CommandsProvider, EditorProvider, useEditor } from './context';
import { useClipboard } from './gestures/useClipboard';
import { useKeys } from './gestures/useKeys';
import { Inspector } from './inspector/Inspector';
import { ConnectPicker } from './palette/ConnectPicker';
import { Palette } from './palette/Palette';
import { QuickAdd } from './palette/QuickAdd';
import { Bottom } from './panels/Bottom';
import { ContextMenu } from './panels/ContextMenu';
import { Toolbar } from './panels/Toolbar';
import { describeNode } from './state/describe';
import type { Editor } from './state/editor';
import { useStore, useStored } from './state/store';
import { panels } from './state/ui';
import { watchVisible } from './state/watch';

export interface AppProps {
	readonly editor: Editor;
	readonly api: Pick<WebviewApi, 'getState' | 'setState'>;
}

const keepMs = 400;

/** The editor of a flow. */
export function App({ editor, api }: AppProps): ReactElement {
	const canvas = useMemo(() => new CanvasModel(editor), [editor]);
	const commands = useMemo(() => new Commands({ editor, canvas }), [editor, canvas]);
	useEffect(() => {
		void editor.open();
	}, [editor]);
	useHost(editor, canvas, commands);
	useKeeping(editor, api);
	return (
		<EditorProvider value={editor}>
			<CanvasProvider value={canvas}>
				<CommandsProvider value={commands}>
					<ReactFlowProvider>
						<Page canvas={canvas} commands={commands} />
					</ReactFlowProvider>
				</CommandsProvider>
			</CanvasProvider>
		</EditorProvider>
	);
}

function Page({ canvas, commands }: { readonly canvas: CanvasModel; readonly commands: Commands }): ReactElement {
	const editor = useEditor();
	const phase = useStored(editor.doc, doc => doc.phase);
	const mode = useStored(editor.doc, doc => doc.mode);
	const hasPalette = useStored(editor.ui, ui => ui.hasPalette);
	const hasInspector = useStored(editor.ui, ui => ui.hasInspector);
	const isChosen = useStored(editor.selection, ({ current }) => current !== null);
	const spoken = useStore(editor.spoken);
	const root = useRef<HTMLDivElement>(null);
	useKeys(editor, commands);
	useClipboard({ editor, canvas });
	useNarrow(editor, root);
	return (
		<div ref={root} className={`flow-page mode-${mode}`}>
			<header>
				<h1 className="visually-hidden">Flow</h1>
				{mode !== 'compare' && <Toolbar />}
				<Banners />
			</header>
			{phase === 'ready' && (
				<div className="flow-body">
					{hasPalette && mode === 'edit' && <Palette />}
					<main className="flow-main">
						<GraphFocus canvas={canvas}>
							<Canvas />
						</GraphFocus>
						<QuickAdd />
						<ConnectPicker />
						<ContextMenu />
					</main>
					{hasInspector && (mode !== 'compare' || isChosen) && <Inspector />}
				</div>
			)}
			{phase === 'ready' && <Bottom />}
			{phase === 'failed' && (
				<div className="flow-failed">
					<p>The flow could not be opened.</p>
					<Button onClick={() => void editor.open()}>Try Again</Button>
				</div>
			)}
			<div className="visually-hidden" role="status" aria-live="polite">
				{spoken}
			</div>
		</div>
	);
}

/** Has the keyboard while the graph is worked with; what is current is named to screen readers. */
function GraphFocus({
	canvas,
	children,
}: {
	readonly canvas: CanvasModel;
	readonly children: ReactElement;
}): ReactElement {
	const editor = useEditor();
	const element = useRef<HTMLDivElement>(null);
	const current = useStored(editor.selection, selection => selection.current);
	const isEmpty = useStored(editor.doc, () => editor.index.size === 0);
	// A card outside of the window is not in the document, and cannot be pointed to.
	const isDrawn = useStored(canvas.scene, ({ nodes }) => nodes.some(({ id, data }) => id === current && !data.isGhost));
	useEffect(() => {
		canvas.attach({ focus: () => element.current?.focus({ preventScroll: true }) });
	}, [canvas]);
	return (
		<div
			ref={element}
			className="graph"
			role="application"
			tabIndex={0}
			aria-label="Flow graph. Arrow keys go from node to node, Enter edits, Tab adds a node, F6 leaves."
			aria-activedescendant={isDrawn ? `node-${current}` : undefined}
			onFocus={event => {
				if (event.target !== event.currentTarget) return;
				void editor.attempt('focus', { part: 'graph' });
				if (current !== null) editor.say(describeNode(editor, current));
			}}
			onBlur={event => {
				if (event.target === event.currentTarget) void editor.attempt('focus', { part: 'other' });
			}}
			onPointerDown={event => {
				const target = event.target as HTMLElement;
				if (!target.closest('input, textarea, select, button')) element.current?.focus({ preventScroll: true });
			}}
			onPointerMove={event => {
				const { left, top } = event.currentTarget.getBoundingClientRect();
				canvas.pointAt(event.clientX - left, event.clientY - top);
			}}
			onPointerLeave={() => canvas.pointAway()}
		>
			{children}
			{isEmpty && (
				<p className="graph-empty">
					This flow is empty. Pull a node here from the palette, double-click, or press Tab to add one.
				</p>
			)}
		</div>
	);
}

/** What the host asks of the page. */
function useHost(editor: Editor, canvas: CanvasModel, commands: Commands): void {
	useEffect(() => {
		const store = new DisposableStore();
		store.add(editor.client.on('command', ({ id }) => void commands.run(id)));
		store.add(editor.client.on('reveal', ({ node }) => reach({ editor, canvas }, node, null)));
		store.add(watchVisible(canvas));
		return () => store.dispose();
	}, [editor, canvas, commands]);
}

/** Keeps what the user has arranged for the next page of this tab. */
function useKeeping(editor: Editor, api: AppProps['api']): void {
	useEffect(() => {
		const store = new DisposableStore();
		let timer: ReturnType<typeof setTimeout> | undefined;
		const keep = (): void => {
			clearTimeout(timer);
			timer = setTimeout(() => api.setState({ ui: editor.ui.get(), view: editor.view.get() }), keepMs);
		};
		store.add(editor.ui.listen(keep));
		store.add(editor.view.listen(keep));
		return () => {
			clearTimeout(timer);
			store.dispose();
		};
	}, [editor, api]);
}

/** Up to this width, in pixels, the side panels lie over the graph: as in the style sheet. */
const narrow = 760;

/**
 * A page that is or becomes narrow shows its graph: the side panels are closed, and are open again once there is room.
 * While it is narrow, one goes when the other comes.
 */
function useNarrow(editor: Editor, root: RefObject<HTMLElement | null>): void {
	useEffect(() => {
		const { ui } = editor;
		const measure = (): void => {
			const width = root.current?.clientWidth ?? 0;
			const { closed, ...all } = ui.get();
			// A page behind another has no width.
			if (width === 0 || width <= narrow === (closed !== null)) return;
			const changed = closed ?? panels.filter(panel => all[panel]);
			const isOpen = closed !== null;
			ui.patch({ closed: isOpen ? null : changed, ...Object.fromEntries(changed.map(panel => [panel, isOpen])) });
		};
		measure();
		let hadPalette = ui.get().hasPalette;
		const listening = ui.listen(({ closed, hasPalette, hasInspector }) => {
			const isCrowded = closed !== null && hasPalette && hasInspector;
			const older = hadPalette ? { hasPalette: false } : { hasInspector: false };
			hadPalette = hasPalette;
			if (isCrowded) ui.patch(older);
		});
		const observer = new ResizeObserver(measure);
		if (root.current) observer.observe(root.current);
		return () => {
			observer.disconnect();
			listening.dispose();
		};
	}, [editor, root]);
}
