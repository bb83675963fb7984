import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/core/base/clock';
import { Emitter } from '../../../src/core/base/event';
import { silentLogger } from '../../../src/core/base/logger';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';
import { UserSource } from '../../../src/extension/health/sources/userSource';
import type { CheckResult } from '../../../src/core/health/service';
import { gateForTest } from '../safety/gateForTest';

vi.mock('vscode', () => ({ workspace: { workspaceFolders: [] } }));

let folder: string;
let setting: { user: readonly unknown[]; workspace: readonly unknown[] };
let source: UserSource;
let leadsTo: string;
let world: ReturnType<typeof gateForTest>;

beforeEach(() => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), 'quarterdeck-health-')));
	setting = { user: [], workspace: [] };
	leadsTo = '127.0.0.1';
	world = gateForTest({ context: { workspaceFolders: [folder] } });
	const supervisor = new ProcessSupervisor({
		folder: join(folder, 'processes'),
		table: systemProcessTable(),
		logger: silentLogger,
	});
	const changed = new Emitter<ReadonlySet<string>>();
	const settings = { onDidChange: changed.event, byPlace: () => [setting.user, setting.workspace] };
	source = new UserSource({
		host: { clock: systemClock, settings } as never,
		supervisor: () => Promise.resolve(supervisor),
		gate: () => Promise.resolve(world.gate),
		others: () => [],
		findAddresses: (_host, done) => done(null, [{ address: leadsTo, family: 4 }]),
	});
	onTestFinished(async () => {
		source.dispose();
		await supervisor.close();
		rmSync(folder, { recursive: true, force: true });
	});
});

const command = (name: string, ...args: readonly string[]): unknown => ({
	name,
	kind: 'command',
	command: process.execPath,
	args,
	cwd: folder,
	timeoutSeconds: 60,
});

function look(): Promise<CheckResult> {
	return source.services()[0]!.check(new AbortController().signal);
}

test("a command of the user's own runs, and is recorded once", async () => {
	setting.user = [command('Works', '-e', 'process.exit(0)')];
	expect(await look()).toMatchObject({ outcome: 'up', text: 'It ended with code 0.' });
	expect(await look()).toMatchObject({ outcome: 'up' });
	expect(world.events).toMatchObject([{ type: 'gate.decided', decision: 'allowed', by: 'settings' }]);
});

test('what a command says last is the reason of its failure', async () => {
	setting.user = [command('Fails', '-e', 'console.error("no disk"); process.exit(3)')];
	expect(await look()).toMatchObject({ outcome: 'down', text: 'It ended with code 3: no disk' });
	setting.user = [{ ...(command('Gone') as object), command: join(folder, 'nowhere') }];
	expect(await look()).toMatchObject({ outcome: 'down', text: expect.stringContaining('could not be started') });
});

test('one that hangs is ended with its time', async () => {
	setting.user = [{ ...(command('Hangs', '-e', 'setInterval(() => {}, 1000)') as object), timeoutSeconds: 0.5 }];
	expect(await look()).toMatchObject({ outcome: 'down', text: 'It did not end within 0.5 seconds.' });
});

test('what is never allowed is not run, whoever wrote it', async () => {
	setting.user = [{ name: 'Evil', kind: 'command', command: 'rm', args: ['-rf', '/'], cwd: folder }];
	expect(await look()).toMatchObject({ outcome: 'unsure', text: expect.stringMatching(/^It is not run: /) });
	expect(world.events).toEqual([]);
});

test('a command that a workspace brings waits for a yes, and is asked about only by hand', async () => {
	setting.workspace = [command('Brought', '-e', 'process.exit(0)')];
	const waiting = 'It comes with this workspace, and you have not allowed its command. Check it to be asked.';
	expect(await look()).toMatchObject({ outcome: 'unsure', text: waiting });
	expect(world.approvals.pending).toEqual([]);
	source.askFor('user:Brought');
	const looking = look();
	const asked = await vi.waitUntil(() => world.approvals.pending[0]);
	expect(asked.asker).toBe('Health check of Brought');
	world.approvals.decide(asked.id, {
		outcome: 'allow',
		scope: 'session',
		...(asked.word === null ? {} : { word: asked.word }),
	});
	expect(await looking).toMatchObject({ outcome: 'up' });
});

test('a public name of a workspace that leads into a private network is not followed', async () => {
	setting.workspace = [{ name: 'Shop', kind: 'http', address: 'http://shop.example:1/', timeoutSeconds: 60 }];
	expect((await look()).text).toContain('shop.example leads to 127.0.0.1, where this check may not go.');
	setting.workspace = [{ name: 'Own', kind: 'tcp', host: 'app.localhost', port: 1 }];
	expect((await look()).text).toContain('Nothing listens at app.localhost:1');
	leadsTo = '10.0.0.1';
	expect((await look()).text).toContain('app.localhost leads to 10.0.0.1, where this check may not go.');
	setting.workspace = [{ name: 'Far', kind: 'tcp', host: '0xa.0.0.1', port: 1 }];
	expect((await look()).text).toContain('0xa.0.0.1 leads to 10.0.0.1, where this check may not go.');
});

test('services of the same name: the one of the user holds', () => {
	setting.user = [{ name: 'Shop', kind: 'tcp', port: 1 }];
	setting.workspace = [
		{ name: 'Shop', kind: 'tcp', port: 2 },
		{ name: 'Far', kind: 'tcp', host: '10.0.0.1', port: 2 },
		{ name: 'Near', kind: 'tcp', port: 3, needs: ['Shop'] },
	];
	expect(source.services().map(({ id, needs, isOfWindow }) => [id, needs, isOfWindow])).toEqual([
		['user:Shop', [], false],
		['user:Near', ['user:Shop'], true],
	]);
	expect(source.problems.map(({ entry }) => entry)).toEqual(['Far']);
	expect(source.services()).toBe(source.services());
});
