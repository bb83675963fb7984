import type { Clock } from '../../base/clock';
import { errorText, ExpectedError } from '../../base/errors';
import { Owner, type Disposable } from '../../base/lifecycle';
import type { Logger } from '../../base/logger';
import type { Armed, TriggerMemory } from './armedStore';
import { FileChanges } from './fileChanges';
import { GitWatch } from './gitWatch';
import type { OwnWrites } from './ownWrites';
import { Schedule } from './schedule';
import type { FileEvent, TriggerCause, TriggerSpec } from './spec';
import { Starter, type Firing, type StartedRun, type TriggerOutputs } from './starter';
import type { WebhookServer } from './webhookServer';

/** What a trigger at work needs of its window. */
export interface ActiveDeps {
	readonly clock: Clock;
	readonly log: Logger;
	/** Writes what it remembers. */
	readonly keep: (memory: TriggerMemory) => void;
	readonly server: WebhookServer;
	/** Port of webhooks; 0 for any that is free. */
	readonly port: () => number;
	readonly token: (key: string) => Promise<string>;
	readonly watchFiles: (cwd: string, pattern: string, listener: (path: string, event: FileEvent) => void) => Disposable;
	/** Runs that the flow's own changes are known by. */
	readonly own: OwnWrites;
	readonly start: (outputs: TriggerOutputs) => Promise<StartedRun | null>;
	readonly onDidChange: () => void;
	/** Something that was to start a run did not. */
	readonly onRefused: (firing: Extract<Firing, { kind: 'refused' }>) => void;
}

/** A trigger that this window fires. */
export class ActiveTrigger extends Owner {
	readonly armed: Armed;
	readonly spec: TriggerSpec;
	readonly starter: Starter;
	readonly #deps: ActiveDeps;
	#schedule: Schedule | undefined;
	/** Why it cannot fire; '' while it can. */
	problem = '';

	constructor(armed: Armed, spec: TriggerSpec, memory: TriggerMemory, deps: ActiveDeps) {
		super();
		this.armed = armed;
		this.spec = spec;
		this.#deps = deps;
		const { clock, start } = deps;
		const { overlap, maxPerHour } = spec;
		this.starter = this.own(new Starter({ clock, overlap, maxPerHour, memory, start }));
		this.own(this.starter.onDidChange(() => this.#keep()));
		const { last } = this.starter.memory;
		// Its window was closed in the middle of it.
		if (last?.status === 'running') this.starter.remember({ last: { ...last, status: 'stopped' } });
	}

	/** When a schedule fires next. */
	get next(): number | null {
		return this.#schedule?.next ?? null;
	}

	/** Begins to wait for what starts it. What keeps it from that is in `problem`, and tried again by `retry`. */
	async open(): Promise<void> {
		const { cause } = this.spec;
		try {
			this.problem = '';
			if (cause) await this.#open(cause);
		} catch (error) {
			this.problem = errorText(error);
		}
	}

	async retry(): Promise<void> {
		if (this.problem !== '') await this.open();
	}

	async fire(outputs: TriggerOutputs): Promise<Firing> {
		const firing = await this.starter.fire(outputs);
		if (firing.kind === 'refused') this.#deps.onRefused(firing);
		return firing;
	}

	async #open(cause: TriggerCause): Promise<void> {
		if (cause.kind === 'schedule') this.#openSchedule(cause);
		else if (cause.kind === 'webhook') await this.#openWebhook(cause);
		else if (cause.kind === 'fileChange') this.#openFiles(cause);
		else if (cause.kind === 'git') await this.#openGit(cause);
	}

	#openSchedule({ times, catchUp }: Extract<TriggerCause, { kind: 'schedule' }>): void {
		const { clock, onDidChange } = this.#deps;
		const { since } = this.armed;
		this.#schedule = this.own(
			new Schedule({
				clock,
				times,
				catchUp,
				since,
				doneUntil: Math.max(since, this.starter.memory.doneUntil ?? since),
				keep: doneUntil => this.starter.remember({ doneUntil }),
				fire: due => void this.fire({ at: new Date(clock.now()).toISOString(), due: new Date(due).toISOString() }),
				onNext: onDidChange,
			}),
		);
	}

	async #openWebhook({ path, method, waitMs }: Extract<TriggerCause, { kind: 'webhook' }>): Promise<void> {
		const { server, token, port: fixed } = this.#deps;
		if (server.find(method, path))
			throw new ExpectedError(
				'path-taken',
				`Another trigger that is on answers ${method} “${path}”: choose another path.`,
			);
		const { memory } = this.starter;
		const fire = (outputs: TriggerOutputs): Promise<Firing> => this.fire(outputs);
		const hook = server.add({ path, method, waitMs, token: await token(this.armed.key), fire });
		try {
			const wish = fixed();
			const port = await server.open({ port: wish === 0 ? (memory.port ?? 0) : wish, isFixed: wish !== 0 });
			if (port !== memory.port) this.starter.remember({ port });
			this.own(hook);
		} catch (error) {
			hook.dispose();
			throw error;
		}
	}

	#openFiles({ pattern, events, restMs }: Extract<TriggerCause, { kind: 'fileChange' }>): void {
		const { clock, watchFiles, own } = this.#deps;
		const { cwd } = this.armed;
		const fire = (outputs: TriggerOutputs): void => void this.fire(outputs);
		const changes = this.own(new FileChanges({ clock, cwd, events, restMs, own, fire }));
		this.own(watchFiles(cwd, pattern, (path, event) => changes.add(path, event)));
	}

	async #openGit({ events, branches }: Extract<TriggerCause, { kind: 'git' }>): Promise<void> {
		const { clock, log } = this.#deps;
		const { cwd } = this.armed;
		const fire = (outputs: TriggerOutputs): void => void this.fire(outputs);
		const watch = await GitWatch.open({ clock, log, cwd, events, branches, fire });
		if (!watch) throw new ExpectedError('no-git', 'The workspace folder is in no Git repository.');
		this.own(watch);
	}

	#keep(): void {
		this.#deps.keep(this.starter.memory);
		this.#deps.onDidChange();
	}
}
