import { describe, expect, test } from 'vitest';
import type { ApprovalView } from '../../../src/core/safety/approval';
import type { PermissionCall, PermissionVerdict } from '../../../src/core/safety/cliCalls';
import { plainText } from '../../../src/core/safety/cliGate';
import { execution, gateForTest } from './gateForTest';
import { cwd } from './context';

type World = ReturnType<typeof gateForTest>;

const hook = (
	world: World,
	toolName: string,
	input: Record<string, unknown>,
	toolUseId = 'u1',
	permissionMode = 'default',
) => world.cli.onHook({ toolName, input, toolUseId, cwd, permissionMode });

async function ask(
	world: World,
	call: Partial<PermissionCall> & Pick<PermissionCall, 'toolName' | 'input'>,
	signal = new AbortController().signal,
) {
	const added = new Promise<ApprovalView>(resolve => {
		const subscription = world.approvals.onDidAdd(view => {
			subscription.dispose();
			resolve(view);
		});
	});
	const answer = world.cli.onPermission({ toolUseId: 'u1', ...call }, signal);
	return { answer, view: await added };
}

describe('the hook', () => {
	test.each([
		['GREEN', 'ls', 'pass'],
		['YELLOW', 'npm test', 'pass'],
		['ORANGE', 'git push', { decision: 'ask' }],
		['RED', 'git reset --hard', { decision: 'ask' }],
		['BLACK', 'cat ~/.ssh/id_rsa', { decision: 'deny' }],
	])('%s: %s', (_, command, expected) => {
		for (const mode of ['default', 'acceptEdits', 'plan', 'bypassPermissions', 'dontAsk']) {
			const verdict = hook(gateForTest(), 'Bash', { command }, 'u1', mode);
			if (typeof expected === 'string') expect(verdict).toBe(expected);
			else expect(verdict).toMatchObject(expected);
		}
	});

	test('a refusal is journaled and tells the model why', () => {
		const world = gateForTest();
		const verdict = hook(world, 'Read', { file_path: '/home/dev/.ssh/id_rsa' });
		expect(verdict).toMatchObject({ decision: 'deny', reason: expect.stringContaining('holds private keys') });
		expect(world.events).toEqual([
			{
				type: 'gate.decided',
				execution,
				tool: 'Read',
				tier: 'BLACK',
				decision: 'refused',
				by: 'policy',
				effect: '/home/dev/.ssh/id_rsa',
			},
		]);
	});

	test('tools of MCP servers and unknown tools ask until they are granted', async () => {
		const world = gateForTest();
		const input = { title: 'x' };
		expect(hook(world, 'mcp__github__create_issue', input)).toMatchObject({ decision: 'ask' });
		const { answer, view } = await ask(world, { toolName: 'mcp__github__create_issue', input });
		expect(view).toMatchObject({ tier: 'YELLOW', grants: ['once', 'session', 'workspace'] });
		world.approvals.decide(view.id, { outcome: 'allow', scope: 'workspace' });
		await answer;
		expect(hook(world, 'mcp__github__create_issue', { title: 'y' })).toBe('pass');
		expect(hook(world, 'mcp__github__delete_repo', input)).toMatchObject({ decision: 'ask' });
		expect(hook(world, 'BrandNewTool', {}, 'u2')).toMatchObject({ decision: 'ask' });
		const unknown = await ask(world, { toolName: 'BrandNewTool', input: {}, toolUseId: 'u2' });
		expect(unknown.view).toMatchObject({ grants: ['once', 'session'] });
	});

	test('a tool of ours without a tier is refused', () => {
		expect(hook(gateForTest(), 'quarterdeck_x', {})).toMatchObject({ decision: 'deny' });
	});

	test('a raised tier is honoured, and a lowered one ignored', () => {
		const context = { raisedTiers: { WebFetch: 'ORANGE', Bash: 'GREEN', mcp__db: 'RED' } } as const;
		const world = gateForTest({ context });
		expect(hook(world, 'WebFetch', { url: 'https://a.dev' })).toMatchObject({ decision: 'ask' });
		expect(hook(world, 'Bash', { command: 'git reset --hard' })).toMatchObject({ decision: 'ask' });
		expect(world.gate.classify({ tool: 'mcp__db__query', input: {}, cwd }).tier).toBe('RED');
	});

	test('the settings of the gate stay out of reach of the edit tools', () => {
		const world = gateForTest();
		const path = '/home/dev/project/.vscode/settings.json';
		expect(hook(world, 'Edit', { file_path: path, old_string: 'a', new_string: '"quarterdeck.x": 1' })).toMatchObject({
			decision: 'deny',
		});
		expect(hook(world, 'Edit', { file_path: path, old_string: 'a', new_string: '"editor.x": 1' })).toMatchObject({
			decision: 'ask',
		});
	});

	test('invisible characters are RED', () => {
		for (const command of ['ls \u202e x', 'echo a\u200b', 'ls \u001b[2K', 'ls \ufeff']) {
			expect(gateForTest().gate.classify({ tool: 'Bash', input: { command }, cwd }).tier, JSON.stringify(command)).toBe(
				'RED',
			);
		}
		expect(gateForTest().gate.classify({ tool: 'Bash', input: { command: 'echo "👩‍💻 é"' }, cwd }).tier).toBe('GREEN');
	});
});

