import { useEffect, useMemo, useReducer, type Dispatch, type ReactElement } from 'react';
import type { HealthPageContract, HealthPageView, HealthSubject } from '../../core/health/healthPage';
import type { Client } from '../../core/rpc/rpc';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { Button, ProgressRing } from '../shared/components/toolkit';
import { useView } from '../shared/useView';
import { AlertDetail, AlertList } from './Alerts';
import { Rules } from './Rules';
import { ServiceDetailView } from './ServiceDetail';
import { ServiceList } from './Services';
import { initialState, reduce, serviceShown, type Attempt, type PageAction, type PageState } from './state';

/** The page of services and alerts. */
export function App({ client }: { readonly client: Client<HealthPageContract> }): ReactElement {
	const [state, dispatch] = useReducer(reduce, initialState);
	const load = useView(client, dispatch);
	useSelection(client, dispatch);
	useDetail(client, state, dispatch);
	const attempt = useMemo<Attempt>(
		() => async (name, params) => {
			const id = params !== null && 'id' in params ? params.id : '';
			dispatch({ type: 'busy', id, isBusy: true });
			dispatch({ type: 'dismiss' });
			try {
				// Starting waits until it runs, and a question of the gate as long as the user likes.
				await client.call(name, params, Infinity);
			} catch (error) {
				dispatch({ type: 'failed', error });
			} finally {
				dispatch({ type: 'busy', id, isBusy: false });
			}
		},
		[client],
	);
	const { view, failure } = state;
	return (
		<main className="health-page">
			<header>
				<h1>Services and alerts</h1>
				{view && <p className="muted">{headline(view)}</p>}
			</header>
			{failure !== null && (
				<div className="health-failure" role="alert">
					<Codicon name="error" />
					<span>{failure}</span>
					{view ? (
						<IconButton icon="close" label="Dismiss" onClick={() => dispatch({ type: 'dismiss' })} />
					) : (
						<Button onClick={load}>Try Again</Button>
					)}
				</div>
			)}
			{view === null
				? failure === null && <ProgressRing label="Reading services and alerts" />
				: contentOf(view, state, dispatch, attempt)}
		</main>
	);
}

function contentOf(
	view: HealthPageView,
	state: PageState,
	dispatch: Dispatch<PageAction>,
	attempt: Attempt,
): ReactElement {
	const shown = serviceShown(state);
	const service = view.services.find(({ id }) => id === shown);
	const alert =
		state.selected?.kind === 'alert'
			? [...view.open, ...view.history].find(({ id }) => id === state.selected?.id)
			: undefined;
	const select = (kind: 'service' | 'alert') => (id: string) => dispatch({ type: 'select', subject: { kind, id } });
	return (
		<>
			<Problems view={view} attempt={attempt} />
			<AlertList view={view} selected={alert?.id} onSelect={select('alert')} attempt={attempt} />
			{alert && <AlertDetail alert={alert} now={view.now} attempt={attempt} />}
			<div className="health-services">
				<ServiceList view={view} shown={shown} busy={state.busy} onSelect={select('service')} attempt={attempt} />
				{service && (
					<ServiceDetailView
						service={service}
						services={view.services}
						alerts={view.open.filter(({ subject }) => subject === `service:${service.id}`)}
						detail={state.detail?.id === service.id ? state.detail : null}
						isBusy={state.busy.has(service.id)}
						now={view.now}
						onSelect={select('service')}
						onSelectAlert={select('alert')}
						attempt={attempt}
					/>
				)}
			</div>
			<Rules rules={view.rules} attempt={attempt} />
		</>
	);
}

function headline({ services, open, isTrusted, isLeader }: HealthPageView): string {
	if (!isTrusted) return 'This workspace is not trusted, so nothing is looked at.';
	const down = services.filter(({ state }) => state === 'unhealthy' || state === 'unreachable').length;
	const fresh = open.filter(({ state }) => state === 'firing').length;
	const alerts = open.length === 1 ? '1 open alert' : `${open.length} open alerts`;
	const parts = [
		services.length === 1 ? '1 service' : `${services.length} services`,
		down === 0 ? 'none down' : `${down} down`,
		open.length === 0 ? 'no open alerts' : alerts,
		...(fresh === open.length ? [] : [`${fresh === 0 ? 'none' : fresh} of them new`]),
	];
	const elsewhere = isLeader ? '' : ' Another window looks at them for this one.';
	return `${parts.join(', ')}.${elsewhere}`;
}

function Problems({
	view,
	attempt,
}: {
	readonly view: HealthPageView;
	readonly attempt: Attempt;
}): ReactElement | null {
	if (view.problems.length === 0) return null;
	return (
		<ul className="health-problems" aria-label="Problems of settings">
			{view.problems.map(({ setting, entry, text }, index) => (
				<li key={`${setting} ${entry} ${index}`}>
					<Codicon name="warning" />
					<span>
						<b>{entry}</b>: {text}{' '}
						<button type="button" className="text-button" onClick={() => void attempt('openSettings', { setting })}>
							Open Setting
						</button>
					</span>
				</li>
			))}
		</ul>
	);
}

/** Shows what was asked for where the page was opened from, and what is asked for later. */
function useSelection(client: Client<HealthPageContract>, dispatch: Dispatch<PageAction>): void {
	useEffect(() => {
		const select = (subject: HealthSubject | null): void => {
			if (subject) dispatch({ type: 'select', subject });
		};
		client.call('wanted', null).then(select, (error: unknown) => dispatch({ type: 'failed', error }));
		const listening = client.on('select', select);
		return () => listening.dispose();
	}, [client, dispatch]);
}

/** Reads the past of the service that is shown, again whenever something changed. */
function useDetail(client: Client<HealthPageContract>, state: PageState, dispatch: Dispatch<PageAction>): void {
	const id = serviceShown(state);
	useEffect(() => {
		if (id === null) return undefined;
		const load = (): void => {
			client.call('service', { id }).then(
				detail => dispatch({ type: 'detail', id, detail }),
				(error: unknown) => dispatch({ type: 'failed', error }),
			);
		};
		load();
		const listening = client.on('changed', load);
		return () => listening.dispose();
	}, [client, dispatch, id]);
}
