import { useEffect, useMemo, useReducer, type Dispatch, type ReactElement } from 'react';
import type { InspectorContract } from '../../core/mcp/inspectorProtocol';
import type { Client } from '../../core/rpc/rpc';
import { Button, ProgressRing } from '../shared/components/toolkit';
import type { WebviewApi } from '../shared/port';
import { Banner } from './Banner';
import { Header } from './Header';
import { failureOf, HostProvider, pageHost, type PageHost } from './host';
import { Log } from './Log';
import { Prompts } from './Prompts';
import { Resources } from './Resources';
import { initialState, reduce, type InspectorAction, type InspectorState } from './state';
import { Tabs } from './Tabs';
import { Tools } from './Tools';
import { Traffic } from './Traffic';

export interface InspectorProps {
	readonly identity: string;
	readonly client: Client<InspectorContract>;
	readonly api: Pick<WebviewApi, 'getState' | 'setState'>;
}

/** The inspector of one server: everything that it offers, to be tried by hand, and everything that is said. */
export function Inspector({ identity, client, api }: InspectorProps): ReactElement {
	const [state, dispatch] = useReducer(reduce, undefined, () => initialState(identity, api.getState()));
	const host = useMemo(() => pageHost(client, failure => dispatch({ type: 'failed', failure })), [client]);
	useEffect(() => listen(host, dispatch), [host]);
	useEffect(() => {
		api.setState({ identity, tab: state.tab, chosen: state.chosen });
	}, [api, identity, state.tab, state.chosen]);
	return (
		<HostProvider value={host}>
			<Page state={state} dispatch={dispatch} onRetry={() => open(host, dispatch)} />
		</HostProvider>
	);
}

function open({ client, restore }: PageHost, dispatch: Dispatch<InspectorAction>): void {
	client.call('open', null).then(
		({ log, target, kept, running, lastCall, ...snapshot }) => {
			restore({ kept, running, lastCall });
			const entries = [...log.traffic, ...log.lines];
			dispatch({ type: 'opened', snapshot, entries, target });
		},
		(error: unknown) => dispatch({ type: 'failed', failure: failureOf(error) }),
	);
}

function listen(host: PageHost, dispatch: Dispatch<InspectorAction>): () => void {
	const { client, running } = host;
	const refresh = (): void => {
		client.call('server', null).then(
			snapshot => dispatch({ type: 'server', snapshot }),
			(error: unknown) => dispatch({ type: 'failed', failure: failureOf(error) }),
		);
	};
	const listening = [
		client.on('changed', refresh),
		client.on('logged', entries => dispatch({ type: 'logged', entries })),
		client.on('finished', ({ place }) => void running.delete(place)),
		client.on('resourceUpdated', ({ uri, at }) => dispatch({ type: 'updated', uri, at })),
		client.on('show', target => {
			if (target.name === null) dispatch({ type: 'tab', tab: target.tab });
			else dispatch({ type: 'chosen', tab: target.tab, name: target.name });
		}),
	];
	open(host, dispatch);
	return () => {
		for (const each of listening) each.dispose();
	};
}

interface PageProps {
	readonly state: InspectorState;
	readonly dispatch: Dispatch<InspectorAction>;
	readonly onRetry: () => void;
}

function Page({ state, dispatch, onRetry }: PageProps): ReactElement {
	const { snapshot, failure } = state;
	if (!snapshot) {
		if (state.phase === 'failed' && failure) {
			return (
				<main className="page-message">
					<h1>The server cannot be inspected</h1>
					<p role="alert">{failure.text}</p>
					<Button appearance="primary" onClick={onRetry}>
						Try Again
					</Button>
				</main>
			);
		}
		return (
			<main className="page-message" aria-busy="true">
				<ProgressRing label="Reading the server" />
			</main>
		);
	}
	if (!snapshot.server) {
		return (
			<main className="page-message">
				<h1>This server is no longer defined</h1>
				<p className="muted">It was removed from the settings or from the file that defined it.</p>
			</main>
		);
	}
	return (
		<main className="inspector">
			<Header server={snapshot.server} isTrusted={snapshot.isTrusted} />
			{failure && <Banner failure={failure} onDismiss={() => dispatch({ type: 'dismissed' })} />}
			<Tabs state={state} server={snapshot.server} onTab={tab => dispatch({ type: 'tab', tab })} />
			<div className="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${state.tab}`}>
				<Panel state={state} dispatch={dispatch} />
			</div>
		</main>
	);
}

function Panel({ state, dispatch }: Pick<PageProps, 'state' | 'dispatch'>): ReactElement | null {
	const { snapshot, tab, chosen } = state;
	if (!snapshot?.server) return null;
	const { server, tiers } = snapshot;
	const onChoose = (name: string): void => dispatch({ type: 'chosen', tab, name });
	switch (tab) {
		case 'tools':
			return <Tools server={server} tiers={tiers} chosen={chosen.tools} onChoose={onChoose} />;
		case 'resources':
			return <Resources server={server} chosen={chosen.resources} updated={state.updated} onChoose={onChoose} />;
		case 'prompts':
			return <Prompts server={server} chosen={chosen.prompts} onChoose={onChoose} />;
		case 'traffic':
			return <Traffic state={state} dispatch={dispatch} />;
		case 'log':
			return <Log state={state} server={server} dispatch={dispatch} />;
		default:
			return tab satisfies never;
	}
}
