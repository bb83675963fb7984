import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Lazy } from '../../../src/core/base/async';
import { systemClock } from '../../../src/core/base/clock';
import { Emitter } from '../../../src/core/base/event';
import { silentLogger } from '../../../src/core/base/logger';
import type { Alert, MachineEvent } from '../../../src/core/ledger/machineEvents';
import { noChange, type LedgerChange } from '../../../src/core/ledger/queries';
import { HealthService } from '../../../src/extension/health/service';

const shown: string[] = [];
let isTrusted = true;

vi.mock('vscode', () => {
	const never = (): { dispose(): void } => ({ dispose: () => undefined });
	const show = (text: string): Promise<undefined> => {
		shown.push(text);
		return Promise.resolve(undefined);
	};
	return {
		workspace: {
			get isTrusted() {
				return isTrusted;
			},
			workspaceFolders: [],
			onDidGrantWorkspaceTrust: never,
		},
		window: { showErrorMessage: show, showWarningMessage: show },
		Uri: { joinPath: () => ({ fsPath: '' }) },
	};
});

let folder: string;
let port = 0;
let asked = 0;
let isUp = true;
let brought: readonly unknown[];
let authorized: number;
let events: MachineEvent[];
let changed: Emitter<LedgerChange>;

beforeEach(async () => {
	shown.length = 0;
	isTrusted = true;
	isUp = true;
	asked = 0;
	authorized = 0;
	brought = [];
	events = [];
	changed = new Emitter();
	folder = mkdtempSync(join(tmpdir(), 'quarterdeck-health-'));
	const server = createServer((_request, response) => {
		asked++;
		response.writeHead(isUp ? 200 : 503).end();
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	port = (server.address() as { readonly port: number }).port;
	onTestFinished(() => {
		server.close();
		rmSync(folder, { recursive: true, force: true });
	});
});

/** The alerts as the ledger has them: the newest record of each. */
function alerts(): readonly Alert[] {
	const newest = new Map(
		events.flatMap(event => (event.type === 'alert.changed' ? [[event.alert.id, event.alert]] : [])),
	);
	return [...newest.values()];
}

/** A window of its own over the ledger that all share. */
async function openWindow(): Promise<HealthService> {
	const ledger = {
		onDidChange: changed.event,
		query: (name: string, params: { readonly isOpen?: boolean } | null) => {
			if (name === 'alerts')
				return Promise.resolve(alerts().filter(({ state }) => (state !== 'resolved') === params?.isOpen));
			if (name === 'serviceChanges')
				return Promise.resolve(
					events.flatMap((event, at) => (event.type === 'health.changed' ? [{ ...event, at }] : [])).toReversed(),
				);
			return name === 'health'
				? Promise.resolve({ waiting: null, rejected: [], unreadable: [], future: 0 })
				: Promise.resolve([]);
		},
	};
	const values: Readonly<Record<string, unknown>> = {
		'health.services': [
			{
				name: 'Shop',
				kind: 'http',
				address: `http://127.0.0.1:${port}/`,
				intervalSeconds: 3600,
				failures: 1,
				successes: 1,
			},
		],
		'alerts.rules': [],
		'alerts.quietHours': '',
		'alerts.sound': 'off',
		'alerts.ntfyTopic': '',
		'alerts.webhook': '',
		'budget.dailyUsd': 0,
		'budget.monthlyUsd': 0,
		providers: [],
		discoverLocalModels: false,
	};
	const settings = {
		onDidChange: new Emitter<ReadonlySet<string>>().event,
		get: (key: string) => values[key],
		byPlace: (key: string) => [values[key], key === 'health.services' ? brought : Array.isArray(values[key]) ? [] : ''],
	};
	const nothing = new Lazy<never>(() => Promise.reject(new Error('nobody asks for it')));
	const service = await HealthService.open({
		host: { clock: systemClock, log: silentLogger, settings, context: {}, commands: { showFailure: () => undefined } },
		ledgerFolder: folder,
		ledger: new Lazy(() => Promise.resolve(ledger)),
		supervisor: nothing,
		providers: nothing,
		mcp: nothing,
		chat: nothing,
		append: (event: MachineEvent) => {
			events.push(event);
			changed.fire({ ...noChange, services: true, alerts: true });
		},
		newGate: () =>
			Promise.resolve({
				classify: () => ({ tier: 'ORANGE', reasons: [] }),
				grantFor: () => undefined,
				authorize: () => {
					authorized++;
					return Promise.resolve({ isAllowed: false, reason: 'Not now.' });
				},
			}),
		hardware: () =>
			Promise.resolve({
				onDidSample: () => ({ dispose: () => undefined }),
				watch: () => ({ dispose: () => undefined }),
			}),
	} as never);
	onTestFinished(() => service.stop());
	return service;
}

const shop = (service: HealthService): string | undefined =>
	service.services.find(({ name }) => name === 'Shop')?.state;

test('one looks and tells, both show and may answer, and the other takes over', async () => {
	const first = await openWindow();
	const second = await openWindow();
	expect([first.monitor.isLeader, second.monitor.isLeader]).toEqual([true, false]);
	await vi.waitUntil(() => shop(first) === 'healthy' && shop(second) === 'healthy');
	expect(asked).toBe(1);
	isUp = false;
	await first.check('user:Shop');
	await vi.waitUntil(() => shop(second) === 'unhealthy' && second.alerts.open.length === 1);
	expect(alerts()).toHaveLength(1);
	await vi.waitUntil(() => shown.length > 0);
	expect(shown).toEqual(['Shop is down. It answered with status 503, not 200 to 399.']);
	const [alert] = second.alerts.open;
	second.alerts.acknowledge(alert!.id);
	// What the first has written itself lately is not taken back by what it reads.
	await vi.waitUntil(() => {
		changed.fire({ ...noChange, alerts: true });
		return first.alerts.open[0]?.state === 'acknowledged';
	});
	await first.stop();
	isUp = true;
	await vi.waitUntil(() => second.monitor.isLeader);
	await vi.waitUntil(() => shop(second) === 'healthy' && second.alerts.open.length === 0);
	expect(alerts().map(({ state, by }) => [state, by])).toEqual([['resolved', 'rule']]);
	expect(shown).toHaveLength(1);
});

test('only who looks by hand is asked for a command that the workspace brings', async () => {
	brought = [{ name: 'Brought', kind: 'command', command: 'true', intervalSeconds: 3600 }];
	const service = await openWindow();
	await service.check('user:Brought');
	expect(authorized).toBe(0);
	expect((await service.checkByHand('user:Brought')).reason).toBe('It is not run: Not now.');
	expect(authorized).toBe(1);
});

test('a window that is not trusted looks at nothing and leads nobody', async () => {
	isTrusted = false;
	const service = await openWindow();
	expect([service.monitor.isLeader, service.services.map(({ state }) => state)]).toEqual([
		false,
		['unknown', 'unknown'],
	]);
	await expect(service.check('user:Shop')).rejects.toMatchObject({ code: 'untrusted' });
	expect([asked, events]).toEqual([0, []]);
});
