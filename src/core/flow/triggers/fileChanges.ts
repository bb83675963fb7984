import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock';
import { MutableDisposable, Owner, type Disposable } from '../../base/lifecycle';
import type { OwnWrites } from './ownWrites';
import type { FileEvent } from './spec';
import type { TriggerOutputs } from './starter';

/** Paths that a run is given; how many there were is told beside them. */
const mostPaths = 1000;
/** A flood that does not end is handed over after so many rests. */
const mostRests = 20;
/** Files looked at, at once, for who changed them. */
const lookedAtOnce = 50;

export interface FileChangesOptions {
	readonly clock: Clock;
	readonly cwd: string;
	readonly events: readonly FileEvent[];
	readonly restMs: number;
	readonly own: OwnWrites;
	readonly fire: (outputs: TriggerOutputs) => void;
}

/** Gathers changes of files until nothing has changed for a while, and hands them over together. */
export class FileChanges extends Owner {
	readonly #options: FileChangesOptions;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#changes = new Map<string, FileEvent>();
	#since: number | null = null;

	constructor(options: FileChangesOptions) {
		super();
		this.#options = options;
	}

	/** @param path from the workspace folder on, with slashes */
	add(path: string, event: FileEvent): void {
		if (this.isDisposed || isIgnored(path)) return;
		const { clock, restMs } = this.#options;
		const merged = mergedEvent(this.#changes.get(path), event);
		if (merged === null) this.#changes.delete(path);
		else this.#changes.set(path, merged);
		this.#since ??= clock.monotonic();
		const left = this.#since + restMs * mostRests - clock.monotonic();
		this.#timer.value = clock.after(Math.max(0, Math.min(restMs, left)), () => void this.#flush());
	}

	async #flush(): Promise<void> {
		const changes = this.#changes;
		this.#changes = new Map();
		this.#since = null;
		this.#timer.value = undefined;
		const { events, fire, own } = this.#options;
		const isOwn = own.look();
		const wanted = [...changes].filter(([, event]) => events.includes(event));
		const others: (readonly [string, FileEvent])[] = [];
		for (let at = 0; at < wanted.length; at += lookedAtOnce) {
			const looked = wanted.slice(at, at + lookedAtOnce);
			const areOwn = await Promise.all(looked.map(([path, event]) => this.#isOwn(path, event, isOwn)));
			others.push(...looked.filter((_, index) => !areOwn[index]));
		}
		const [first] = others;
		if (!first || this.isDisposed) return;
		const paths = others.slice(0, mostPaths).map(([path]) => path);
		fire({ path: first[0], paths, event: first[1], count: others.length });
	}

	async #isOwn(path: string, event: FileEvent, isOwn: (changedAt: number | null) => boolean): Promise<boolean> {
		if (event === 'deleted') return isOwn(null);
		const changedAt = await stat(join(this.#options.cwd, path)).then(
			info => (info.isFile() ? info.mtimeMs : undefined),
			() => undefined,
		);
		// Gone again, or a folder: nothing that a run could read.
		return changedAt === undefined || isOwn(changedAt);
	}
}

/** What is Git's, ours or a package manager's never starts a flow. */
export function isIgnored(path: string): boolean {
	return path.split('/').some(part => part === '.git' || part === '.quarterdeck' || part === 'node_modules');
}

/** Two things that happened to a file, as one; `null`: it came and went. */
function mergedEvent(before: FileEvent | undefined, event: FileEvent): FileEvent | null {
	if (before === 'created') return event === 'deleted' ? null : 'created';
	if (before === 'deleted') return event === 'deleted' ? 'deleted' : 'changed';
	return event;
}
