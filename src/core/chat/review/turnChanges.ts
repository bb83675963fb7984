import { Sequencer } from '../../base/async';
import { errorText } from '../../base/errors';
import type { ExecutionId } from '../../base/ids';
import type { Logger } from '../../base/logger';

/** What a file held at one moment. */
export type FileState =
	| { readonly kind: 'absent' }
	| { readonly kind: 'kept'; readonly hash: string }
	/** Not kept: larger than the limit, or not readable. */
	| { readonly kind: 'not-kept'; readonly why: 'too-big' | 'unreadable' };

/** One file that a turn changed, before its first and after its last change. */
export interface FileChange {
	/** Absolute. */
	readonly path: string;
	readonly before: FileState;
	readonly after: FileState;
}

/** Where contents and the lists of changed files are kept. */
export interface ChangeStore {
	/** Keeps a content and returns its name; the same content has the same name. */
	keep(content: Uint8Array): Promise<string>;
	content(hash: string): Promise<Uint8Array | undefined>;
	saveTurn(execution: ExecutionId, changes: readonly FileChange[]): Promise<void>;
	loadTurn(execution: ExecutionId): Promise<readonly FileChange[] | undefined>;
}

/** Reads the files that tools change. */
export interface FileReader {
	/** The content, `undefined` when there is no such file, `too-big` without reading when it is larger than the limit. */
	read(path: string, limitBytes: number): Promise<Uint8Array | undefined | 'too-big'>;
}

/** More turns than this never run at the same time. */
const turnsInMemory = 50;

const limitBytes = 5 * 1024 * 1024;

interface Turn {
	readonly changes: Map<string, FileChange>;
	/** One after another, so that a slow reading of the state before is never overtaken by that after. */
	readonly work: Sequencer;
}

/** Remembers what every turn changed, so that one diff of it can be shown at any later time. */
export class TurnChanges {
	readonly #turns = new Map<ExecutionId, Turn>();
	readonly #files: FileReader;
	readonly #store: ChangeStore;
	readonly #log: Logger;

	constructor(files: FileReader, store: ChangeStore, log: Logger) {
		this.#files = files;
		this.#store = store;
		this.#log = log;
	}

	/** Keeps the file as it is, unless this turn has changed it already. Wait for it before the tool is allowed to run. */
	beforeTool(execution: ExecutionId, path: string): Promise<void> {
		const turn = this.#turn(execution);
		return turn.work.run(async () => {
			if (turn.changes.has(path)) return;
			const before = await this.#state(path);
			turn.changes.set(path, { path, before, after: before });
		});
	}

	/** Keeps the file as the tool left it. */
	afterTool(execution: ExecutionId, path: string): Promise<void> {
		const turn = this.#turn(execution);
		return turn.work.run(async () => {
			const known = turn.changes.get(path);
			const after = await this.#state(path);
			// Without its state before there is nothing to compare with: the file counts as changed from now on.
			turn.changes.set(path, { path, before: known?.before ?? after, after });
			await this.#save(execution, turn);
		});
	}

	/** The files that a turn changed, by path; those that are again as they were are left out. */
	async changesOf(execution: ExecutionId): Promise<readonly FileChange[]> {
		const turn = this.#turns.get(execution);
		await turn?.work.run(() => Promise.resolve());
		const all = turn ? [...turn.changes.values()] : ((await this.#store.loadTurn(execution)) ?? []);
		return all.filter(isChange).toSorted((a, b) => (a.path < b.path ? -1 : 1));
	}

	/** The content of a kept state. */
	content(state: FileState): Promise<Uint8Array | undefined> {
		return state.kind === 'kept' ? this.#store.content(state.hash) : Promise.resolve(undefined);
	}

	#turn(execution: ExecutionId): Turn {
		const turn = this.#turns.get(execution) ?? { changes: new Map(), work: new Sequencer() };
		// The newest last: the turn that nobody has touched for longest is in the store, and leaves the memory first.
		this.#turns.delete(execution);
		this.#turns.set(execution, turn);
		const [oldest] = this.#turns.keys();
		if (this.#turns.size > turnsInMemory && oldest !== undefined) this.#turns.delete(oldest);
		return turn;
	}

	async #save(execution: ExecutionId, turn: Turn): Promise<void> {
		try {
			await this.#store.saveTurn(execution, [...turn.changes.values()].filter(isChange));
		} catch (error) {
			this.#log.warn(`The changes of a turn could not be kept: ${errorText(error)}`);
		}
	}

	async #state(path: string): Promise<FileState> {
		try {
			const content = await this.#files.read(path, limitBytes);
			if (content === undefined) return { kind: 'absent' };
			if (content === 'too-big') return { kind: 'not-kept', why: 'too-big' };
			return { kind: 'kept', hash: await this.#store.keep(content) };
		} catch (error) {
			// A change that cannot be shown later must not keep the tool from running.
			this.#log.warn(`The state of a changed file could not be kept: ${errorText(error)}`);
			return { kind: 'not-kept', why: 'unreadable' };
		}
	}
}

function isChange({ before, after }: FileChange): boolean {
	if (before.kind === 'kept' && after.kind === 'kept') return before.hash !== after.hash;
	return before.kind !== after.kind || before.kind === 'not-kept';
}
