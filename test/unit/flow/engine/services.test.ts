import { describe, expect, test } from 'vitest';
import { asId, type ExecutionId, type StepId } from '../../../../src/core/base/ids';
import { toNano } from '../../../../src/core/base/money';
import { systemClock } from '../../../../src/core/base/clock';
import type {
	ClaudeSessionHandlers,
	ClaudeSessionOptions,
	StartClaudeSession,
} from '../../../../src/core/claude/session';
import { ExpectedError } from '../../../../src/core/base/errors';
import { agentService } from '../../../../src/core/flow/engine/agentService';
import { modelService } from '../../../../src/core/flow/engine/modelService';
import type { ModelUse, ServiceCall } from '../../../../src/core/flow/engine/services';
import { toolService } from '../../../../src/core/flow/engine/toolService';
import type { AgentRequest } from '../../../../src/core/flow/nodes/context';
import type { ModelEvent, Provider } from '../../../../src/core/providers/provider';
import type { CallOrigin, Verdict } from '../../../../src/core/safety/gate';
import { textResult, type Tool } from '../../../../src/core/tools/tool';
import { Toolbox } from '../../../../src/core/tools/toolbox';
import { ToolRunner } from '../../../../src/core/tools/toolRunner';

const usage = { input: 7, output: 3, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

function callOf(
	more: Partial<ServiceCall> = {},
): ServiceCall & { readonly uses: ModelUse[]; readonly texts: string[] } {
	const [uses, texts]: [ModelUse[], string[]] = [[], []];
	return {
		execution: asId<ExecutionId>('run'),
		place: { node: 'n', frame: '' },
		step: asId<StepId>('run/n@1'),
		call: 'run:1',
		asker: 'Test › n',
		cwd: '/w',
		signal: new AbortController().signal,
		maxCost: null,
		progress: text => texts.push(text),
		used: use => uses.push(use),
		...more,
		uses,
		texts,
	};
}

describe('models', () => {
	const provider = (events: readonly ModelEvent[]): Provider => ({
		id: 'p',
		label: 'P',
		isLocal: false,
		// eslint-disable-next-line typescript/require-await -- the events are all there
		stream: async function* () {
			yield* events;
		},
		models: () => Promise.resolve([]),
		health: () => Promise.resolve({ isUp: true, text: '', latencyMs: 0, actions: [] }),
	});
	const end = { type: 'end', reason: 'stop', usage, reportedUsd: null } as const;
	const service = (events: readonly ModelEvent[]): ReturnType<typeof modelService> =>
		modelService({
			providers: { get: () => provider(events), price: () => ({ cost: 5, basis: 'priced' }) },
			defaultModel: () => 'p/default',
		});
	const request = { model: 'p/m', messages: [] };

	test('stream what they say, and what they used is counted and priced', async () => {
		const call = callOf();
		const text = [{ type: 'text', text: 'Hel' } as const, { type: 'text', text: 'lo' } as const];
		const answer = await service([{ type: 'start', model: 'm-1' }, ...text, end]).complete(request, call);
		expect(answer).toEqual({ text: 'Hello', thinking: '', calls: [], model: 'm-1', usage });
		expect(call.texts).toEqual(['Hel', 'Hello']);
		expect(call.uses).toEqual([{ provider: 'p', model: 'm', usage, cost: 5, basis: 'priced' }]);
		const said = callOf();
		await service([{ ...end, reportedUsd: 0.5 }]).complete(request, said);
		expect(said.uses).toMatchObject([{ cost: toNano(0.5), basis: 'reported' }]);
		const uncounted = callOf();
		await service([{ ...end, usage: null }]).complete(request, uncounted);
		expect(uncounted.uses).toMatchObject([{ usage: null, cost: null, basis: 'unpriced' }]);
	});

	test.each([
		['{"a":1}', { a: 1 }],
		['Here: ```json\n{"a": 1}\n``` done', { a: 1 }],
		['0', 0],
	])('an object is found in %j', async (text, object) => {
		const format = { name: 'x', schema: {} };
		const answer = await service([{ type: 'text', text }, end]).complete({ ...request, format }, callOf());
		expect(answer.object).toEqual(object);
	});

	test('what is no JSON, was cut off, filtered or never ended is a failure', async () => {
		const format = { name: 'x', schema: {} };
		const failure = (events: readonly ModelEvent[]): Promise<unknown> =>
			service(events)
				.complete({ ...request, format }, callOf())
				.catch((error: unknown) => (error as ExpectedError).code);
		expect(await failure([{ type: 'text', text: 'no' }, end])).toBe('bad-answer');
		expect(
			await failure([
				{ type: 'text', text: '{"a":' },
				{ ...end, reason: 'length' },
			]),
		).toBe('too-long');
		expect(await failure([{ ...end, reason: 'filtered' }])).toBe('filtered');
		expect(await failure([{ type: 'text', text: '{}' }])).toBe('cut-off');
		expect(service([]).resolve('')).toEqual({ provider: 'p', model: 'default' });
		expect(() => modelService({ providers: {} as never, defaultModel: () => '' }).resolve(' ')).toThrow(
			'No model is chosen',
		);
	});
});

describe('tools', () => {
	const tool = (name: string): Tool => ({
		name,
		title: name,
		description: 'd',
		schema: { type: 'object' },
		source: 'Quarterdeck',
		run: async (_, context) => {
			context.onProgress('half');
			return textResult(`${name} in ${context.cwd}`);
		},
	});
	const toolbox = new Toolbox();
	toolbox.add({
		tools: () => [tool('quarterdeck_read_file'), tool('mcp__a__b'), tool('mcp__a__c'), tool('quarterdeck_unknown')],
	});

	test('every call passes the gate, on behalf of the call of the node', async () => {
		const asked: CallOrigin[] = [];
		const authorize = async (_call: unknown, origin: CallOrigin): Promise<Verdict> => {
			asked.push(origin);
			const classification = {
				tier: 'GREEN',
				kind: 'tool',
				effect: '',
				reasons: [],
				grantKey: null,
				grantLabel: null,
				maxGrant: 'once',
			} as const;
			return { isAllowed: true, by: 'policy', classification, decision: null };
		};
		const runner = new ToolRunner({ toolbox, gate: { authorize }, clock: systemClock });
		const call = callOf();
		const outcome = await toolService({ toolbox, runner, isUnattended: true }).call('quarterdeck_read_file', {}, call);
		expect(outcome).toMatchObject({ status: 'done', name: 'quarterdeck_read_file' });
		expect(call.texts).toEqual(['half']);
		expect(asked).toEqual([
			{ conversation: null, asker: 'Test › n', execution: 'run', step: 'run:1', isUnattended: true },
		]);
	});

	test('are offered by name and pattern, but for those without a tier', async () => {
		const service = toolService({ toolbox, runner: { run: () => Promise.reject(new Error('not here')) } });
		const names = async (...patterns: string[]): Promise<string[]> =>
			(await service.offers(patterns)).map(({ name }) => name);
		expect(await names('mcp__a__*')).toEqual(['mcp__a__b', 'mcp__a__c']);
		expect(await names('quarterdeck_read_file', 'mcp__a__c')).toEqual(['quarterdeck_read_file', 'mcp__a__c']);
		expect(await names('*')).not.toContain('quarterdeck_unknown');
	});
});

describe('the Claude CLI', () => {
	const request: AgentRequest = {
		prompt: 'Do it',
		model: '',
		permissionMode: 'default',
		tools: [],
		files: [],
		session: '',
		systemPrompt: '',
	};
	const gate = {
		onHook: () => 'pass' as const,
		onPermission: async () => ({ behavior: 'allow' as const }),
		onResult: () => undefined,
		dispose: () => undefined,
	};

	/** A CLI that says what `talk` has it say once it was prompted. */
	function fakeCli(talk: (handlers: ClaudeSessionHandlers, options: ClaudeSessionOptions) => void | Promise<void>): {
		readonly start: StartClaudeSession;
		readonly options: ClaudeSessionOptions[];
		readonly prompts: unknown[];
		stopped: number;
	} {
		const seen = {
			options: [] as ClaudeSessionOptions[],
			prompts: [] as unknown[],
			stopped: 0,
			start: (async (options, handlers) => {
				seen.options.push(options);
				return {
					costs: {
						begin: () => undefined,
						rows: () => [{ model: 'sonnet', usage, cost: 9, basis: 'reported', isFinal: true }],
					},
					send: (content: unknown) => {
						seen.prompts.push(content);
						void talk(handlers, options);
					},
					stop: async () => void seen.stopped++,
				} as never;
			}) as StartClaudeSession,
		};
		return seen;
	}
	const result = {
		type: 'result',
		subtype: 'success',
		is_error: false,
		num_turns: 2,
		result: 'Done',
		total_cost_usd: 0,
	} as never;

	test('one process a task, with its tools, schema and budget, ended with its answer', async () => {
		const verdicts: unknown[] = [];
		const cli = fakeCli(async handlers => {
			verdicts.push(
				await handlers.onHook({ toolName: 'Bash', input: {} } as never),
				await handlers.onHook({ toolName: 'Read', input: {} } as never),
			);
			handlers.onMessage({
				type: 'stream_event',
				parent_tool_use_id: null,
				event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Do' } },
			});
			handlers.onMessage({ ...(result as object), structured_output: { ok: 0 } } as never);
		});
		const call = callOf({ maxCost: toNano(1) });
		const task = {
			...request,
			tools: ['Read', 'Grep'],
			files: ['a.ts'],
			schema: { type: 'object' },
			systemPrompt: 'Be brief',
		};
		const answer = await agentService({ start: cli.start, newGate: () => gate }).run(task, call);
		expect(answer).toMatchObject({ text: 'Done', turns: 2, object: { ok: 0 } });
		expect(cli.options[0]).toMatchObject({
			cwd: '/w',
			tools: ['Read', 'Grep'],
			outputSchema: { type: 'object' },
			maxBudget: toNano(1),
			appendedPrompt: 'Be brief',
		});
		expect(cli.prompts).toEqual(['Do it\n\nFiles:\n- a.ts']);
		expect(verdicts).toEqual([{ decision: 'deny', reason: 'This task may not use Bash.' }, 'pass']);
		expect(call.texts).toEqual(['Do']);
		expect(call.uses).toEqual([{ provider: 'claude', model: 'sonnet', usage, cost: 9, basis: 'reported' }]);
		expect(cli.stopped).toBe(1);
	});

	test('Stop ends the process, and what it used is counted all the same', async () => {
		const cli = fakeCli(() => undefined);
		const controller = new AbortController();
		const call = callOf({ signal: controller.signal });
		const running = agentService({ start: cli.start, newGate: () => gate }).run(request, call);
		await expect.poll(() => cli.prompts.length).toBe(1);
		controller.abort();
		await expect(running).rejects.toThrow('Cancelled');
		expect(cli.stopped).toBe(1);
		expect(call.uses).toHaveLength(1);
	});

	test('tasks of one session go on in one conversation, one after another, also after a resume', async () => {
		const cli = fakeCli(handlers => handlers.onMessage(result));
		const service = agentService({ start: cli.start, newGate: () => gate });
		const named = { ...request, session: 'review' };
		await Promise.all([service.run(named, callOf()), service.run(named, callOf()), service.run(request, callOf())]);
		const starts = cli.options.map(({ start }) => start);
		const kept = starts.filter(({ id }) => id === starts[0]!.id || id === starts[1]!.id);
		expect(kept.map(({ kind }) => kind).sort()).toEqual(['new', 'new', 'resume']);
		const again = fakeCli(handlers => handlers.onMessage(result));
		const start: StartClaudeSession = (options, handlers) =>
			options.start.kind === 'new'
				? Promise.reject(new ExpectedError('session-in-use', 'in use'))
				: again.start(options, handlers);
		await agentService({ start, newGate: () => gate }).run(named, callOf());
		expect(again.options[0]!.start).toEqual({ kind: 'resume', id: starts.find(({ kind }) => kind === 'resume')!.id });
	});

	test('a task that failed says why', async () => {
		const cli = fakeCli(handlers =>
			handlers.onMessage({ ...(result as object), subtype: 'error_max_budget_usd', is_error: true } as never),
		);
		await expect(agentService({ start: cli.start, newGate: () => gate }).run(request, callOf())).rejects.toMatchObject({
			code: 'no-quota',
		});
	});
});
