// The host's side of the MCP pages, without VS Code: scenes and tests drive the real pages with it.
import { errorText } from '../../../src/core/base/errors';
import { toDisposable } from '../../../src/core/base/lifecycle';
import type {
	ElicitationAnswer,
	ElicitationContract,
	ElicitationView,
} from '../../../src/core/mcp/elicitationProtocol';
import type { InspectorContract, InspectorTarget, Outcome } from '../../../src/core/mcp/inspectorProtocol';
import type { McpLog, McpServerView, McpToolView } from '../../../src/core/mcp/protocol';
import {
	connect,
	serve,
	type Client,
	type Contract,
	type Handlers,
	type Port,
	type Server,
} from '../../../src/core/rpc/rpc';

export const moment = new Date(2026, 10, 5, 14, 0, 0).getTime();

export function toolView(name: string, change: Partial<McpToolView> = {}): McpToolView {
	return {
		name,
		qualifiedName: `mcp__everything__${name}`,
		title: '',
		description: `What ${name} does`,
		schema: { type: 'object', properties: {} },
		schemaProblem: null,
		outputSchema: null,
		annotations: {},
		trust: 'approved',
		isEnabled: true,
		...change,
	};
}

export function serverView(change: Partial<McpServerView> = {}): McpServerView {
	return {
		id: 'settings:everything',
		name: 'everything',
		title: 'Everything Reference Server',
		source: { kind: 'settings', label: 'Settings', path: null },
		transport: 'stdio',
		target: 'npx -y @modelcontextprotocol/server-everything',
		state: 'running',
		disabledReason: null,
		lastError: null,
		restartAt: null,
		restarts: 0,
		tools: [],
		resources: [],
		resourceTemplates: [],
		prompts: [],
		latencyP50Ms: 3.4,
		calls: 12,
		errors: 1,
		version: '2.0.0',
		protocolVersion: '2025-11-25',
		instructions: '',
		pid: 4711,
		readyAt: moment,
		connectMs: 812,
		capabilities: ['tools', 'logging', 'resources.subscribe'],
		...change,
	};
}

export const richTool = toolView('create_issue', {
	title: 'Create issue',
	description: 'Creates an issue in a repository.\nLabels must exist already.',
	annotations: { destructiveHint: false, openWorldHint: true },
	schema: {
		type: 'object',
		required: ['title', 'priority'],
		properties: {
			title: { type: 'string', description: 'One line', maxLength: 80 },
			body: { type: 'string', maxLength: 5000 },
			priority: { type: 'integer', minimum: 1, maximum: 5, description: 'From 1 to 5' },
			isDraft: { type: 'boolean', title: 'Draft' },
			kind: { type: 'string', enum: ['bug', 'feature', 'question'], default: 'bug' },
			labels: { type: 'array', items: { type: 'string' } },
			where: {
				type: 'object',
				properties: { file: { type: 'string' }, line: { type: 'integer' } },
				required: ['file'],
			},
			extra: { oneOf: [{ type: 'string' }, { type: 'number' }] },
		},
	},
});

/** Two ends of a wire; what one posts the other hears, in a later turn and as a copy. */
function wire(): readonly [Port, Port] {
	const listeners: [((message: unknown) => void) | undefined, ((message: unknown) => void) | undefined] = [
		undefined,
		undefined,
	];
	const end = (own: 0 | 1): Port => ({
		post: message => {
			const copy: unknown = structuredClone(message);
			queueMicrotask(() => listeners[own === 0 ? 1 : 0]?.(copy));
		},
		onMessage: listener => {
			listeners[own] = listener;
			return toDisposable(() => (listeners[own] = undefined));
		},
	});
	return [end(0), end(1)];
}

export interface FakePage<C extends Contract> {
	readonly client: Client<C>;
	readonly server: Server<C>;
	/** What the page asked, in order. */
	readonly calls: { readonly name: string; readonly params: unknown }[];
}

function fakePage<C extends Contract>(
	handlers: Handlers<C>,
	onCall: (name: string, params: unknown, answer: () => unknown) => unknown = (_name, _params, answer) => answer(),
): FakePage<C> {
	const [page, host] = wire();
	const calls: { name: string; params: unknown }[] = [];
	const recorded = new Proxy(handlers, {
		get: (target, name: string) => (params: never) => {
			calls.push({ name, params });
			return onCall(name, params, () => target[name as keyof typeof target](params));
		},
		getOwnPropertyDescriptor: (target, name) => Object.getOwnPropertyDescriptor(target, name),
	});
	return { client: connect<C>(page), server: serve<C>(host, recorded), calls };
}

export interface InspectorSetup {
	server: McpServerView | null;
	readonly log?: McpLog;
	readonly target?: InspectorTarget | null;
	readonly earlier?: Pick<InspectorContract['requests']['open']['result'], 'kept' | 'running' | 'lastCall'>;
	readonly isTrusted?: boolean;
	readonly answers?: Partial<Handlers<InspectorContract>>;
}

const nothing = (): void => undefined;

export function fakeInspector(setup: InspectorSetup): FakePage<InspectorContract> {
	const snapshot = () => ({
		server: setup.server,
		tiers: Object.fromEntries((setup.server?.tools ?? []).map(tool => [tool.name, 'YELLOW' as const])),
		isTrusted: setup.isTrusted ?? true,
	});
	const page = fakePage<InspectorContract>(
		{
			open: () => ({
				...snapshot(),
				log: setup.log ?? { lines: [], traffic: [] },
				target: setup.target ?? null,
				...(setup.earlier ?? { kept: {}, running: {}, lastCall: 0 }),
			}),
			keep: nothing,
			server: snapshot,
			start: nothing,
			stop: nothing,
			restart: nothing,
			ping: () => 2.4,
			place: () => ({ tier: 'YELLOW', reasons: ['it is a tool of an MCP server'] }),
			call: () => ({ result: { content: [{ type: 'text', text: 'done' }] }, ms: 12 }),
			cancel: nothing,
			read: ({ uri }) => ({ result: { contents: [{ uri, mimeType: 'text/plain', text: 'contents' }] }, ms: 3 }),
			expand: ({ uriTemplate, variables }) =>
				uriTemplate.replaceAll(/\{(\w+)\}/g, (_, name: string) => variables[name] ?? ''),
			subscribe: nothing,
			prompt: () => ({ result: { messages: [{ role: 'user', content: { type: 'text', text: 'Say hello' } }] }, ms: 4 }),
			complete: () => ['Paris', 'Park City'],
			setToolEnabled: nothing,
			setLogLevel: nothing,
			copy: nothing,
			openText: nothing,
			openLink: nothing,
			runAction: nothing,
			...setup.answers,
		},
		async (_name, params, answer) => {
			if (typeof params !== 'object' || params === null || !('place' in params) || !('call' in params)) return answer();
			const { call, place } = params as { call: number; place: string };
			const finish = (outcome: Outcome<unknown>): void => page.server.emit('finished', { call, place, outcome });
			try {
				const timed = (await answer()) as { result: unknown; ms: number };
				finish({ ...timed, failure: null });
				return timed;
			} catch (error) {
				finish({ result: null, failure: { text: errorText(error), actions: [] }, ms: null });
				throw error;
			}
		},
	);
	return page;
}

export function fakeElicitation(
	view: ElicitationView | null,
	onAnswer: (answer: ElicitationAnswer) => void,
): FakePage<ElicitationContract> {
	return fakePage<ElicitationContract>({ open: () => ({ view, kept: undefined }), keep: nothing, answer: onAnswer });
}
