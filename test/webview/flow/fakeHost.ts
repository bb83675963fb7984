// The host's side of the flow editor, without VS Code: scenes, tests and the bench drive the real page with it.
import { asId, type ExecutionId } from '../../../src/core/base/ids';
import type { Json } from '../../../src/core/base/json';
import { toDisposable } from '../../../src/core/base/lifecycle';
import type { EditorSnapshot, FlowEditorContract, RunSummary } from '../../../src/core/flow/editorProtocol';
import { applyOps } from '../../../src/core/flow/model/apply';
import { emptyFlow, type Flow, type FlowNode, type Position } from '../../../src/core/flow/model/flow';
import type { FlowOp } from '../../../src/core/flow/model/ops';
import { parseEdge } from './edges';
import type { Port as NodePort, Ports } from '../../../src/core/flow/nodes/nodeType';
import { connect, serve, type Client, type Handlers, type Port, type Server } from '../../../src/core/rpc/rpc';
import { catalog, port } from './catalog';

/** A flow from lines: what a test cares about, without the rest. */
export function flowOf(
	nodes: Readonly<Record<string, readonly [type: string, x: number, y: number, more?: Partial<FlowNode>]>>,
	edges: readonly string[] = [],
	change: Partial<Flow> = {},
): Flow {
	const layout: Record<string, Position> = {};
	const made: Record<string, FlowNode> = {};
	for (const [id, [type, x, y, more]] of Object.entries(nodes)) {
		made[id] = { type: `${type}@1`, ...more };
		layout[id] = { x, y };
	}
	return {
		...emptyFlow('test', 'Test'),
		nodes: made,
		edges: edges.map(parseEdge),
		layout: { ...layout, ...change.layout },
		...Object.fromEntries(Object.entries(change).filter(([key]) => key !== 'layout')),
	};
}

export interface FakeEditor {
	readonly client: Client<FlowEditorContract>;
	readonly server: Server<FlowEditorContract>;
	/** What the page asked, in order. */
	readonly calls: { readonly name: string; readonly params: unknown }[];
	/** Batches of operations, in order. */
	readonly batches: { readonly label: string; readonly ops: readonly FlowOp[] }[];
	/** The host's own model. */
	readonly flow: () => Flow;
	/** A change of somebody else. */
	readonly change: (ops: readonly FlowOp[]) => void;
}

export interface FakeSetup extends Partial<EditorSnapshot> {
	readonly runs?: readonly RunSummary[];
	readonly answers?: Partial<Handlers<FlowEditorContract>>;
}

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

const nothing = (): void => undefined;
export const runId = asId<ExecutionId>('run-1');

export function fakeEditor(setup: FakeSetup = {}): FakeEditor {
	const { answers, runs = [], ...given } = setup;
	const [page, host] = wire();
	const calls: { name: string; params: unknown }[] = [];
	const batches: { label: string; ops: readonly FlowOp[] }[] = [];
	let flow = given.flow ?? flowOf({});
	let version = 1;
	const handlers: Handlers<FlowEditorContract> = {
		open: () => ({ ...snapshot(given), flow, version }),
		apply: ({ ops, label }) => {
			flow = applyOps(flow, ops);
			batches.push({ label, ops });
			return { version: ++version };
		},
		focus: nothing,
		ports: ({ nodes }) => nodes.map(dynamicPorts),
		layout: () => Object.fromEntries(Object.keys(flow.nodes).map((id, at) => [id, { x: at * 280, y: (at % 3) * 160 }])),
		extract: nothing,
		openDefinition: nothing,
		openText: nothing,
		editParam: nothing,
		importN8n: () => ({ nodes: {}, edges: [], groups: {}, layout: {} }),
		copyForN8n: () => undefined,
		readClipboard: () => clipboard,
		writeClipboard: ({ text }) => void (clipboard = text),
		choices: ({ of, query }) =>
			(choices[of] ?? []).filter(choice => choice.value.toLowerCase().includes(query.toLowerCase())),
		completions: ({ text, at }) => {
			const word = /[\w.]*$/.exec(text.slice(0, at))?.[0] ?? '';
			return ['flow.page', 'input.text', 'nodes.fetch.body', 'nodes.fetch.status', 'run.id']
				.filter(label => label.startsWith(word))
				.map(label => ({ label, insert: label, from: at - word.length, detail: 'text', kind: 'property' as const }));
		},
		preview: ({ text }) =>
			text.includes('missing')
				? { state: 'error', reason: '“missing” is not known here.' }
				: { state: 'value', value: text.replaceAll(/\{\{.*?\}\}/g, 'one value'), isWhole: false },
		applyFix: nothing,
		openLink: nothing,
		runAction: nothing,
		run: nothing,
		control: nothing,
		answer: nothing,
		setBreakpoints: nothing,
		setPin: nothing,
		trigger: nothing,
		watch: nothing,
		runs: () => runs,
		showRun: () => given.run ?? null,
		values: ({ node }) => ({
			frames: [''],
			frame: '',
			inputs: { input: { value: 'What has changed?', bytes: 19 } },
			outputs: values[node] ?? {},
			error: null,
		}),
		blob: () => ({ text: '"the whole text"', isCut: false }),
		setValue: nothing,
		openValue: nothing,
		diffValues: nothing,
		findValues: () => [],
		compareRuns: ({ a, b }) => ({
			a: runs.find(run => run.id === a) ?? emptySummary,
			b: runs.find(run => run.id === b) ?? emptySummary,
			nodes: { review: { what: 'Another text', ports: ['text'] } },
		}),
		replay: () => ({ durationMs: 0, steps: [] }),
		addToTests: nothing,
		...answers,
	};
	let clipboard = '';
	const recorded = new Proxy(handlers, {
		get: (target, name: string) => (params: never) => {
			calls.push({ name, params });
			return target[name as keyof typeof target](params);
		},
		getOwnPropertyDescriptor: (target, name) => Object.getOwnPropertyDescriptor(target, name),
	});
	const server = serve<FlowEditorContract>(host, recorded);
	return {
		client: connect<FlowEditorContract>(page),
		server,
		calls,
		batches,
		flow: () => flow,
		change: ops => {
			flow = applyOps(flow, ops);
			server.emit('changed', { version: ++version, ops });
		},
	};
}

