import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { asId, type AlertId } from '../../../src/core/base/ids';
import { DisposableStore } from '../../../src/core/base/lifecycle';
import { silentLogger } from '../../../src/core/base/logger';
import type { AlertFeed } from '../../../src/core/health/alert';
import type { HealthChange, HealthFeed, ServiceView } from '../../../src/core/health/health';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import type { Alert, HealthState, Intent } from '../../../src/core/ledger/machineEvents';
import {
	builtInRunbooks,
	type CacheArea,
	type LoadedModelRef,
	type PortHolder,
	type RepairPorts,
} from '../../../src/core/monitors/builtIn';
import type { AutonomyLevel } from '../../../src/core/monitors/limits';
import { IncidentBook } from '../../../src/core/monitors/incidentBook';
import type { Finding } from '../../../src/core/monitors/incident';
import { KillSwitch } from '../../../src/core/monitors/killSwitch';
import { Looks } from '../../../src/core/monitors/look';
import { Monitors, type MonitorNotice, type Suggestion } from '../../../src/core/monitors/monitors';
import { Repairer } from '../../../src/core/monitors/repairer';
import { RepairLog, type RepairTurn } from '../../../src/core/monitors/repairLog';
import type { Runbook } from '../../../src/core/monitors/runbook';
import { Gate } from '../../../src/core/safety/gate';
import { ManualClock } from '../../fakes/manualClock';
import { gateForTest } from '../safety/gateForTest';
import { alertOf, serviceOf } from './records';

/** Services of a test: what a check sees, and what a restart does. */
export class FakeHealth implements HealthFeed {
	services: readonly ServiceView[] = [];
	readonly acts: string[] = [];
	checks = 0;
	/** What a service is after it was acted upon; absent: nothing changes. */
	afterAct: HealthState | undefined = 'healthy';
	actError: Error | undefined;
	readonly #clock: ManualClock;
	readonly #changed = new Emitter<void>();
	readonly #changedState = new Emitter<HealthChange>();
	readonly onDidChange = this.#changed.event;
	readonly onDidChangeState = this.#changedState.event;

	constructor(clock: ManualClock) {
		this.#clock = clock;
	}

