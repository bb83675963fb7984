import { useEffect, useMemo, useReducer, type ReactElement } from 'react';
import type { ExecutionId } from '../../core/base/ids';
import type { ExecutionPageContract } from '../../core/ledger/pageProtocol';
import { isMoving } from '../../core/ledger/views/timeline';
import type { Client } from '../../core/rpc/rpc';
import { Button, ProgressRing } from '../shared/components/toolkit';
import type { WebviewApi } from '../shared/port';
import { FailureBanner } from './FailureBanner';
import { Header } from './Header';
import { HostProvider, pageHost } from './host';
import { Log } from './log/Log';
import { LogReader } from './log/logReader';
import { Problems } from './Problems';
import { initialState, reduce, savedPage, type PageState, type Tab } from './state';
import { Steps } from './Steps';
import { Tabs } from './Tabs';
import { useNow } from './useNow';

export interface AppProps {
	readonly id: ExecutionId;
	readonly client: Client<ExecutionPageContract>;
	readonly api: Pick<WebviewApi, 'getState' | 'setState'>;
}

/** The page of one execution. It asks for the whole of it, and again whenever the host says that it changed. */
export function App({ id, client, api }: AppProps): ReactElement {
	const [state, dispatch] = useReducer(reduce, undefined, () => initialState(id, api.getState()));
	const { tab, selected } = state;
	const host = useMemo(() => pageHost(id, client, dispatch), [id, client]);
	const reader = useMemo(
		() => new LogReader((step, part, offset, length) => client.call('stepText', { step, part, offset, length })),
		[client],
	);
	useEffect(() => () => reader.stop(), [reader]);
	const load = useMemo(() => loader(client, id, dispatch), [client, id]);
	useEffect(() => {
		const listening = client.on('changed', load);
		load();
		return () => listening.dispose();
	}, [client, load]);
	useEffect(() => {
		api.setState(savedPage(id, tab, selected));
	}, [api, id, tab, selected]);
	return (
		<HostProvider value={host}>
			<Body state={state} reader={reader} onRetry={load} onTab={tab => dispatch({ type: 'tab', tab })} />
		</HostProvider>
	);
}

/** Reads the execution; of notices that arrive meanwhile, one more read answers all. */
function loader(
	client: Client<ExecutionPageContract>,
	id: ExecutionId,
	dispatch: (action: Parameters<typeof reduce>[1]) => void,
): () => void {
	let isLoading = false;
	let isWanted = false;
	const load = (): void => {
		isWanted = true;
		if (isLoading) return;
		isLoading = true;
		isWanted = false;
		client
			.call('execution', { id })
			.then(
				view => dispatch({ type: 'loaded', view }),
				(error: unknown) => dispatch({ type: 'failed', error }),
			)
			.finally(() => {
				isLoading = false;
				if (isWanted) load();
			});
	};
	return load;
}

interface BodyProps {
	readonly state: PageState;
	readonly reader: LogReader;
	readonly onRetry: () => void;
	readonly onTab: (tab: Tab) => void;
}

function Body({ state, reader, onRetry, onTab }: BodyProps): ReactElement {
	const { view, phase } = state;
	const now = useNow(view !== null && isMoving(view.execution));
	if (phase === 'loading') return <Loading />;
	if (phase === 'missing') return <Missing />;
	if (!view) return <FailedPage state={state} onRetry={onRetry} />;
	return (
		<main className="page">
			{state.failure && <FailureBanner failure={state.failure} />}
			<Header view={view} now={now} />
			<Problems view={view} />
			<Tabs tab={state.tab} onTab={onTab} steps={view.steps.length} />
			{state.tab === 'timeline' ? <Steps state={state} view={view} now={now} /> : <Log view={view} reader={reader} />}
		</main>
	);
}

function Loading(): ReactElement {
	return (
		<main className="page-message" aria-busy="true">
			<ProgressRing label="Reading the execution" />
			<p className="muted">Reading the execution…</p>
		</main>
	);
}

function Missing(): ReactElement {
	return (
		<main className="page-message">
			<h1>This execution is no longer in the ledger</h1>
			<p className="muted">
				It was older or larger than is kept. How long executions are kept is up to the settings “Ledger: Retention Days”
				and “Ledger: Retention Mb”. Its cost stays in the Costs view.
			</p>
		</main>
	);
}

function FailedPage({ state, onRetry }: { readonly state: PageState; readonly onRetry: () => void }): ReactElement {
	return (
		<main className="page-message">
			<h1>The execution could not be read</h1>
			{state.failure && <FailureBanner failure={state.failure} isOnly />}
			<Button appearance="primary" onClick={onRetry}>
				Try Again
			</Button>
		</main>
	);
}
