import { runInNewContext } from 'node:vm';
import { CancelledError } from '../../../../src/core/base/errors';
import { asId } from '../../../../src/core/base/ids';
import type { Json } from '../../../../src/core/base/json';
import type { Clock } from '../../../../src/core/base/clock';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import type { ExpressionScope } from '../../../../src/core/flow/engine/expressionPort';
import type {
	AgentAnswer,
	AgentRequest,
	FlowModelRequest,
	ModelAnswer,
	NodeContext,
	PersonPorts,
} from '../../../../src/core/flow/nodes/context';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import type { NodeType, PortValues } from '../../../../src/core/flow/nodes/nodeType';
import type { OutcomeStatus, ToolOutcome } from '../../../../src/core/tools/toolRunner';
import { StandingClock } from '../../tools/toolsForTest';

/** What a tool of the fake says: a value, or how its call went. */
export type ToolAnswer = Json | { readonly status: OutcomeStatus; readonly text: string; readonly value?: Json };

export interface FakeWorld {
	readonly tools?: Readonly<Record<string, ToolAnswer | ((input: Readonly<Record<string, unknown>>) => ToolAnswer)>>;
	/** Answers in their order; the last comes again. */
	readonly answers?: readonly Partial<ModelAnswer>[];
	readonly agent?: Partial<AgentAnswer>;
	readonly approval?: Awaited<ReturnType<PersonPorts['approve']>>;
	readonly replies?: Awaited<ReturnType<PersonPorts['ask']>>;
	readonly secrets?: Readonly<Record<string, string>>;
	readonly flowInputs?: Readonly<Record<string, Json>>;
	readonly flows?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
	readonly nodes?: Readonly<Record<string, PortValues>>;
	/** Real tools instead of told answers. */
	readonly callTool?: NodeContext['callTool'];
}

export interface Seen {
	readonly tools: {
		readonly name: string;
		readonly input: Readonly<Record<string, unknown>>;
		readonly secrets?: unknown;
	}[];
	readonly requests: FlowModelRequest[];
	readonly agents: AgentRequest[];
	readonly logs: string[];
	readonly people: unknown[];
	readonly flows: { readonly path: string; readonly inputs: Readonly<Record<string, Json>> }[];
}

/** Runs one node as the engine does: expressions replaced, parameters checked, and a world that says what it is told. */
export class NodeBench {
	readonly seen: Seen = { tools: [], requests: [], agents: [], logs: [], people: [], flows: [] };
	readonly clock = new StandingClock();
	readonly stop = new AbortController();
	readonly #world: FakeWorld;

	constructor(world: FakeWorld = {}) {
		this.#world = world;
	}

	async run(type: string, params: Readonly<Record<string, Json>> = {}, inputs: PortValues = {}): Promise<PortValues> {
		const node = nodeType(type);
		if (!node.run) throw new Error(`${type} does not run`);
		const scope = this.#scope(inputs);
		const resolved = expressionEngine.resolve(params, scope, node);
		return node.run(inputs, node.params.parse(resolved), this.#context(inputs));
	}

	#scope(inputs: PortValues, more: Readonly<Record<string, Json>> = {}): ExpressionScope {
		const names: Readonly<Record<string, Json>> = {
			flow: this.#world.flowInputs ?? {},
			now: '2026-01-31T12:00:00.000Z',
			...more,
		};
		return {
			input: inputs,
			node: id => this.#world.nodes?.[id],
			name: name => (Object.hasOwn(names, name) ? names[name] : undefined),
		};
	}

	#context(inputs: PortValues): NodeContext {
		const { seen, stop } = this;
		const world = this.#world;
		const { signal } = stop;
		/** Whatever waits ends with the signal. */
		const unlessStopped = <T>(value: T): Promise<T> =>
			signal.aborted ? Promise.reject(new CancelledError()) : Promise.resolve(value);
		return {
			execution: asId('run'),
			node: 'node',
			attempt: 1,
			idempotencyKey: 'run/node',
			signal,
			clock: this.clock satisfies Clock,
			cwd: '/project',
			flowInputs: world.flowInputs ?? {},
			log: text => void seen.logs.push(text),
			progress: () => undefined,
			callTool: (name, input, secrets) => {
				seen.tools.push({ name, input, ...(secrets ? { secrets } : {}) });
				if (world.callTool) return world.callTool(name, input, secrets);
				if (signal.aborted) return Promise.resolve(outcome(name, input, { status: 'stopped', text: 'stopped' }));
				const answer = world.tools?.[name];
				if (answer === undefined)
					return Promise.resolve(outcome(name, input, { status: 'unknown', text: `no ${name}` }));
				return Promise.resolve(outcome(name, input, typeof answer === 'function' ? answer(input) : answer));
			},
			offers: patterns =>
				unlessStopped(
					patterns
						.filter(name => world.tools?.[name] !== undefined)
						.map(name => ({ name, description: '', schema: {} })),
				),
			complete: request => {
				const answers = world.answers ?? [];
				const answer = answers[Math.min(seen.requests.length, answers.length - 1)] ?? {};
				// Messages grow: what was sent is what counts.
				seen.requests.push({ ...request, messages: [...request.messages] });
				return unlessStopped({ text: '', thinking: '', calls: [], model: 'test/model', usage: null, ...answer });
			},
			agent: request => {
				seen.agents.push(request);
				return unlessStopped({ text: 'done', model: 'sonnet', turns: 2, ...world.agent });
			},
			people: {
				approve: question => {
					seen.people.push(question);
					return unlessStopped(world.approval ?? null);
				},
				ask: (questions, timeoutMs) => {
					seen.people.push({ questions, timeoutMs });
					return unlessStopped(world.replies ?? null);
				},
			},
			secret: async name => {
				const found = world.secrets?.[name];
				if (found === undefined) throw new Error(`There is no secret ${name}.`);
				return found;
			},
			script: async (source, values) => {
				await unlessStopped(null);
				const names = Object.keys(values);
				const code = `JSON.stringify(((${names.join(', ')}) => { ${source} })(${names.map(name => `values[${JSON.stringify(name)}]`).join(', ')})) ?? 'null'`;
				return JSON.parse(runInNewContext(code, { values }, { timeout: 1000 }) as string) as Json;
			},
			evaluate: (expression, more) => expressionEngine.evaluate(expression, this.#scope(inputs, more)),
			runFlow: (path, given) => {
				seen.flows.push({ path, inputs: given });
				return unlessStopped(world.flows?.[path] ?? {});
			},
		};
	}
}

export function nodeType(type: string): NodeType {
	const node = builtInCatalog.find(type);
	if (!node) throw new Error(`There is no node type ${type}`);
	return node;
}

function outcome(name: string, input: Readonly<Record<string, unknown>>, answer: ToolAnswer): ToolOutcome {
	const isFull =
		typeof answer === 'object' &&
		answer !== null &&
		'status' in answer &&
		'text' in answer &&
		'status' in answer &&
		typeof answer.status === 'string';
	const full = isFull
		? (answer as Exclude<ToolAnswer, Json>)
		: { status: 'done' as const, text: textOf(answer), value: answer };
	return {
		id: '1',
		name,
		status: full.status,
		content: [{ type: 'text', text: full.text }],
		isError: full.status !== 'done',
		fullText: null,
		diff: null,
		...(full.value === undefined ? {} : { value: full.value }),
		input,
		verdict: null,
		decision: null,
		isStop: false,
		ranMs: 0,
	};
}

function textOf(value: Json): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
