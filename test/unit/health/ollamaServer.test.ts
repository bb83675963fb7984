import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/core/base/clock';
import { Emitter } from '../../../src/core/base/event';
import { silentLogger } from '../../../src/core/base/logger';
import { serveAddress } from '../../../src/core/health/ollamaServer';
import { HealthMonitor } from '../../../src/core/health/healthMonitor';
import type { ServiceView } from '../../../src/core/health/health';
import type { MachineEvent } from '../../../src/core/ledger/machineEvents';
import { builtInRunbooks } from '../../../src/core/monitors/builtIn';
import { findOnPath } from '../../../src/core/process/findOnPath';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';
import { OllamaProvider } from '../../../src/core/providers/ollama';
import { checkProvider, type Checked } from '../../../src/core/providers/providerState';
import { OllamaServers } from '../../../src/extension/health/sources/ollamaServers';
import { ProviderSource } from '../../../src/extension/health/sources/providerSource';
import { FakeOllama } from '../../fakes/ollama/server';

const shown = vi.hoisted(() => ({ log: '', uiKind: 1 }));
vi.mock('vscode', () => ({
	env: {
		get uiKind() {
			return shown.uiKind;
		},
	},
	UIKind: { Desktop: 1, Web: 2 },
	window: {
		createOutputChannel: () => ({
			replace: (text: string) => void (shown.log = text),
			show: () => undefined,
			dispose: () => undefined,
		}),
	},
}));
vi.setConfig({ testTimeout: 60_000 });

const id = 'provider:ollama';
const program = resolve(import.meta.dirname, '../../fakes/ollama/program.ts');

