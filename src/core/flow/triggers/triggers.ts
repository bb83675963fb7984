import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Sequencer } from '../../base/async';
import type { Clock } from '../../base/clock';
import { errorText, ExpectedError, systemCode } from '../../base/errors';
import { Emitter } from '../../base/event';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../../base/lifecycle';
import type { Logger } from '../../base/logger';
import { Lease } from '../../ledger/lease';
import type { Flow, NodeId } from '../model/flow';
import { parseFlow } from '../model/parse';
import type { NodeCatalog } from '../nodes/nodeType';
import { ActiveTrigger } from './activeTrigger';
import { ArmedStore, triggerKey, type Armed, type LastRun, type TriggerMemory } from './armedStore';
import { OwnWrites, type WritingRun } from './ownWrites';
import { triggersOf, type FileEvent, type TriggerCause, type TriggerSpec } from './spec';
import type { Firing, StartedRun, TriggerOutputs } from './starter';
import type { TriggerView } from './triggerView';
import { viewOf } from './viewOf';
import { hookUrl, WebhookServer } from './webhookServer';

/** Other windows turn triggers on and off, and end: it is looked for that this often. */
const lookMs = 15_000;

/** A run that a trigger wishes. */
export interface TriggerWish {
	readonly file: string;
	readonly cwd: string;
	readonly flow: Flow;
	readonly kind: TriggerCause['kind'];
	readonly title: string;
	readonly by: { readonly node: NodeId; readonly outputs: TriggerOutputs };
}

/** What is worth telling whoever is not looking. */
export type TriggerNotice =
	| {
			readonly kind: 'failed';
			readonly armed: Armed;
			readonly flow: string;
			readonly title: string;
			readonly last: LastRun;
	  }
	| {
			readonly kind: 'refused';
			readonly armed: Armed;
			readonly flow: string;
			readonly title: string;
			readonly reason: string;
	  }
	/** The node is not what was turned on, or it is gone. */
	| { readonly kind: 'changed' | 'gone'; readonly armed: Armed; readonly flow: string; readonly title: string };

export interface TriggersDeps {
	/** Where this machine keeps what is turned on; no workspace can write there. */
	readonly folder: string;
	readonly clock: Clock;
	readonly log: Logger;
	readonly catalog: () => NodeCatalog;
	/** Folders of this window on this machine's disk; none while the workspace is not trusted. */
	readonly folders: () => readonly string[];
	readonly isEnabled: () => boolean;
	readonly port: () => number;
	readonly token: (key: string) => Promise<string>;
	readonly forgetToken: (key: string) => Promise<void>;
	readonly watchFiles: (cwd: string, pattern: string, listener: (path: string, event: FileEvent) => void) => Disposable;
	readonly run: (wish: TriggerWish) => Promise<StartedRun>;
}

interface Known {
	readonly armed: Armed;
	readonly flow: string;
	readonly spec: TriggerSpec | undefined;
	readonly memory: TriggerMemory;
	readonly isHeld: boolean;
}

/** The triggers that are turned on for the folders of this window; one window at a time fires those of a folder. */
export class Triggers extends Owner {
	readonly #deps: TriggersDeps;
	readonly #store: ArmedStore;
	readonly #server: WebhookServer;
	readonly #looks = new Sequencer();
	readonly #writes = new Sequencer();
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	readonly #leases = new Map<string, Lease>();
	readonly #active = new Map<string, ActiveTrigger>();
	readonly #own = new Map<string, OwnWrites>();
	readonly #told = new Set<string>();
	readonly #changed = this.own(new Emitter<void>());
	/** Something is shown otherwise. */
	readonly onDidChange = this.#changed.event;
	readonly #notices = this.own(new Emitter<TriggerNotice>());
	readonly onNotice = this.#notices.event;
	#known: ReadonlyMap<string, Known> = new Map();
	#isFirst = true;

