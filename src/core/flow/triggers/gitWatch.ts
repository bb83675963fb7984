import { watch, type FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';
import { Sequencer } from '../../base/async';
import type { Clock } from '../../base/clock';
import { errorText } from '../../base/errors';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../../base/lifecycle';
import type { Logger } from '../../base/logger';
import { gitChanges, gitFolders, gitState, logSize, type GitFolders, type GitState } from './gitState';
import type { GitEvent } from './spec';
import type { TriggerOutputs } from './starter';

/** Git writes several files for one thing. */
const restMs = 200;
/** Where nothing is told of changes, it is looked for them. */
const lookMs = 30_000;

export interface GitWatchOptions {
	readonly clock: Clock;
	readonly log: Logger;
	readonly cwd: string;
	readonly events: readonly GitEvent[];
	/** Empty: all. */
	readonly branches: readonly string[];
	readonly fire: (outputs: TriggerOutputs) => void;
}

/** Follows what is checked out in the repository of a folder. */
export class GitWatch extends Owner {
	readonly #options: GitWatchOptions;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	readonly #looks = new Sequencer();
	readonly #folders: GitFolders;
	readonly #watched = new Map<string, FSWatcher>();
	#state: GitState | undefined;
	#logSize: number;

	/** `undefined` when the folder is in no repository. */
	static async open(options: GitWatchOptions): Promise<GitWatch | undefined> {
		const folders = await gitFolders(options.cwd);
		if (!folders) return undefined;
		const size = await logSize(folders);
		return new GitWatch(options, folders, await gitState(folders), size);
	}

	private constructor(options: GitWatchOptions, folders: GitFolders, state: GitState | undefined, size: number) {
		super();
		this.#logSize = size;
		this.#options = options;
		this.#folders = folders;
		this.#state = state;
		this.own(
			toDisposable(() => {
				for (const watcher of this.#watched.values()) watcher.close();
			}),
		);
		this.#watch();
		this.#later(lookMs);
	}

	/** `HEAD` and its log tell nearly everything; the branch itself, what was moved without a log. */
	#watch(): void {
		const { own, common } = this.#folders;
		const branch = dirname(join(common, 'refs', 'heads', this.#state?.branch ?? ''));
		const wanted = new Set([own, join(own, 'logs'), branch]);
		for (const [folder, watcher] of this.#watched) {
			if (wanted.has(folder)) continue;
			watcher.close();
			this.#watched.delete(folder);
		}
		for (const folder of wanted) if (!this.#watched.has(folder)) this.#watchFolder(folder);
	}

	#watchFolder(folder: string): void {
		try {
			const watcher = watch(folder, { persistent: false }, () => this.#later(restMs));
			watcher.on('error', () => {
				watcher.close();
				this.#watched.delete(folder);
			});
			this.#watched.set(folder, watcher);
		} catch (error) {
			// It may come with the first commit; until then it is looked for changes every now and then.
			this.#options.log.debug(`'${folder}' is not watched: ${errorText(error)}`);
		}
	}

	#later(ms: number): void {
		if (this.isDisposed) return;
		this.#timer.value = this.#options.clock.after(ms, () => {
			this.#timer.value = undefined;
			void this.#looks.run(() => this.#look());
		});
	}

	async #look(): Promise<void> {
		const size = await logSize(this.#folders);
		const now = await gitState(this.#folders);
		const changes = now ? await gitChanges(this.#folders, this.#state ?? now, now, this.#logSize) : [];
		if (this.isDisposed) return;
		if (now) [this.#state, this.#logSize] = [now, size];
		this.#watch();
		// What was told meanwhile is looked at soon.
		if (!this.#timer.value) this.#later(lookMs);
		const { events, branches, fire } = this.#options;
		for (const { event, branch, commit, before, message } of changes) {
			if (events.includes(event) && (branches.length === 0 || branches.includes(branch)))
				fire({ event, branch, commit, before, message });
		}
	}
}