/** One window: its processes, its look at one Ollama, and what is kept for all windows. */
async function newWindow(options: {
	readonly port: number;
	readonly environment?: Readonly<Record<string, string>>;
	readonly kept?: Map<string, unknown>;
	readonly isInstalled?: boolean;
	readonly kind?: string;
}) {
	const { port, kept = new Map<string, unknown>(), isInstalled = true, kind = 'ollama' } = options;
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quarterdeck-ollama-')));
	const bin = join(folder, 'bin');
	mkdirSync(bin);
	if (isInstalled) {
		writeFileSync(join(bin, 'ollama'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
		chmodSync(join(bin, 'ollama'), 0o755);
	}
	const supervisor = new ProcessSupervisor({
		folder: join(folder, 'processes'),
		table: systemProcessTable(),
		logger: silentLogger,
	});
	const globalState = {
		get: (key: string) => kept.get(key),
		update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
	};
	const ollamas = new OllamaServers({
		host: { clock: systemClock, context: { globalState } } as never,
		supervisor: () => Promise.resolve(supervisor),
		environment: { PATH: bin, ...options.environment },
	});
	const changed = new Emitter<void>();
	const baseUrl = `http://127.0.0.1:${port}`;
	const provider = new OllamaProvider({ id: 'ollama', label: 'Ollama', baseUrl });
	let checked: Checked = { health: null, models: null, modelsProblem: null };
	const state = () => ({ id: 'ollama', label: 'Ollama', origin: 'configured', isLocal: true, baseUrl, ...checked });
	const check = async (): Promise<void> => {
		checked = await checkProvider(provider, new AbortController().signal);
		changed.fire();
	};
	const source = new ProviderSource(
		{
			onDidChange: changed.event,
			get view() {
				return { states: [state()], problems: [] };
			},
			providers: { find: () => provider, configOf: () => ({ kind }) },
			state,
			check,
			recheck: check,
		} as never,
		ollamas,
	);
	const events: MachineEvent[] = [];
	const monitor = new HealthMonitor({ clock: systemClock, record: event => void events.push(event) });
	const take = (): void => monitor.setServices(source.services());
	const listening = source.onDidChange(take);
	take();
	const close = async (): Promise<void> => {
		listening.dispose();
		monitor.dispose();
		source.dispose();
		ollamas.dispose();
		await supervisor.close();
	};
	onTestFinished(async () => {
		await close();
		rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
	});
	const view = (): ServiceView => monitor.services[0]!;
	return { monitor, source, supervisor, events, kept, view, close, check: () => monitor.check(id) };
}

async function listen(): Promise<{ readonly server: Server; readonly port: number }> {
	const server = createServer(socket => socket.on('error', () => undefined).end('220 something else\r\n'));
	await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
	onTestFinished(() => void server.close());
	return { server, port: (server.address() as { readonly port: number }).port };
}

/** One on which nothing listens now. */
async function freePort(): Promise<number> {
	const { server, port } = await listen();
	await new Promise(done => server.close(done));
	return port;
}

beforeEach(() => {
	shown.log = '';
	shown.uiKind = 1;
});

describe.runIf(process.platform !== 'win32')('an Ollama of this machine', () => {
	test('is started, says that it ends with its window, shows its log, and is stopped without an alarm', async () => {
		const port = await freePort();
		const window = await newWindow({ port });
		expect(await window.check()).toMatchObject({
			actions: ['start'],
			startNote: 'It ends when this window is closed.',
		});
		const started = await window.monitor.act(id, 'start', 'user');
		expect(started).toMatchObject({ state: 'healthy', actions: ['stop', 'restart', 'logs'] });
		expect(started.reason).toContain('It was started from this window. It ends when this window is closed.');
		const [{ pid } = { pid: 0 }] = window.supervisor.live;
		expect(window.source.showLog(id)).toBe(true);
		expect(shown.log).toContain('Listening on 127.0.0.1:');

		shown.log = '';
		expect(await window.monitor.act(id, 'restart', 'user')).toMatchObject({ state: 'healthy' });
		await vi.waitUntil(() => shown.log.includes('Listening on'));
		expect(window.supervisor.live.map(child => child.pid === pid)).toEqual([false]);

		const stopped = await window.monitor.act(id, 'stop', 'user');
		expect(stopped).toMatchObject({ isStopped: true, reason: 'It was stopped from here.', actions: ['start', 'logs'] });
		for (let look = 0; look < 4; look++) expect(await window.check()).toMatchObject({ state: 'unknown' });
		// Nobody took the stop for a crash, in any window of this machine.
		const other = await newWindow({ port, kept: window.kept });
		for (let look = 0; look < 4; look++) expect(await other.check()).toMatchObject({ isStopped: true });
	});

	test('is not offered where its program is missing, in a browser, or for another kind of server', async () => {
		const port = await freePort();
		expect(await (await newWindow({ port, isInstalled: false })).check()).toMatchObject({ actions: [] });
		expect(await (await newWindow({ port, kind: 'openai' })).check()).toMatchObject({ actions: [] });
		shown.uiKind = 2;
		expect(await (await newWindow({ port })).check()).toMatchObject({ actions: [] });
	});

	test('that ends at once tells why, and nobody waits for it', async () => {
		const why = 'could not create the models folder: permission denied';
		const window = await newWindow({ port: await freePort(), environment: { FAKE_OLLAMA_FAILS: why } });
		await window.check();
		const sentence = `Ollama ended with code 1 before it answered: Error: ${why}`;
		await expect(window.monitor.act(id, 'start', 'user')).rejects.toThrow(sentence);
		expect(window.view()).toMatchObject({ actions: ['start', 'logs'], isStopped: false });
		for (let look = 0; look < 3; look++) await window.check();
		expect(window.view()).toMatchObject({ state: 'unhealthy', reason: sentence });
	});

	test('is not started where something else has its port', async () => {
		const { port } = await listen();
		const window = await newWindow({ port });
		expect(await window.check()).toMatchObject({ actions: ['start'] });
		const sentence = `Ollama was not started: port ${port} is taken by something else`;
		await expect(window.monitor.act(id, 'start', 'user')).rejects.toThrow(sentence);
		expect(window.supervisor.live).toEqual([]);
	});

	test('that somebody else runs is left alone', async () => {
		const theirs = await FakeOllama.start();
		const port = Number(new URL(theirs.url).port);
		const window = await newWindow({ port });
		expect(await window.check()).toMatchObject({ state: 'healthy', actions: [] });
		for (const action of ['start', 'stop', 'restart'] as const)
			await expect(window.monitor.act(id, action, 'user')).rejects.toThrow('from here.');
		await theirs.stop();
		expect(await window.check()).toMatchObject({ actions: ['start'] });
		const again = await FakeOllama.start({ port });
		onTestFinished(() => again.stop());
		await expect(window.monitor.act(id, 'start', 'user')).rejects.toThrow('Ollama answers already');
		expect(window.supervisor.live).toEqual([]);
	});

	test('that crashes is down, and the runbook for a dead service starts it again', async () => {
		const window = await newWindow({ port: await freePort() });
		await window.check();
		await window.monitor.act(id, 'start', 'user');
		process.kill(window.supervisor.live[0]!.pid!, 'SIGKILL');
		await vi.waitUntil(() => window.supervisor.live.length === 0);
		for (let look = 0; look < 3; look++) await window.check();
		expect(window.view()).toMatchObject({ state: 'unhealthy', actions: ['start', 'logs'], isStopped: false });
		expect(window.view().reason).toContain('Ollama was ended by SIGKILL: ');

		const restart = builtInRunbooks({ health: window.monitor, caches: [] } as never).find(
			runbook => runbook.id === 'restart-service',
		);
		const plan = await restart!.plan({ condition: 'service.down', subject: id } as never);
		expect(plan).toMatchObject({ title: 'Start Ollama', question: 'Start it? It ends when this window is closed.' });
		expect(await plan!.run({} as never)).toContain('Ollama was started: Ollama 0.12.6');
		expect(window.view()).toMatchObject({ state: 'healthy' });
		expect(window.supervisor.live).toHaveLength(1);
	});

	test('ends with its window, which is no crash to the others', async () => {
		const port = await freePort();
		const window = await newWindow({ port });
		await window.check();
		await window.monitor.act(id, 'start', 'user');
		const other = await newWindow({ port, kept: window.kept });
		expect(await other.check()).toMatchObject({ state: 'healthy', actions: [] });
		await window.close();
		for (let look = 0; look < 3; look++) expect(await other.check()).toMatchObject({ isStopped: true });
		// Once somebody else has run it, its end is a failure again.
		const theirs = await FakeOllama.start({ port });
		await other.check();
		await theirs.stop();
		for (let look = 0; look < 3; look++) await other.check();
		expect(other.view()).toMatchObject({ state: 'unhealthy', isStopped: false });
	});
});

test('only a plain address of this machine can be served', () => {
	expect(serveAddress('http://localhost:11434')).toEqual({ host: '127.0.0.1', port: 11_434 });
	expect(serveAddress('http://127.0.0.1:11434/v1')).toEqual({ host: '127.0.0.1', port: 11_434 });
	expect(serveAddress('http://[::1]:9')).toEqual({ host: '::1', port: 9 });
	for (const other of ['https://localhost:1', 'http://10.0.0.1:1', 'http://localhost:1/proxy', 'nonsense', null])
		expect(serveAddress(other)).toBeUndefined();
});

test('folders of the PATH that depend on where one stands are passed over', () => {
	const name = process.platform === 'win32' ? 'package.json' : 'oxlint';
	expect(
		findOnPath(name, { PATH: ['node_modules/.bin', '.', ''].join(process.platform === 'win32' ? ';' : ':') }),
	).toBe(null);
});
