import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { toNano } from '../../../src/core/base/money';
import { callTool, refuse, say } from '../../fakes/messages/reply';
import type { Script } from '../../fakes/messages/server';
import { ClaudeWorld, isSystem, spoken, turn } from './claudeWorld';

vi.setConfig({ testTimeout: 20_000 });

let world: ClaudeWorld;
const open = async (script: Script): Promise<ClaudeWorld> => (world = await ClaudeWorld.open(script));
afterEach(() => world.close());

const totalOf = (usage: Readonly<Record<string, { readonly costUSD: number }>> | undefined): number =>
	Object.values(usage ?? {}).reduce((sum, model) => sum + toNano(model.costUSD), 0);
const costOf = (rows: readonly { readonly cost: number | null }[]): number =>
	rows.reduce((sum, row) => sum + (row.cost ?? Number.NaN), 0);

describe('the life of a session', () => {
	test('costs of many turns, of a resume and of a fork add up to what the CLI reports, nothing twice', async () => {
		await open(() =>
			say('ok', { usage: { input: 333, output: 7, cacheRead: 111, cacheWrite5m: 13, cacheWrite1h: 3 } }),
		);
		const { session, log } = await world.start();
		const costs: number[] = [];
		for (const text of ['one', 'two', 'three']) {
			session.costs.begin();
			await turn(session, log, text);
			costs.push(costOf(session.costs.rows()));
		}
		const sum = costs.reduce((total, cost) => total + cost, 0);
		expect(sum).toBe(totalOf(log.results.at(-1)?.modelUsage));
		await session.stop();

		const resumed = await world.start({ start: { kind: 'resume', id: session.sessionId } });
		expect(costOf(resumed.session.costs.rows())).toBe(0);
		resumed.session.costs.begin();
		await turn(resumed.session, resumed.log, 'four');
		expect(costOf(resumed.session.costs.rows())).toBe(costs[0]);
		expect(resumed.session.sessionId).toBe(session.sessionId);
		await resumed.session.stop();

		const id = crypto.randomUUID();
		const fork = await world.start({ start: { kind: 'fork', id, from: session.sessionId } });
		fork.session.costs.begin();
		await turn(fork.session, fork.log, 'five');
		expect(costOf(fork.session.costs.rows())).toBe(costs[0]);
		expect(fork.session.sessionId).toBe(id);
		expect(world.api.requests.at(-1)?.turn).toBe(5);
	});

	test('/clear does not lose or repeat costs, and gives the session a new id', async () => {
		await open(() => say('ok', { usage: { input: 1000, output: 10 } }));
		const { session, log } = await world.start();
		await turn(session, log, 'one');
		const first = costOf(session.costs.rows());
		const id = session.sessionId;
		session.costs.begin();
		await turn(session, log, '/clear');
		expect(session.costs.rows()).toEqual([]);
		session.costs.begin();
		await turn(session, log, 'two');
		expect(costOf(session.costs.rows())).toBe(first);
		expect(session.sessionId).not.toBe(id);
	});

	test('a fork may end at an earlier message', async () => {
		await open(() => say('ok'));
		const { session, log } = await world.start();
		await turn(session, log, 'one');
		const answer = log.messages.findLast(message => message.type === 'assistant')?.[
			'uuid' as never
		] as unknown as string;
		await turn(session, log, 'two');
		await session.stop();
		const fork = await world.start({
			start: { kind: 'fork', id: crypto.randomUUID(), from: session.sessionId, at: answer },
		});
		await turn(fork.session, fork.log, 'other');
		const texts = JSON.stringify(world.api.requests.at(-1)?.body['messages']);
		expect([texts.includes('one'), texts.includes('two'), texts.includes('other')]).toEqual([true, false, true]);
	});

	test('sub-agents are counted, and their tool calls pass the hook', async () => {
		await open(request => {
			if (request.isSubAgent)
				return request.step === 0 ? callTool('Bash', { command: 'echo sub', description: 'x' }) : say('sub done');
			if (request.step > 0 || request.notification !== null) return say('all done');
			return callTool('Agent', {
				description: 'd',
				prompt: 'look around',
				subagent_type: 'general-purpose',
				run_in_background: false,
			});
		});
		const { session, log } = await world.start();
		session.costs.begin();
		await turn(session, log, 'use an agent');
		expect(costOf(session.costs.rows())).toBe(totalOf(log.results.at(-1)?.modelUsage));
		expect(log.hooks.map(call => [call.toolName, call.agentId !== null])).toContainEqual(['Bash', true]);
	});

	test('a 401 is told at its first retry, and can be stopped', async () => {
		await open(() => refuse(401, 'invalid x-api-key'));
		const { session, log } = await world.start();
		session.send('hi', crypto.randomUUID());
		const retry = await log.message(message => isSystem(message, 'api_retry'));
		expect(retry).toMatchObject({ attempt: 1, error_status: 401 });
		await session.interrupt();
		await log.until(() => log.results.length === 1);
		expect(session.isAlive).toBe(true);
	});

	test('the budget of the process ends further calls', async () => {
		await open(() => say('ok', { usage: { input: 2000, output: 54, cacheRead: 10_000 } }));
		const { session, log } = await world.start({ maxBudget: toNano(0.005) });
		await turn(session, log, 'one');
		await turn(session, log, 'two');
		expect(log.results.map(result => result.subtype)).toContain('error_max_budget_usd');
	});

	test('a session that is gone, or open elsewhere, is refused with its code', async () => {
		await open(() => say('ok'));
		const { session, log } = await world.start();
		await turn(session, log, 'one');
		await session.stop();
		const again = world.start({ start: { kind: 'new', id: session.sessionId } });
		await expect(again).rejects.toMatchObject({ code: 'session-in-use' });
		const projects = join(world.folder, 'config', 'projects');
		for (const name of await readdir(projects)) await rm(join(projects, name), { recursive: true });
		const resumed = world.start({ start: { kind: 'resume', id: session.sessionId } });
		await expect(resumed).rejects.toMatchObject({ code: 'session-missing' });
		expect(world.supervisor.live).toEqual([]);
	});

	test('a transcript that is deleted under a live session does not end it', async () => {
		await open(() => say('ok'));
		const { session, log } = await world.start();
		await turn(session, log, 'one');
		await rm(join(world.folder, 'config', 'projects'), { recursive: true });
		await turn(session, log, 'two');
		expect(spoken(log.messages)).toBe('okok');
	});

	test('a crash is told with its reason and leaves nothing behind', async () => {
		const marker = crypto.randomUUID();
		await open(request =>
			request.step === 0
				? callTool('Bash', { command: `touch ${marker}; tail -f ${marker}`, description: 'x' })
				: say('done'),
		);
		const { session, log } = await world.start();
		session.send('run', crypto.randomUUID());
		await log.until(() => log.hooks.length === 1);
		await waitFor(async () => (await processesWith(`-f\u0000${marker}`)).length > 0);
		process.kill(session.info.pid, 'SIGKILL');
		await log.until(() => log.exit !== undefined);
		expect(log.exit).toMatchObject({ signal: 'SIGKILL', wasExpected: false, failure: { code: 'ended' } });
		expect(await processesWith(`-f\u0000${marker}`)).toEqual([]);
		await expect(session.contextUsage()).rejects.toMatchObject({ code: 'ended' });
		expect(session.costs.rows()).toMatchObject([{ isFinal: false, basis: 'priced' }]);
	});
});