describe('the permission request', () => {
	test('GREEN and granted calls are answered at once', async () => {
		const world = gateForTest();
		const verdict = await world.cli.onPermission(
			{ toolName: 'Bash', input: { command: 'ls' }, toolUseId: 'u1' },
			new AbortController().signal,
		);
		expect(verdict).toEqual({ behavior: 'allow', updatedInput: { command: 'ls' } });
		expect(world.events).toMatchObject([{ type: 'gate.decided', decision: 'allowed', by: 'policy', tier: 'GREEN' }]);
	});

	test('a refusal carries the reason, and may stop the turn', async () => {
		const world = gateForTest();
		const { answer, view } = await ask(world, { toolName: 'Bash', input: { command: 'npm test' } });
		world.approvals.decide(view.id, { outcome: 'refuse', reason: 'too risky', isStop: true });
		expect(await answer).toEqual({ behavior: 'deny', message: 'too risky', interrupt: true });
	});

	test('an edit in auto-edit mode goes through, in Ask mode it takes a click and may be changed', async () => {
		const input = { file_path: `${cwd}/a.ts`, old_string: 'a', new_string: 'b' };
		const auto = gateForTest();
		hook(auto, 'Edit', input, 'u1', 'acceptEdits');
		expect(
			await auto.cli.onPermission({ toolName: 'Edit', input, toolUseId: 'u1' }, new AbortController().signal),
		).toMatchObject({ behavior: 'allow' });
		const world = gateForTest();
		hook(world, 'Edit', input);
		const { answer, view } = await ask(world, { toolName: 'Edit', input });
		expect(view).toMatchObject({ kind: 'edit', effect: `${cwd}/a.ts`, grantLabel: 'edits inside this workspace' });
		const changedInput = { ...input, new_string: 'c' };
		world.approvals.decide(view.id, { outcome: 'allow', scope: 'once', changedInput });
		expect(await answer).toEqual({ behavior: 'allow', updatedInput: changedInput });
	});

	test('a changed call may not reach further than what was shown', async () => {
		const world = gateForTest();
		const input = { file_path: `${cwd}/a.ts`, content: 'a' };
		const { answer, view } = await ask(world, { toolName: 'Write', input });
		const changedInput = { file_path: '/home/dev/.bashrc', content: 'a' };
		expect(() => world.approvals.decide(view.id, { outcome: 'allow', scope: 'once', changedInput })).toThrow(
			/within its own file/u,
		);
		expect(world.approvals.pending).toHaveLength(1);
		world.approvals.decide(view.id, { outcome: 'refuse', reason: '' });
		expect(await answer).toEqual({ behavior: 'deny', message: 'The user refused this.' });
	});

	test('only an edit may be changed: a confirmed command runs as it was shown', async () => {
		const world = gateForTest();
		const { answer, view } = await ask(world, { toolName: 'Bash', input: { command: 'git reset --hard' } });
		const changedInput = { command: 'rm -rf build' };
		expect(() =>
			world.approvals.decide(view.id, { outcome: 'allow', scope: 'once', changedInput }, { isConfirmed: true }),
		).toThrow(/Only a reviewed edit/u);
		world.approvals.decide(view.id, { outcome: 'refuse', reason: '' });
		await answer;
	});

	test.each([
		{ classifierApprovable: false },
		{ defaultToNo: true },
		{ decisionReasonType: 'safetyCheck' },
		{ suppressAlwaysAllowRule: true },
		{ matchedAskRule: { rule: 'Bash(ls)' } },
	])('what only a person may answer is asked every time: %o', async extra => {
		const world = gateForTest();
		const once = await ask(world, { toolName: 'Bash', input: { command: 'npm test' } });
		world.approvals.decide(once.view.id, { outcome: 'allow', scope: 'session' });
		await once.answer;
		for (const command of ['npm test', 'ls']) {
			const { view } = await ask(world, {
				toolName: 'Bash',
				input: { command },
				...extra,
				decisionReason: '\u001b[1mCareful\u001b[0m',
			});
			expect(view).toMatchObject({ grants: ['once'], grantLabel: null });
			expect(view.reasons).toContain('Claude says: Careful');
			world.approvals.decide(view.id, { outcome: 'refuse', reason: 'no' });
		}
	});

	test('questions are answered with the questions and the answers', async () => {
		const world = gateForTest();
		const questions = [
			{ question: 'Which DB?', header: 'DB', multiSelect: false, options: [{ label: 'SQLite', description: 'small' }] },
		];
		expect(hook(world, 'AskUserQuestion', { questions })).toBe('pass');
		const { answer, view } = await ask(world, { toolName: 'AskUserQuestion', input: { questions } });
		expect(view).toMatchObject({
			kind: 'question',
			grants: [],
			questions: [{ question: 'Which DB?', isMultiSelect: false }],
		});
		world.approvals.decide(view.id, { outcome: 'answer', answers: { 'Which DB?': 'SQLite' } });
		expect(await answer).toEqual({
			behavior: 'allow',
			updatedInput: { questions, answers: { 'Which DB?': 'SQLite' } },
		});
	});

	test('a plan is shown, from the call or its file, and sets the mode', async () => {
		const world = gateForTest({ plan: '# From the file' });
		const { answer, view } = await ask(world, { toolName: 'ExitPlanMode', input: {} });
		expect(view).toMatchObject({ kind: 'plan', plan: '# From the file' });
		world.approvals.decide(view.id, { outcome: 'plan', mode: 'acceptEdits' });
		const expected: PermissionVerdict = {
			behavior: 'allow',
			updatedInput: {},
			updatedPermissions: [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }],
		};
		expect(await answer).toEqual(expected);
	});

	test('an ended call is answered with a refusal and leaves nothing pending', async () => {
		const world = gateForTest();
		const call = new AbortController();
		const { answer } = await ask(world, { toolName: 'Bash', input: { command: 'npm test' } }, call.signal);
		call.abort();
		expect(await answer).toMatchObject({ behavior: 'deny' });
		expect(world.approvals.pending).toEqual([]);
	});

	test('the folder of the hook counts for the request', async () => {
		const world = gateForTest();
		world.cli.onHook({ toolName: 'Bash', input: { command: 'rm x' }, toolUseId: 'u1', cwd: '/home/dev/other' });
		const { view } = await ask(world, { toolName: 'Bash', input: { command: 'rm x' } });
		expect(view).toMatchObject({ tier: 'RED' });
	});

	test('nobody there: what is not granted is refused', async () => {
		const world = gateForTest({ origin: { isUnattended: true } });
		const verdict = await world.cli.onPermission(
			{ toolName: 'Bash', input: { command: 'npm test' }, toolUseId: 'u1' },
			new AbortController().signal,
		);
		expect(verdict).toMatchObject({ behavior: 'deny' });
		expect(world.approvals.pending).toEqual([]);
	});
});

test('what the CLI decided by its own rules is journaled with its result, once', () => {
	const world = gateForTest();
	hook(world, 'Bash', { command: 'npm test' }, 'a');
	hook(world, 'Bash', { command: 'ls' }, 'b');
	world.cli.onResult('a');
	world.cli.onResult('a');
	world.cli.dispose();
	expect(world.events).toMatchObject([
		{ type: 'gate.decided', tier: 'YELLOW', decision: 'allowed', by: 'cli', effect: 'npm test' },
		{ type: 'gate.decided', tier: 'GREEN', decision: 'allowed', by: 'policy', effect: 'ls' },
	]);
});

test('terminal escapes are taken out', () => {
	expect(plainText('\u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007\r')).toBe('red link');
});
