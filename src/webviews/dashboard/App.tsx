import {
	useEffect,
	useLayoutEffect,
	useMemo,
	useRef,
	useSyncExternalStore,
	type KeyboardEvent,
	type ReactElement,
} from 'react';
import { limits, type Dashboard } from '../../core/dashboard/dashboard';
import { layoutFor } from '../../core/dashboard/edits';
import type { DashboardContract, DashboardView } from '../../core/dashboard/dashboardProtocol';
import type { Client } from '../../core/rpc/rpc';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { Button, ProgressRing } from '../shared/components/toolkit';
import { PageProvider } from './context';
import { Frame, keysHelpId } from './Frame';
import { Gallery } from './Gallery';
import { Grid, useWidth } from './Grid';
import type { PageState } from './state';
import { Toolbar } from './Toolbar';
import { DashboardModel } from './model';
import { TopicStore } from './topicStore';
import { WidgetActions } from './widgetActions';
import { WidgetForm } from './WidgetForm';
import { widgetView } from './widgets/catalog';

export interface AppProps {
	readonly client: Client<DashboardContract>;
	/** The tab shows another dashboard now. */
	readonly onView?: (view: DashboardView) => void;
	readonly now?: () => number;
}

/** A dashboard: its widgets on a grid, and what they are arranged with. */
export function App({ client, onView, now = Date.now }: AppProps): ReactElement {
	const model = useModel(client);
	const topics = useTopics(client);
	const page = useMemo(() => ({ client, topics, fail: model.fail, now }), [client, topics, model, now]);
	const state = useSyncExternalStore(
		onChange => {
			const listening = model.onDidChange(onChange);
			return () => listening.dispose();
		},
		() => model.state,
	);
	const { view } = state;
	useEffect(() => {
		if (view) onView?.(view);
	}, [view, onView]);
	return (
		<PageProvider value={page}>
			{view ? (
				<Shown view={view} state={state} model={model} />
			) : (
				<main className="dashboard-page">
					{state.failure ? <Failure state={state} model={model} /> : <ProgressRing label="Opening the dashboard" />}
				</main>
			)}
		</PageProvider>
	);
}

interface PartProps {
	readonly state: PageState;
	readonly model: DashboardModel;
}

function Shown({ view, state, model }: PartProps & { readonly view: DashboardView }): ReactElement {
	const { dashboard } = view;
	const scroller = useRef<HTMLDivElement>(null);
	const { pixels, width } = useWidth(scroller);
	const layout = useMemo(() => layoutFor(dashboard, width), [dashboard, width]);
	const shown = state.moving?.layout ?? layout;
	const actions = useMemo(() => new WidgetActions(model), [model]);
	useLayoutEffect(() => {
		model.drawn({ width, layout });
	}, [model, width, layout]);
	return (
		<main className="dashboard-page" onKeyDown={event => undoKeys(event, model)}>
			<Toolbar view={view} state={state} model={model} />
			{state.failure && <Failure state={state} model={model} />}
			<p id={keysHelpId} hidden>
				Arrows go to the next widget. Enter moves this one, Delete removes it.
			</p>
			<p className="visually-hidden" role="status">
				{state.spoken}
			</p>
			<div className="dashboard-work">
				<div className="grid-scroll" ref={scroller}>
					{dashboard.widgets.length === 0 && <Nothing model={model} />}
					{pixels > 0 && dashboard.widgets.length > 0 && (
						<Grid dashboard={dashboard} layout={shown} width={width} pixels={pixels} onArrange={actions.arrange}>
							{widget => <Frame widget={widget} isMoving={state.moving?.id === widget.id} actions={actions} />}
						</Grid>
					)}
				</div>
				<Side state={state} dashboard={dashboard} actions={actions} />
			</div>
			{state.moving && (
				<p className="moving-help" aria-hidden="true">
					Arrows move · Shift+Arrows resize · Enter keeps · Escape puts back
				</p>
			)}
			{state.notice && (
				<div className="notice" role="status">
					<span>{state.notice.text}</span>
					{state.notice.before && (
						<Button onClick={() => state.notice && void model.takeBack(state.notice)}>Undo</Button>
					)}
					<IconButton icon="close" label="Close" onClick={() => model.dispatch({ type: 'notice', notice: null })} />
				</div>
			)}
		</main>
	);
}

function Side({
	state: { side },
	dashboard,
	actions,
}: Pick<PartProps, 'state'> & { readonly dashboard: Dashboard; readonly actions: WidgetActions }): ReactElement | null {
	const isFull = dashboard.widgets.length >= limits.widgets;
	if (side === null) return null;
	if (side.kind === 'gallery') return <Gallery onAdd={actions.add} onClose={actions.closeSide} isFull={isFull} />;
	const widget = dashboard.widgets.find(({ id }) => id === side.widget);
	const definition = widget && widgetView(widget.kind)?.definition;
	if (!widget || !definition) return null;
	return (
		<WidgetForm
			key={widget.id}
			widget={widget}
			definition={definition}
			onSave={(settings, title) => actions.save(widget, settings, title)}
			onClose={actions.closeSide}
		/>
	);
}

function Nothing({ model }: { readonly model: DashboardModel }): ReactElement {
	return (
		<div className="dashboard-empty">
			<Codicon name="dashboard" />
			<p>This dashboard has no widgets yet.</p>
			<Button appearance="primary" onClick={() => model.dispatch({ type: 'side', side: { kind: 'gallery' } })}>
				Add Widget
			</Button>
		</div>
	);
}

function Failure({ state, model }: PartProps): ReactElement | null {
	if (!state.failure) return null;
	const { text, actions } = state.failure;
	return (
		<div className="dashboard-failure" role="alert">
			<Codicon name="error" />
			<span>{text}</span>
			{actions.map(({ title, command, args }) => (
				<Button key={title} onClick={() => void model.ask('runAction', { command, args: args ?? [] })}>
					{title}
				</Button>
			))}
			{state.view === null && <Button onClick={model.load}>Try Again</Button>}
			<IconButton icon="close" label="Close" onClick={() => model.dispatch({ type: 'dismiss' })} />
		</div>
	);
}

function useModel(client: Client<DashboardContract>): DashboardModel {
	const model = useMemo(() => new DashboardModel(client), [client]);
	useEffect(() => {
		model.open();
		return () => model.dispose();
	}, [model]);
	return model;
}

/** The topics of the page; paused while nobody can see it. */
function useTopics(client: Client<DashboardContract>): TopicStore {
	const topics = useMemo(() => new TopicStore(client), [client]);
	useEffect(() => {
		const follow = (): void => topics.setPaused(document.visibilityState === 'hidden');
		follow();
		document.addEventListener('visibilitychange', follow);
		return () => {
			document.removeEventListener('visibilitychange', follow);
			topics.dispose();
		};
	}, [topics]);
	return topics;
}

/** Ctrl+Z and its like, outside of texts, which undo by themselves. */
function undoKeys(event: KeyboardEvent<HTMLElement>, model: DashboardModel): void {
	const isText =
		event.target instanceof HTMLElement && event.target.closest('input, textarea, select, vscode-text-field');
	if (isText || !(event.ctrlKey || event.metaKey) || event.altKey) return;
	const key = event.key.toLowerCase();
	if (key === 'z' && !event.shiftKey) model.undo();
	else if (key === 'y' || (key === 'z' && event.shiftKey)) model.redo();
	else return;
	event.preventDefault();
}
