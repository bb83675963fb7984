import { Limiter } from '../base/async';
import type { Clock } from '../base/clock';
import { CancelledError, ExpectedError } from '../base/errors';
import { Emitter } from '../base/event';
import { Owner } from '../base/lifecycle';
import type { HealthState, Intent, MachineEvent, ServiceChange } from '../ledger/machineEvents';
import type { ServiceChangeRow } from '../ledger/queries';
import { downBecauseOf, type Dependent } from './dependencies';
import type { HealthChange, HealthFeed, ServiceAction, ServiceView } from './health';
import type { CheckResult, WatchedService } from './service';
import type { OwnState } from './serviceState';
import { longestGapMs, ServiceWatcher } from './serviceWatcher';
import { HourBook } from './uptime';

/** So many checks at once: after a sleep all are due together. */
const atOnce = 4;
/** How long an action may take until it is seen. */
const actMs = 45_000;
const lookAgainMs = 500;
/** A change of state this soon after an action was asked for is its doing. */
const intentMs = 60_000;
const recentKept = 60;
/** What was looked at this soon before need not be looked at again. */
const freshMs = 500;

export interface HealthMonitorPorts {
	readonly clock: Clock;
	readonly random?: () => number;
	/** Takes what only the window that checks for all writes down. */
	readonly record: (event: MachineEvent) => void;
}

/** One look, for the page of a service. */
export interface RecentCheck extends CheckResult {
	/** Milliseconds since 1970. */
	readonly at: number;
}

interface Asked {
	readonly action: ServiceAction;
	readonly intent: Intent;
	readonly at: number;
}

/**
 * Watches services. While it is not the one that checks for all windows, it shows what that one wrote down, and looks
 * only at what belongs to its own window.
 */
export class HealthMonitor extends Owner implements HealthFeed {
	readonly #ports: HealthMonitorPorts;
	readonly #limiter = new Limiter(atOnce);
	readonly #watchers = new Map<string, ServiceWatcher>();
	readonly #hours: HourBook;
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	readonly #changedState = this.own(new Emitter<HealthChange>());
	readonly onDidChangeState = this.#changedState.event;
	readonly #asked = new Map<string, Asked>();
	readonly #recent = new Map<string, readonly RecentCheck[]>();
	/** As it was told last. */
	#views: readonly ServiceView[] = [];
	#isLeader = false;
	#flushedAt = -Infinity;
	#isOn = true;

	constructor(ports: HealthMonitorPorts) {
		super();
		this.#ports = ports;
		this.#hours = new HourBook(hour => ports.record({ type: 'health.recorded', ...hour }));
	}

	get services(): readonly ServiceView[] {
		return this.#views;
	}

	get isLeader(): boolean {
		return this.#isLeader;
	}

