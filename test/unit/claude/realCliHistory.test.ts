import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { historyHandlers } from '../../../src/core/claude/history/reader';
import { slugOf } from '../../../src/core/claude/history/paths';
import type { HistoryMessage } from '../../../src/core/claude/history/protocol';
import { noUsage } from '../../../src/core/ledger/events';
import { callTool, say } from '../../fakes/messages/reply';
import type { Script } from '../../fakes/messages/server';
import { ClaudeWorld, isIdle, isSystem, turn } from './claudeWorld';

vi.setConfig({ testTimeout: 20_000 });

let world: ClaudeWorld;
const open = async (script: Script): Promise<ClaudeWorld> => (world = await ClaudeWorld.open(script));
afterEach(() => world.close());

const history = historyHandlers();
const place = (): { folders: readonly string[]; cwd: string } => ({
	folders: [join(world.folder, 'config')],
	cwd: world.cwd,
});

function textOf({ message }: HistoryMessage): string {
	if (message.type === 'system') return '---';
	const { content } = message.message;
	if (typeof content === 'string') return content;
	return content.map(block => (block.type === 'text' ? block.text : block.type)).join('|');
}

describe('what the real CLI keeps on disk', () => {
	test('a conversation is read back with its tools, its compaction and its title', async () => {
		await open(request => {
			if (request.kind === 'compact') return say('SUMMARY');
			if (request.userText.includes('tools') && request.step === 0)
				return {
					kind: 'message',
					blocks: ['a', 'b'].map(name => ({
						type: 'toolUse' as const,
						name: 'Bash',
						input: { command: `echo ${name}`, description: name },
					})),
				};
			return say(`answer to ${request.userText}`);
		});
		const { session, log } = await world.start();
		await turn(session, log, 'one');
		await turn(session, log, 'two tools');
		await turn(session, log, '/compact');
		await turn(session, log, 'three');
		await session.rename('My title');
		await session.stop();
		const read = await history.conversation({ ...place(), session: session.sessionId });
		const texts = (read?.messages ?? [])
			.map(textOf)
			.filter(text => !text.includes('<command-name>') && !text.includes('<local-command'));
		expect({ title: read?.title, rejected: read?.rejected, texts }).toEqual({
			title: 'My title',
			rejected: 0,
			texts: [
				'one',
				'answer to one',
				'two tools',
				'tool_use',
				'tool_use',
				'tool_result',
				'tool_result',
				'answer to two tools',
				'---',
				'three',
				'answer to three',
			],
		});
		const list = await history.sessions({ ...place(), limit: 10 });
		expect(list).toMatchObject([{ id: session.sessionId, title: 'My title', cwd: world.cwd }]);
	});

	test('usage on disk equals the result, and survives a crash', async () => {
		await open(request => {
			const usage = { input: 500, output: 21, cacheRead: 70, cacheWrite5m: 9, cacheWrite1h: 4 };
			if (request.userText === 'two' && request.step === 1) return say('half', { usage, ending: 'hang' });
			return request.step === 0 && request.userText === 'two'
				? { ...callTool('Bash', { command: 'echo x', description: 'x' }, 'text'), usage }
				: say('ok', { usage });
		});
		const { session, log } = await world.start();
		session.costs.begin();
		await turn(session, log, 'one');
		const rows = session.costs.rows();
		const all = await history.usage({ ...place(), session: session.sessionId, since: null, prices: {} });
		expect(all).toEqual(rows.map(row => ({ ...row, basis: 'priced' })));

		session.costs.begin();
		const prompt = crypto.randomUUID();
		session.send('two', prompt);
		await world.api.waitFor(request => request.userText === 'two' && request.step === 1);
		await log.until(() =>
			log.messages.some(message => message.type === 'stream_event' && JSON.stringify(message).includes('half')),
		);
		// The CLI writes its transcript behind its stream: what a crash leaves is what it had written until then.
		await vi.waitFor(async () => {
			const written = await history.usage({ ...place(), session: session.sessionId, since: prompt, prices: {} });
			expect(written?.length).toBe(1);
		});
		process.kill(session.info.pid, 'SIGKILL');
		await log.until(() => log.exit !== undefined);
		const provisional = session.costs.rows();
		expect(provisional).toMatchObject([{ isFinal: false, usage: { input: 1000, output: 22 } }]);
		const kept = await history.usage({ ...place(), session: session.sessionId, since: prompt, prices: {} });
		expect(kept).toMatchObject([
			{ usage: { ...noUsage, input: 500, output: 21, cacheRead: 70, cacheWrite5m: 9, cacheWrite1h: 4 } },
		]);
	});

	test('torn and foreign lines are counted and skipped', async () => {
		await open(() => say('ok'));
		const { session, log } = await world.start();
		await turn(session, log, 'one');
		await session.stop();
		const [project = ''] = await readdir(join(world.folder, 'config', 'projects'));
		await appendFile(
			join(world.folder, 'config', 'projects', project, `${session.sessionId}.jsonl`),
			'garbage\n{"type":"assis',
		);
		const read = await history.conversation({ ...place(), session: session.sessionId });
		expect([read?.messages.length, read?.rejected]).toEqual([2, 2]);
		expect(await history.conversation({ ...place(), session: crypto.randomUUID() })).toBeNull();
		await expect(history.conversation({ ...place(), session: '../../etc/passwd' })).rejects.toThrow();
	});

	test('the folder of a project is named as the CLI names it', async () => {
		await open(() => say('ok'));
		const names = ['plain', 'with space_and.dots(1)+ü', `long-${'x'.repeat(230)}`];
		for (const name of names) {
			const cwd = join(world.cwd, name);
			await mkdir(cwd);
			const { session, log } = await world.start({ cwd });
			session.send('hi', crypto.randomUUID());
			await log.message(message => isIdle(message) || isSystem(message, 'never'));
			await session.stop();
			const list = await history.sessions({ folders: [join(world.folder, 'config')], cwd, limit: 5 });
			expect(list.map(item => item.cwd)).toEqual([cwd]);
		}
		const expected = names.map(name => slugOf(join(world.cwd, name)));
		expect((await readdir(join(world.folder, 'config', 'projects'))).sort()).toEqual(expected.sort());
		expect((await readFile(join(world.folder, 'config', '.claude.json'), 'utf8')).length).toBeGreaterThan(0);
	});
});
