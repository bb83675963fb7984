import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FoundClaude } from '../../../src/core/claude/findClaude';
import { say } from '../../fakes/messages/reply';
import { ClaudeWorld, turn } from './claudeWorld';

vi.setConfig({ testTimeout: 20_000 });

let world: ClaudeWorld;
beforeEach(async () => {
	world = await ClaudeWorld.open(() => say('never asked'));
});
afterEach(() => world.close());

/** A program in the CLI's place that misbehaves; `body` may use `say(object)` and `onLine(frame => …)`. */
async function program(body: string): Promise<FoundClaude> {
	const path = join(world.folder, 'claude.mjs');
	const prelude = `#!${process.execPath}
import { createInterface } from 'node:readline';
const say = object => process.stdout.write(JSON.stringify(object) + '\\n');
const answer = (frame, response = {}) => say({ type: 'control_response', response: { subtype: 'success', request_id: frame.request_id, response } });
const onLine = run => createInterface({ input: process.stdin }).on('line', line => run(JSON.parse(line)));
`;
	await writeFile(path, prelude + body);
	await chmod(path, 0o755);
	return { path, version: '2.1.329', launch: { command: process.execPath, args: [path] } };
}

const polite = `onLine(frame => {
	if (frame.request?.subtype === 'end_session') process.exit(0);
	if (frame.type === 'control_request') answer(frame);
	if (frame.type === 'user') turn(frame);
});
`;

describe('a CLI that misbehaves', () => {
	test('garbage on stdout, also before the first answer, is reported and the session goes on', async () => {
		const claude = await program(`
process.stdout.write('warning: something\\n\\n[1,2]\\n{"type":"assis\\n');
process.stdout.write(Buffer.from([0xff, 0xfe, 10]));
const turn = () => { say({ type: 'brand_new', x: 1 }); process.stdout.write('noise'); process.stdout.write('\\n'); say({ type: 'system', subtype: 'session_state_changed', state: 'idle' }); };
${polite}`);
		const { session, log } = await world.startWith(claude);
		await turn(session, log, 'hi');
		expect(log.garbage).toEqual(['warning: something', '[1,2]', '{"type":"assis', '\uFFFD\uFFFD', 'noise']);
		expect(log.messages[0]).toEqual({ type: 'brand_new', x: 1 });
		await session.stop();
		await log.until(() => log.exit !== undefined);
		expect(log.exit).toMatchObject({ wasExpected: true, failure: null, code: 0 });
	});

	test('10 MB on stderr neither block it nor fill the memory', async () => {
		const claude = await program(`
const turn = () => { for (let n = 0; n < 10; n++) process.stderr.write(String(n).repeat(1024 * 1024)); process.stderr.write('THE END'); say({ type: 'system', subtype: 'session_state_changed', state: 'idle' }); };
${polite}`);
		const { session, log } = await world.startWith(claude);
		await turn(session, log, 'hi');
		const child = world.supervisor.live[0];
		await vi.waitUntil(() => (child?.stderr.total ?? 0) === 10 * 1024 * 1024 + 7);
		expect(child?.stderr.text().length).toBeLessThan(64 * 1024);
		expect(child?.stderr.tail().endsWith('THE END')).toBe(true);
	});

	test('one that never answers is ended, and told as broken', async () => {
		const claude = await program(
			`process.on('SIGINT', () => {}); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); onLine(() => {});`,
		);
		const start = world.startWith(claude, {}, {}, 300);
		await expect(start).rejects.toMatchObject({
			code: 'cli-broken',
			message: expect.stringContaining('did not answer') as string,
		});
		expect(world.supervisor.live).toEqual([]);
	});

	test('one that ends at once is told with what it said', async () => {
		const claude = await program(`process.stderr.write('error: unknown option --verbose\\n'); process.exitCode = 1;`);
		await expect(world.startWith(claude)).rejects.toMatchObject({
			code: 'cli-broken',
			message: expect.stringContaining('unknown option') as string,
		});
		const none = { path: '/nowhere/claude', version: '2.1.329', launch: { command: '/nowhere/claude', args: [] } };
		await expect(world.startWith(none)).rejects.toMatchObject({
			code: 'cli-broken',
			message: expect.stringContaining('ENOENT') as string,
		});
	});

	test('what it wrote last arrives before its exit is told', async () => {
		const claude = await program(`
const turn = () => { for (let n = 0; n < 2000; n++) say({ type: 'count', n }); process.exitCode = 3; process.stdin.destroy(); };
${polite}`);
		const { session, log } = await world.startWith(claude);
		let seen = 0;
		session.send('hi', crypto.randomUUID());
		await log.until(() => {
			if (log.exit === undefined) return false;
			seen = log.messages.length;
			return true;
		});
		expect(seen).toBe(2000);
		expect(log.exit).toMatchObject({ code: 3, wasExpected: false, failure: { code: 'ended' } });
	});

	test('a prompt to one that has ended is no exception, and requests say that it ended', async () => {
		const claude = await program(`const turn = () => process.exit(0);\n${polite}`);
		const { session, log } = await world.startWith(claude);
		session.send('hi', crypto.randomUUID());
		await log.until(() => log.exit !== undefined);
		session.send('anyone there?', crypto.randomUUID());
		await expect(session.setModel('x')).rejects.toMatchObject({ code: 'ended' });
		await session.stop();
	});
});