	constructor(deps: TriggersDeps) {
		super();
		this.#deps = deps;
		this.#store = new ArmedStore(deps.folder);
		this.#server = this.own(new WebhookServer(deps.clock));
		this.own(toDisposable(() => this.#stopAll()));
	}

	/** How the triggers of a flow stand. */
	viewsOf(cwd: string, file: string, flow: Flow): readonly TriggerView[] {
		return triggersOf(flow, this.#deps.catalog()).map(spec => this.#view(cwd, file, spec));
	}

	/** Everything that is turned on for the folders of this window. */
	get armed(): readonly Armed[] {
		return [...this.#known.values()].map(({ armed }) => armed);
	}

	/** Looks at what is turned on, at the flows, and at the other windows. */
	look(): Promise<void> {
		return this.#looks.run(() => this.#look());
	}

	/** Turns a trigger on as it stands in the file now. Rejects with a sentence when it cannot fire. */
	async turnOn(cwd: string, file: string, node: NodeId): Promise<void> {
		const { clock, folders } = this.#deps;
		if (!folders().includes(cwd))
			throw new ExpectedError('no-folder', 'Triggers fire for flows in a folder of a trusted workspace.');
		const { flow } = await this.#read(file);
		const spec = flow && triggersOf(flow, this.#deps.catalog()).find(each => each.node === node);
		if (!spec)
			throw new ExpectedError('no-trigger', `The file has no trigger '${node}' (any more). Save the flow first.`);
		if (spec.problem !== null)
			throw new ExpectedError('bad-trigger', `“${spec.title}” cannot be turned on. ${spec.problem}`);
		if (spec.kind === 'manual') throw new ExpectedError('bad-trigger', 'A manual trigger is always on: run it.');
		const key = triggerKey(cwd, file, node);
		await this.#store.add({ key, cwd, file, node, hash: spec.hash, since: clock.now() });
		this.#told.delete(key);
		await this.look();
		const problem = this.#active.get(key)?.problem ?? '';
		if (problem === '') return;
		await this.turnOff(key);
		throw new ExpectedError('bad-trigger', `“${spec.title}” cannot be turned on. ${problem}`);
	}

	/** Turns a trigger off and forgets its token. Runs that go on are not stopped. */
	async turnOff(key: string): Promise<void> {
		await this.#looks.run(async () => {
			this.#deactivate(key);
			await this.#writes.run(() => this.#store.remove(key));
			await this.#deps.forgetToken(key);
		});
		await this.look();
	}

	async turnOffAll(): Promise<number> {
		const all = this.armed;
		for (const { key } of all) await this.turnOff(key);
		return all.length;
	}

	/** The address of a webhook that is on, wherever it is answered, with its token. */
	async hookOf(cwd: string, file: string, spec: TriggerSpec): Promise<{ url: string; method: string; token: string }> {
		const key = triggerKey(cwd, file, spec.node);
		const known = this.#known.get(key);
		const port = this.#active.get(key)?.starter.memory.port ?? known?.memory.port;
		if (spec.cause?.kind !== 'webhook' || !known || port === undefined)
			throw new ExpectedError('trigger-off', 'Turn the trigger on first: it has no address yet.');
		const { path, method } = spec.cause;
		return { url: hookUrl(port, path), method, token: await this.#deps.token(key) };
	}

	/** Webhooks are to be answered on another port. */
	listenAnew(): void {
		for (const [key, { spec }] of this.#active) if (spec.kind === 'webhook') this.#deactivate(key);
	}

	/** Knows what this run of a flow changes from what others change. */
	follow(file: string, run: WritingRun): void {
		this.#ownOf(file).follow(run);
	}

	/** The window ends: what is on stays on, for the next one. */
	async stop(): Promise<void> {
		this.dispose();
		await this.#looks.run(() => Promise.resolve());
		await this.#writes.run(() => Promise.resolve());
		await Promise.all([...this.#leases.values()].map(lease => lease.release()));
	}

	async #look(): Promise<void> {
		if (this.isDisposed) return;
		const { folders, clock } = this.#deps;
		const here = new Set(folders());
		const armed = (await this.#store.list()).filter(({ cwd }) => here.has(cwd));
		const known = new Map<string, Known>();
		await this.#takeLeases(new Set(armed.map(({ cwd }) => cwd)));
		for (const each of armed) {
			const next = await this.#knownOf(each);
			if (next) known.set(each.key, next);
		}
		if (this.isDisposed) return;
		this.#known = known;
		this.#isFirst = false;
		for (const key of this.#active.keys()) if (!this.#isWanted(known.get(key))) this.#deactivate(key);
		for (const next of known.values()) {
			await this.#activate(next);
			if (this.isDisposed) return;
		}
		this.#timer.value = known.size === 0 ? undefined : clock.after(lookMs, () => void this.#lookAgain());
		this.#changed.fire();
	}

	async #lookAgain(): Promise<void> {
		try {
			await this.look();
		} catch (error) {
			this.#deps.log.warn(`Triggers could not be looked at: ${errorText(error)}`);
			if (!this.isDisposed) this.#timer.value = this.#deps.clock.after(lookMs, () => void this.#lookAgain());
		}
	}

	async #knownOf(armed: Armed): Promise<Known | undefined> {
		const { flow, isGone } = await this.#read(armed.file);
		if (isGone && this.#isFirst) {
			// Gone while nobody looked. What comes later under that name is not what was turned on.
			await this.#store.remove(armed.key);
			await this.#deps.forgetToken(armed.key);
			return undefined;
		}
		const spec = flow && triggersOf(flow, this.#deps.catalog()).find(({ node }) => node === armed.node);
		const memory = this.#active.get(armed.key)?.starter.memory ?? (await this.#store.memory(armed.key));
		const isHeld = (await this.#leases.get(armed.cwd)?.isHeld()) === true;
		const title = spec?.title ?? armed.node;
		const name = flow?.name ?? armed.file;
		if (isGone || (flow && !spec)) this.#tellOnce({ kind: 'gone', armed, flow: name, title });
		else if (spec && spec.hash !== armed.hash) this.#tellOnce({ kind: 'changed', armed, flow: name, title });
		else if (spec) this.#told.delete(armed.key);
		return { armed, flow: name, spec, memory, isHeld };
	}

	#isWanted(known: Known | undefined): boolean {
		return (
			known !== undefined &&
			known.isHeld &&
			this.#deps.isEnabled() &&
			known.spec?.problem === null &&
			known.spec.hash === known.armed.hash &&
			known.armed.since === (this.#active.get(known.armed.key)?.armed.since ?? known.armed.since)
		);
	}

	async #activate(known: Known): Promise<void> {
		const { armed, spec, memory } = known;
		const there = this.#active.get(armed.key);
		if (there) return there.retry();
		if (!spec || !this.#isWanted(known)) return;
		const { clock, log, port, token, watchFiles } = this.#deps;
		const active = new ActiveTrigger(armed, spec, memory, {
			clock,
			log,
			keep: memory => this.#keep(armed.key, memory),
			server: this.#server,
			port,
			token,
			watchFiles,
			own: this.#ownOf(armed.file),
			start: outputs => this.#start(active, outputs),
			onDidChange: () => this.#changed.fire(),
			onRefused: firing => this.#refused(known, firing),
		});
		active.starter.onDidEnd(({ last, before }) => {
			if (last.status === 'failed' && before?.status !== 'failed')
				this.#notices.fire({ kind: 'failed', armed, flow: known.flow, title: spec.title, last });
			if (last.status === 'succeeded') this.#told.delete(`refused ${armed.key}`);
		});
		this.#active.set(armed.key, active);
		await active.open();
	}

	#deactivate(key: string): void {
		this.#active.get(key)?.dispose();
		this.#active.delete(key);
	}

	/** The last look before a run begins: whatever happened since, nobody is surprised by a run. */
	async #start(active: ActiveTrigger, outputs: TriggerOutputs): Promise<StartedRun | null> {
		const { armed, spec } = active;
		const { key, cwd, file, node, hash } = armed;
		const isHeld = (await this.#leases.get(cwd)?.isHeld()) === true;
		const isOn = (await this.#store.find(key))?.hash === hash && this.#deps.isEnabled();
		const flow = isHeld && isOn ? (await this.#read(file)).flow : undefined;
		const now = flow && triggersOf(flow, this.#deps.catalog()).find(each => each.node === node);
		if (!flow || now?.hash !== hash || this.isDisposed) {
			void this.#lookAgain();
			return null;
		}
		this.#deps.log.info(`The trigger '${node}' starts a run of ${file}.`);
		const { kind, title } = spec;
		return this.#deps.run({ file, cwd, flow, kind, title, by: { node, outputs } });
	}

	#keep(key: string, memory: TriggerMemory): void {
		this.#writes
			.run(() => this.#store.remember(key, memory))
			.catch((error: unknown) => this.#deps.log.warn(`What a trigger did could not be kept: ${errorText(error)}`));
	}

	#refused({ armed, flow, spec }: Known, { why, reason }: Extract<Firing, { kind: 'refused' }>): void {
		this.#deps.log.info(`The trigger '${armed.node}' of ${armed.file} started nothing: ${reason}`);
		// That a run goes on is what the trigger was told to expect.
		if (why !== 'failed' && why !== 'cap') return;
		const title = spec?.title ?? armed.node;
		this.#tellOnce({ kind: 'refused', armed, flow, title, reason });
	}

	#tellOnce(notice: TriggerNotice): void {
		const id = notice.kind === 'refused' ? `refused ${notice.armed.key}` : notice.armed.key;
		if (this.#told.has(id)) return;
		this.#told.add(id);
		this.#notices.fire(notice);
	}

	async #takeLeases(wanted: ReadonlySet<string>): Promise<void> {
		for (const [cwd, lease] of this.#leases) {
			if (wanted.has(cwd)) continue;
			this.#leases.delete(cwd);
			await lease.release();
		}
		for (const cwd of wanted) {
			const lease = this.#leases.get(cwd) ?? new Lease(join(this.#deps.folder, 'leases'), triggerKey(cwd, '', ''));
			this.#leases.set(cwd, lease);
			await lease.tryAcquire();
		}
	}

	/** The flow as it is on disk: what somebody has not saved yet is not run behind their back. */
	async #read(file: string): Promise<{ readonly flow: Flow | undefined; readonly isGone: boolean }> {
		try {
			return { flow: parseFlow(await readFile(file, 'utf8')).flow, isGone: false };
		} catch (error) {
			const isGone = systemCode(error) === 'ENOENT';
			if (!isGone) this.#deps.log.warn(`${file} cannot be read: ${errorText(error)}`);
			return { flow: undefined, isGone };
		}
	}

	#view(cwd: string, file: string, spec: TriggerSpec): TriggerView {
		const key = triggerKey(cwd, file, spec.node);
		const known = this.#known.get(key);
		if (!known) return viewOf(spec, undefined);
		const active = this.#active.get(key);
		return viewOf(spec, {
			hash: known.armed.hash,
			memory: active?.starter.memory ?? known.memory,
			isEnabled: this.#deps.isEnabled(),
			active: active && { problem: active.problem, next: active.next, queued: active.starter.queued },
		});
	}

	#ownOf(file: string): OwnWrites {
		const known = this.#own.get(file);
		if (known) return known;
		const made = new OwnWrites(this.#deps.clock, this.#deps.catalog);
		this.#own.set(file, made);
		return made;
	}

	#stopAll(): void {
		for (const active of this.#active.values()) active.dispose();
		this.#active.clear();
	}
}