	/** Takes the services as they are now. One that is still the same object keeps what is known of it. */
	setServices(services: readonly WatchedService[]): void {
		const wanted = new Map(services.map(service => [service.id, service]));
		const before = new Map<string, OwnState>();
		for (const [id, watcher] of this.#watchers) {
			if (wanted.get(id) === watcher.service) continue;
			watcher.dispose();
			this.#watchers.delete(id);
			before.set(id, watcher.state);
			if (wanted.has(id)) continue;
			this.#hours.forget(id);
			this.#recent.delete(id);
		}
		for (const service of services) {
			if (this.#watchers.has(service.id)) continue;
			const watcher = new ServiceWatcher(service, this.#watcherPorts());
			const known = before.get(service.id);
			// It is set up in another way: what was seen still holds until it is looked at.
			if (known) watcher.adopt(known);
			this.#watchers.set(service.id, watcher);
			this.#startOrStop(watcher);
		}
		this.#update();
	}

	/** Checks for all windows from now on, or leaves that to another one. */
	lead(isLeader: boolean): void {
		if (this.#isLeader === isLeader) return;
		if (!isLeader) this.#hours.pause();
		this.#isLeader = isLeader;
		for (const watcher of this.#watchers.values()) this.#startOrStop(watcher);
		this.#changed.fire();
	}

	/** Looks at nothing while it is off: in a workspace that is not trusted. */
	switch(isOn: boolean): void {
		this.#isOn = isOn;
		for (const watcher of this.#watchers.values()) this.#startOrStop(watcher);
	}

	/** Shows what the window that checks has written down. @param changes newest first */
	adopt(changes: readonly ServiceChangeRow[]): void {
		const seen = new Set<string>();
		for (const { service, state, reason, at } of changes) {
			const watcher = this.#watchers.get(service);
			if (seen.has(service) || !watcher) continue;
			seen.add(service);
			if (this.#isLeader || watcher.service.isOfWindow === true) continue;
			const wasUp = state !== 'unknown';
			watcher.adopt({ state: state === 'unreachable' ? 'unhealthy' : state, reason, since: at, wasUp });
		}
		this.#update();
	}

	/** Whether this window looks at a service and speaks for it. */
	isMine(id: string): boolean {
		const watcher = this.#watchers.get(id);
		return watcher !== undefined && this.#isMine(watcher.service);
	}

	/** Whether each window has its own of a service. */
	isOfWindow(id: string): boolean {
		return this.#watchers.get(id)?.service.isOfWindow === true;
	}

	/** The latest looks of this window, the oldest first. */
	recent(id: string): readonly RecentCheck[] {
		return this.#recent.get(id) ?? [];
	}

	/** Writes the running hours down, unless that was done within this time. */
	flush(ageMs: number): void {
		const now = this.#ports.clock.monotonic();
		if (now - this.#flushedAt < ageMs) return;
		this.#flushedAt = now;
		this.#hours.flush();
	}

	async check(id: string): Promise<ServiceView> {
		this.#requireTrust();
		const watcher = this.#watcher(id);
		await watcher.check();
		return this.#view(id);
	}

	async act(id: string, action: Exclude<ServiceAction, 'logs'>, intent: Intent): Promise<ServiceView> {
		this.#requireTrust();
		const { service } = this.#watcher(id);
		if (!service.act || !service.actions().includes(action))
			throw new ExpectedError('health.cannot', `${service.name} cannot be ${pasts[action]} from here.`);
		this.#asked.set(id, { action, intent, at: this.#ports.clock.monotonic() });
		try {
			await service.act(action);
		} catch (error) {
			this.#asked.delete(id);
			throw error;
		}
		const view = await this.#awaitState(service, action);
		// It runs as it was asked to: what happens to it from now on is not that any more.
		if (action !== 'stop') this.#asked.delete(id);
		return view;
	}

	override dispose(): void {
		this.#hours.pause();
		super.dispose();
		for (const watcher of this.#watchers.values()) watcher.dispose();
	}

	async #awaitState(service: WatchedService, action: Exclude<ServiceAction, 'logs'>): Promise<ServiceView> {
		const { clock } = this.#ports;
		const { id } = service;
		const end = clock.monotonic() + actMs;
		for (;;) {
			const view = await this.check(id);
			const isUp = !view.isStopped && (view.state === 'healthy' || view.state === 'degraded');
			if (action === 'stop' ? !isUp : isUp) return view;
			const failure = action === 'stop' ? null : (service.failure?.() ?? null);
			if (failure !== null) throw new ExpectedError('health.failed', failure);
			if (clock.monotonic() >= end) {
				throw new ExpectedError(
					'health.notReached',
					`${view.name} was ${pasts[action]}, and after ${actMs / 1000} seconds it is still not so: ${view.reason}`,
				);
			}
			await new Promise<void>(resolve => clock.after(lookAgainMs, resolve));
			if (this.isDisposed) throw new CancelledError();
		}
	}

	#watcherPorts(): ConstructorParameters<typeof ServiceWatcher>[1] {
		return {
			clock: this.#ports.clock,
			random: this.#ports.random ?? Math.random,
			run: task => this.#limiter.run(task),
			onResult: (service, result) => {
				this.#keep(service.id, result);
				if (result.outcome === 'down') this.#lookBehind(service);
				this.#update();
				this.#count(service, result);
			},
		};
	}

	#count(service: WatchedService, result: CheckResult): void {
		if (!this.#isMine(service) || service.isUnrecorded === true) return;
		const { clock } = this.#ports;
		const { state } = this.#view(service.id);
		const gap = longestGapMs(service.policy.intervalMs);
		const times = { now: clock.now(), monotonic: clock.monotonic(), longestGapMs: gap };
		const isCounted = result.outcome !== 'idle' && result.outcome !== 'unsure';
		const check = { isUp: result.outcome !== 'down', latencyMs: result.latencyMs };
		this.#hours.note(service.id, state, times, isCounted ? check : null);
	}

	/** Before a failure is its own, what it needs is looked at. */
	#lookBehind({ needs }: WatchedService): void {
		const { clock } = this.#ports;
		for (const need of needs) {
			const watcher = this.#watchers.get(need);
			if (!watcher || !this.#isMine(watcher.service)) continue;
			if (clock.now() - (watcher.state.checkedAt ?? 0) > freshMs) void watcher.check();
		}
	}

	#keep(id: string, { outcome, text, latencyMs }: CheckResult): void {
		const checks = this.#recent.get(id) ?? [];
		const check = { at: this.#ports.clock.now(), outcome, text, latencyMs };
		this.#recent.set(id, [...checks, check].slice(-recentKept));
	}

	/** Whether this window is the one that looks at it and writes down what it sees. */
	#isMine(service: WatchedService): boolean {
		return this.#isLeader || service.isOfWindow === true;
	}

	#startOrStop(watcher: ServiceWatcher): void {
		if (this.#isOn && this.#isMine(watcher.service)) watcher.start();
		else watcher.stop();
	}

	/** Tells what is another than before. */
	#update(): void {
		const before = new Map(this.#views.map(view => [view.id, view]));
		this.#renew(before);
		this.#views = this.#look(before);
		const isSame =
			this.#views.length === before.size &&
			this.#views.every(view => JSON.stringify(view) === JSON.stringify(before.get(view.id)));
		if (isSame) return;
		for (const view of this.#views) {
			const old = before.get(view.id);
			const previous = old?.state ?? 'unknown';
			if (previous !== view.state || (old !== undefined && old.isStopped !== view.isStopped))
				this.#tell(view, previous);
		}
		this.#changed.fire();
	}

	#tell(service: ServiceView, previous: HealthState): void {
		const intent = this.#intentOf(service);
		if (!this.isMine(service.id)) return;
		const { id, state, reason } = service;
		const change: ServiceChange = { service: id, state, previous, reason, intent };
		if (this.#watchers.get(id)?.service.isUnrecorded !== true)
			this.#ports.record({ type: 'health.changed', ...change });
		this.#changedState.fire({ service, previous, intent });
	}

	#intentOf({ id, isStopped }: ServiceView): Intent {
		const asked = this.#asked.get(id);
		if (asked && this.#ports.clock.monotonic() - asked.at < intentMs) return asked.intent;
		this.#asked.delete(id);
		// A service of ours stops by itself only when it fails; what stands still was stopped by someone.
		return isStopped ? 'user' : 'unasked';
	}

	/** What was unreachable, and is not any more, starts anew: that it was down says nothing now. */
	#renew(before: ReadonlyMap<string, ServiceView>): void {
		for (const [id, watcher] of this.#watchers) {
			if (before.get(id)?.state !== 'unreachable' || watcher.state.state !== 'unhealthy') continue;
			if (!downBecauseOf(id, this.#dependents())) watcher.renew('What it needs is back; it is looked at again.');
		}
	}

	#dependents(): ReadonlyMap<string, Dependent> {
		return new Map(
			[...this.#watchers].map(([id, { service, state }]) => {
				const { name, needs } = service;
				return [id, { id, name, needs, state: state.state }];
			}),
		);
	}

	#look(before: ReadonlyMap<string, ServiceView>): readonly ServiceView[] {
		const own = [...this.#watchers.values()].map(({ service, state }) => ({ service, own: state }));
		const dependents = this.#dependents();
		return own.map(({ service, own: { wasUp, ...state } }): ServiceView => {
			const { id, name, kind, needs } = service;
			const root = state.state === 'unhealthy' ? downBecauseOf(id, dependents) : undefined;
			const blocked = { state: 'unreachable' as const, reason: `Unreachable because ${root?.name} is down.` };
			// What it needs may be down, too: until that is known, this is no failure of its own.
			const old = before.get(id);
			const isOpen = state.state === 'unhealthy' && !root && needs.some(need => this.#watchers.get(need)?.isInDoubt);
			const held = isOpen && old ? { state: old.state, since: old.since } : {};
			return {
				id,
				name,
				kind,
				needs,
				...state,
				...(root ? blocked : held),
				actions: service.actions(),
				...(service.startNote !== undefined && { startNote: service.startNote }),
				isExpected: service.isExpected || (wasUp && service.kind !== 'ledger'),
			};
		});
	}

	#watcher(id: string): ServiceWatcher {
		const watcher = this.#watchers.get(id);
		if (!watcher) throw new ExpectedError('health.unknown', 'That service is not watched any more.');
		return watcher;
	}

	#view(id: string): ServiceView {
		const view = this.#views.find(each => each.id === id);
		if (!view) throw new ExpectedError('health.unknown', 'That service is not watched any more.');
		return view;
	}

	#requireTrust(): void {
		if (this.#isOn) return;
		throw new ExpectedError('untrusted', 'This folder is not trusted, so no service is looked at or changed in it.', {
			actions: [{ title: 'Manage Trust', command: 'workbench.trust.manage' }],
		});
	}
}

const pasts: Readonly<Record<Exclude<ServiceAction, 'logs'>, string>> = {
	start: 'started',
	stop: 'stopped',
	restart: 'restarted',
};
