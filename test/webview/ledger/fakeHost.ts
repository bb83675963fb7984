// The host's side of the execution page, without VS Code: scenes and tests drive the real page with it.
import { asId, type ConversationId, type ExecutionId, type StepId } from '../../../src/core/base/ids';
import { toDisposable } from '../../../src/core/base/lifecycle';
import { noUsage } from '../../../src/core/ledger/events';
import type { ExecutionPageContract, ExecutionPageView } from '../../../src/core/ledger/pageProtocol';
import type { StepRow } from '../../../src/core/ledger/queries';
import { connect, serve, type Client, type Handlers, type Port, type Server } from '../../../src/core/rpc/rpc';

export const executionId = asId<ExecutionId>('7c0e3c1e-0000-4000-8000-000000000001');
/** 5 November 2026, 14:00 local time. */
export const startedAt = new Date(2026, 10, 5, 14, 0, 0).getTime();

export function stepRow(id: string, change: Partial<StepRow> = {}): StepRow {
	return {
		id: asId<StepId>(id),
		execution: executionId,
		parent: null,
		kind: 'tool',
		name: 'Bash',
		title: `step ${id}`,
		status: 'succeeded',
		startedAt,
		endedAt: startedAt + 1000,
		usage: null,
		cost: null,
		inputBytes: 0,
		outputBytes: 0,
		...change,
	};
}

export function pageView(
	change: Partial<ExecutionPageView['execution']> = {},
	parts: Partial<Omit<ExecutionPageView, 'execution'>> = {},
): ExecutionPageView {
	return {
		execution: {
			id: executionId,
			kind: 'chat',
			trigger: 'user',
			status: 'succeeded',
			title: 'Fix the month that is off by one, and run the tests',
			agent: null,
			project: '/home/ada/shop',
			provider: 'claude',
			model: 'claude-sonnet-5',
			conversation: asId<ConversationId>('c1'),
			startedAt,
			endedAt: startedAt + 84_000,
			error: null,
			usage: { ...noUsage, input: 5200, output: 1890, cacheRead: 48_000, cacheWrite5m: 3100 },
			cost: 84_300_000,
			basis: 'reported',
			stepCount: 0,
			...change,
		},
		steps: [],
		usage: [],
		conversation: { id: asId<ConversationId>('c1'), title: 'Invoices of January' },
		isRunningHere: false,
		...parts,
	};
}

export interface FakeHost {
	readonly api: { postMessage(message: unknown): void; getState(): unknown; setState(state: unknown): void };
	readonly client: Client<ExecutionPageContract>;
	readonly server: Server<ExecutionPageContract>;
	readonly calls: { readonly name: string; readonly params: unknown }[];
	readonly state: () => unknown;
	/** What `execution` answers from now on. */
	show(view: ExecutionPageView | null): void;
	answer(handlers: Partial<Handlers<ExecutionPageContract>>): void;
}

/** A host that answers from `view` and `texts` (by `step:part`). `deliver` hands a message to a page in a window. */
export function createFakeHost(
	view: ExecutionPageView | null,
	texts: Readonly<Record<string, string>> = {},
	deliver?: (message: unknown) => void,
	stored?: unknown,
): FakeHost {
	let shown = view;
	let state = stored;
	let overrides: Partial<Handlers<ExecutionPageContract>> = {};
	const calls: FakeHost['calls'] = [];
	const [page, host] = linkedPorts(deliver);
	const handlers = new Proxy(
		defaults(() => shown, texts),
		{
			get: (target, name: keyof ExecutionPageContract['requests']) => (params: never) => {
				calls.push({ name, params });
				return (overrides[name] ?? target[name])(params);
			},
		},
	);
	const server = serve<ExecutionPageContract>(host, handlers);
	return {
		api: { postMessage: message => page.post(message), getState: () => state, setState: next => (state = next) },
		client: connect<ExecutionPageContract>(page),
		server,
		calls,
		state: () => state,
		show: next => {
			shown = next;
			server.emit('changed', null);
		},
		answer: next => (overrides = { ...overrides, ...next }),
	};
}

function linkedPorts(deliver?: (message: unknown) => void): readonly [Port, Port] {
	const listeners: [Set<(message: unknown) => void>, Set<(message: unknown) => void>] = [new Set(), new Set()];
	const port = (mine: 0 | 1): Port => ({
		post: message => {
			const copy: unknown = structuredClone(message);
			queueMicrotask(() => {
				for (const listener of listeners[mine === 0 ? 1 : 0]) listener(copy);
				if (mine === 1) deliver?.(copy);
			});
		},
		onMessage: listener => {
			listeners[mine].add(listener);
			return toDisposable(() => listeners[mine].delete(listener));
		},
	});
	return [port(0), port(1)];
}

const nothing = (): void => undefined;

function defaults(
	view: () => ExecutionPageView | null,
	texts: Readonly<Record<string, string>>,
): Handlers<ExecutionPageContract> {
	return {
		execution: view,
		stepText: ({ step, part, offset, length }) => {
			const text = texts[`${step}:${part}`] ?? '';
			return { text: text.slice(offset, offset + length), total: text.length };
		},
		copyStepText: nothing,
		openStepText: nothing,
		copyText: nothing,
		copySummary: nothing,
		saveText: () => true,
		openConversation: nothing,
		stop: nothing,
		runAction: nothing,
	};
}