describe('stopping leaves no process, whatever the session does', () => {
	const states: Record<
		string,
		{ script: Script; isThere(log: Awaited<ReturnType<ClaudeWorld['start']>>['log']): boolean }
	> = {
		'before a turn': { script: () => say('ok'), isThere: () => true },
		streaming: {
			script: () => say('word '.repeat(2000), { chunk: 5, delayMs: 20 }),
			isThere: log => log.messages.some(message => JSON.stringify(message).includes('text_delta')),
		},
		'waiting to retry': {
			script: () => refuse(529, 'Overloaded'),
			isThere: log => log.messages.some(message => isSystem(message, 'api_retry')),
		},
		'waiting for an answer that never comes': {
			script: () => ({ kind: 'hang' }),
			isThere: log => log.messages.some(message => isSystem(message, 'status')),
		},
		'waiting for a person': {
			script: () => callTool('Bash', { command: 'touch x', description: 'x' }),
			isThere: log => log.permissions.length > 0,
		},
		'running Bash': {
			script: () =>
				callTool('Bash', {
					command: 'touch quarterdeck-busy; tail -f quarterdeck-busy & tail -f quarterdeck-busy; wait',
					description: 'x',
				}),
			isThere: log => log.hooks.length > 0,
		},
	};

	for (const [name, state] of Object.entries(states)) {
		test(name, async () => {
			await open(state.script);
			const never = name === 'waiting for a person';
			const { session, log } = await world.start({}, never ? { onPermission: () => new Promise(() => undefined) } : {});
			const { pid } = session.info;
			session.send('go', crypto.randomUUID());
			await log.until(() => state.isThere(log));
			if (name === 'running Bash')
				await waitFor(async () => (await processesWith('-f\u0000quarterdeck-busy')).length > 0);
			await session.stop();
			expect(log.exit === undefined || log.exit.wasExpected).toBe(true);
			expect(await processesWith('-f\u0000quarterdeck-busy')).toEqual([]);
			expect(() => process.kill(pid, 0)).toThrow('ESRCH');
		});
	}
});

/** Pids whose command line holds a text. */
async function processesWith(text: string): Promise<readonly number[]> {
	const pids = (await readdir('/proc')).map(Number).filter(pid => Number.isInteger(pid) && pid !== process.pid);
	const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
	return pids.filter((_, at) => lines[at]?.includes(text));
}

async function waitFor(test: () => Promise<boolean>): Promise<void> {
	while (!(await test()))
		await new Promise(resolve => {
			setTimeout(resolve, 20);
		});
}