const emptySummary: RunSummary = {
	id: runId,
	status: 'succeeded',
	startedAt: 0,
	durationMs: 0,
	cost: null,
	title: 'Run all',
	failedNode: null,
};

const choices: Readonly<Record<string, readonly { value: string; label: string; description?: string }[]>> = {
	model: [
		{ value: 'claude/sonnet', label: 'Sonnet', description: 'Claude' },
		{ value: 'claude/opus', label: 'Opus', description: 'Claude' },
		{ value: 'ollama/llama3.2', label: 'llama3.2', description: 'Ollama' },
	],
	secret: [{ value: 'GITHUB_TOKEN', label: 'GITHUB_TOKEN', description: 'bound' }],
	tool: [
		{ value: 'quarterdeck_read_file', label: 'Read file' },
		{ value: 'mcp__github__*', label: 'All of github' },
	],
	path: [{ value: 'src/parser.ts', label: 'src/parser.ts' }],
	flow: [{ value: 'review.flow.json', label: 'review.flow.json' }],
};

const values: Readonly<Record<string, Readonly<Record<string, { value: Json; bytes: number }>>>> = {
	review: {
		text: {
			value: '# Review\n\n- **One** thing is wrong in `parser.ts`\n- the rest is fine\n',
			bytes: 70,
		},
	},
	diff: {
		diff: { value: '@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n', bytes: 30 },
		files: {
			value: [
				{ path: 'src/parser.ts', added: 12, removed: 3 },
				{ path: 'src/index.ts', added: 1, removed: 0 },
			],
			bytes: 92,
		},
	},
};

function dynamicPorts({
	type,
	params,
}: {
	readonly type: string;
	readonly params: Readonly<Record<string, Json>>;
}): Ports {
	const named = (names: readonly string[]): readonly NodePort[] => names.map(name => port(name));
	if (type.startsWith('control.switch')) {
		const cases = Array.isArray(params['cases']) ? (params['cases'] as readonly Json[]).map(String) : [];
		return { inputs: named(['input']), outputs: named([...cases, 'otherwise']) };
	}
	return { inputs: named(['input']), outputs: named(['result']) };
}

function snapshot(given: Partial<EditorSnapshot>): EditorSnapshot {
	return {
		mode: 'edit',
		reason: null,
		version: 1,
		flow: flowOf({}),
		textError: null,
		file: 'review.flow.json',
		catalog,
		problems: [],
		compare: null,
		isTrusted: true,
		keys: 'page',
		offers: [
			'run',
			'layout',
			'extract',
			'openSubflow',
			'openText',
			'openValue',
			'editParam',
			'importN8n',
			'completions',
			'compareRuns',
			'replay',
			'tests',
			'pins',
			'triggers',
		],
		breakpoints: [],
		pins: [],
		triggers: [],
		caps: { maxSteps: 500, maxCostUsd: 2, maxTokens: 200_000 },
		run: null,
		...given,
	};
}