	add(id: string, more: Partial<ServiceView> = {}): ServiceView {
		const service = serviceOf(id, { since: this.#clock.now(), ...more });
		this.services = [...this.services, service];
		return service;
	}

	set(id: string, state: HealthState, intent: Intent = 'unasked', more: Partial<ServiceView> = {}): void {
		const before = this.services.find(service => service.id === id)!;
		const service = { ...before, state, since: this.#clock.now(), reason: `It is ${state}.`, ...more };
		this.services = this.services.map(each => (each.id === id ? service : each));
		this.#changedState.fire({ service, previous: before.state, intent });
		this.#changed.fire();
	}

	async check(id: string): Promise<ServiceView> {
		this.checks++;
		return this.services.find(service => service.id === id)!;
	}

	async act(id: string, action: string, intent: Intent): Promise<ServiceView> {
		this.acts.push(`${action} ${id}`);
		if (this.actError) throw this.actError;
		if (this.afterAct) this.set(id, this.afterAct, intent);
		return this.services.find(service => service.id === id)!;
	}
}

export class FakeAlerts implements AlertFeed {
	open: readonly Alert[] = [];
	readonly #changed = new Emitter<void>();
	readonly #raised = new Emitter<Alert>();
	readonly onDidChange = this.#changed.event;
	readonly onDidRaise = this.#raised.event;
	#count = 0;

	raise(subject: string, more: Partial<Alert> = {}): Alert {
		const alert = alertOf(subject, { id: asId<AlertId>(`alert-${++this.#count}`), ...more });
		this.open = [...this.open, alert];
		this.#raised.fire(alert);
		this.#changed.fire();
		return alert;
	}

	acknowledge(id: AlertId): void {
		this.open = this.open.map(alert => (alert.id === id ? { ...alert, state: 'acknowledged' } : alert));
		this.#changed.fire();
	}

	snooze(id: AlertId): void {
		this.acknowledge(id);
	}

	resolve(id: AlertId): void {
		this.open = this.open.filter(alert => alert.id !== id);
		this.#changed.fire();
	}
}

export interface WorldOptions {
	readonly folder?: string;
	readonly clock?: ManualClock;
	readonly health?: FakeHealth;
	readonly alerts?: FakeAlerts;
	readonly isHolder?: () => boolean;
	readonly runbooks?: readonly Runbook[];
}

export interface Rules {
	level: AutonomyLevel;
	isTrusted: boolean;
	mostTouched: number;
}

export function newFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'monitors-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
	return folder;
}

/** The monitors of one window, over fakes that a test sets. */
export function newWorld(options: WorldOptions = {}) {
	const store = new DisposableStore();
	onTestFinished(() => store.dispose());
	const clock = options.clock ?? new ManualClock();
	const folder = options.folder ?? newFolder();
	const health = options.health ?? new FakeHealth(clock);
	const alerts = options.alerts ?? new FakeAlerts();
	const events: LedgerEvent[] = [];
	const { approvals, grants } = gateForTest();
	const gate = new Gate({
		context: () => ({
			workspaceFolders: ['/home/ada/shop'],
			home: '/home/ada',
			platform: 'linux',
			protectedPaths: [],
			raisedTiers,
		}),
		approvals,
		grants,
		journal: event => void events.push(event),
	});
	const raisedTiers: Record<string, 'RED'> = {};
	const rules: Rules = { level: 1, isTrusted: true, mostTouched: 3 };
	const killSwitch = tracked(new KillSwitch(folder));
	const machine = {
		loaded: [] as readonly LoadedModelRef[],
		unloaded: [] as string[],
		caches: [] as CacheArea[],
		idle: [] as readonly string[],
		ports: {} as Record<string, number>,
		holder: undefined as PortHolder | undefined,
		ended: [] as number[],
		storage: { kind: 'nothing' } as Finding,
		tidied: 0,
	};
	const ports: RepairPorts = {
		health,
		loadedModels: () => Promise.resolve(machine.loaded),
		unload: async ({ model }) => void machine.unloaded.push(model),
		caches: machine.caches,
		idleAgents: () => Promise.resolve(machine.idle),
		closeIdleAgents: () => Promise.resolve(machine.idle.length),
		portOf: service => Promise.resolve(machine.ports[service]),
		holderOf: () => Promise.resolve(machine.holder),
		endHolder: async (_port, { pid }) => void machine.ended.push(pid),
	};
	const looks = store.add(new Looks({ health, alerts }, () => Promise.resolve({ isGone: true, words: 'small' })));
	const log = tracked(new RepairLog(folder, clock));
	const repairer = new Repairer({
		clock,
		killSwitch,
		log,
		gate,
		looks,
		rules: () => rules,
		append: event => void events.push(event),
		cwd: () => '/home/ada/shop',
	});
	const runbooks = options.runbooks ?? builtInRunbooks(ports);
	const book = tracked(new IncidentBook(folder));
	const monitors = store.add(
		new Monitors({
			clock,
			log: silentLogger,
			health,
			alerts,
			looks,
			book,
			repairer,
			runbooks: () => runbooks,
			level: () => rules.level,
			isHolder: () => Promise.resolve(options.isHolder?.() ?? true),
			lookAtStorage: () => Promise.resolve(machine.storage),
			tidy: async () => void machine.tidied++,
		}),
	);
	const suggestions: Suggestion[] = [];
	const notices: MonitorNotice[] = [];
	store.add(monitors.onDidSuggest(suggestion => suggestions.push(suggestion)));
	store.add(monitors.onNotice(notice => notices.push(notice)));
	return {
		clock,
		folder,
		health,
		alerts,
		events,
		approvals,
		gate,
		rules,
		raisedTiers,
		killSwitch,
		machine,
		ports,
		log,
		looks,
		repairer,
		book,
		monitors,
		suggestions,
		notices,
	};
}

export type World = ReturnType<typeof newWorld>;

/** Calls of the disk that have not come back. */
let pending = 0;

/** The same, and `settle` waits for its promises. */
function tracked<T extends object>(target: T): T {
	return new Proxy(target, {
		get(from, key) {
			const value: unknown = Reflect.get(from, key, from);
			if (typeof value !== 'function') return value;
			return (...args: unknown[]): unknown => {
				const result: unknown = Reflect.apply(value, from, args);
				if (!(result instanceof Promise)) return result;
				pending++;
				return result.then(
					(answer: unknown) => {
						pending--;
						return isTurn(answer) ? tracked(answer) : answer;
					},
					(error: unknown) => {
						pending--;
						throw error;
					},
				);
			};
		},
	});
}

function isTurn(value: unknown): value is RepairTurn {
	return typeof value === 'object' && value !== null && 'end' in value;
}

/** Waits until nothing goes on but what waits for the clock or a person. */
export async function settle(): Promise<void> {
	for (let quiet = 0; quiet < 10; quiet = pending === 0 ? quiet + 1 : 0)
		await new Promise(resolve => setImmediate(resolve));
}

/** Moves the clock in steps, and lets what is due do its work. */
export async function pass(clock: ManualClock, ms: number, step = 1_000): Promise<void> {
	for (let done = 0; done < ms; done += step) {
		clock.advance(Math.min(step, ms - done));
		await settle();
	}
}
