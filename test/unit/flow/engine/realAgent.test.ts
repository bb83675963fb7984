import { homedir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asId, type ExecutionId, type StepId } from '../../../../src/core/base/ids';
import { silentLogger } from '../../../../src/core/base/logger';
import { toNano } from '../../../../src/core/base/money';
import { ClaudeProcess } from '../../../../src/core/claude/claudeProcess';
import { findClaude, thisMachine } from '../../../../src/core/claude/findClaude';
import type { StartClaudeSession } from '../../../../src/core/claude/session';
import { agentService, type AgentGate } from '../../../../src/core/flow/engine/agentService';
import type { ModelUse, ServiceCall } from '../../../../src/core/flow/engine/services';
import type { AgentRequest } from '../../../../src/core/flow/nodes/context';
import { claudeForTests } from '../../../fakes/claudePath';
import { callTool, say } from '../../../fakes/messages/reply';
import { ClaudeWorld } from '../../claude/claudeWorld';

let world: ClaudeWorld;
let start: StartClaudeSession;
const offered: string[][] = [];

beforeAll(async () => {
	world = await ClaudeWorld.open(request => {
		offered.push([...request.toolNames]);
		if (request.userText.includes('object') && request.step === 0) return callTool('StructuredOutput', { ok: 0 });
		return say(`Turn ${request.userText.includes('again') ? 'two' : 'one'} is done.`);
	});
	const claude = await findClaude(thisMachine(process.env, homedir()), claudeForTests());
	start = (options, handlers) =>
		ClaudeProcess.start(
			{ supervisor: world.supervisor, claude, environment: world.environment, logger: silentLogger },
			options,
			handlers,
		);
}, 60_000);
afterAll(() => world.close());

const gate: AgentGate = {
	onHook: () => 'pass',
	onPermission: async () => ({ behavior: 'deny', message: 'no' }),
	onResult: () => undefined,
	dispose: () => undefined,
};
const request: AgentRequest = {
	prompt: 'Do it',
	model: '',
	permissionMode: 'default',
	tools: [],
	files: [],
	session: '',
	systemPrompt: '',
};

function callOf(): ServiceCall & { readonly uses: ModelUse[] } {
	const uses: ModelUse[] = [];
	return {
		execution: asId<ExecutionId>('run'),
		place: { node: 'n', frame: '' },
		step: asId<StepId>('run/n@1'),
		call: 'run:1',
		asker: 'Test › n',
		cwd: world.cwd,
		signal: new AbortController().signal,
		maxCost: toNano(5),
		progress: () => undefined,
		used: use => uses.push(use),
		uses,
	};
}

test('a task of the real CLI has its tools, its schema and its cost', { timeout: 60_000 }, async () => {
	const call = callOf();
	const schema = { type: 'object', properties: { ok: { type: 'number' } }, required: ['ok'] };
	const task = { ...request, prompt: 'Give an object', schema, tools: ['Read', 'Grep'] };
	const answer = await agentService({ start, newGate: () => gate }).run(task, call);
	expect(answer.object).toEqual({ ok: 0 });
	expect(offered[0]).toEqual(expect.arrayContaining(['Grep', 'Read']));
	expect(offered[0]).not.toContain('Bash');
	expect(call.uses).toHaveLength(1);
	expect(call.uses[0]).toMatchObject({ provider: 'claude', basis: 'reported' });
	expect(call.uses[0]!.cost).toBeGreaterThan(0);
});

test('tasks of one session know what came before', { timeout: 60_000 }, async () => {
	const service = agentService({ start, newGate: () => gate });
	const named = { ...request, session: 'review' };
	expect((await service.run(named, callOf())).text).toBe('Turn one is done.');
	const second = callOf();
	expect((await service.run({ ...named, prompt: 'And again' }, second)).text).toBe('Turn two is done.');
	const last = JSON.stringify(world.api.requests.at(-1)!.body['messages']);
	expect(last).toContain('Turn one is done.');
	expect(second.uses[0]!.cost).toBeGreaterThan(0);
});
