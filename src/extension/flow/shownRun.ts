import type { ExecutionId } from '../../core/base/ids';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { NodeId } from '../../core/flow/model/flow';
import { semanticDiff } from '../../core/flow/model/semanticDiff';
import type { RunView } from '../../core/flow/runView';
import type { LiveRun } from '../../core/flow/runs/liveRun';
import { storedView } from '../../core/flow/runs/runViews';
import type { PageContext } from './parts';
import { fileOf } from './runs';

/** The run that a page shows: the one that goes on, or one that was chosen from the list. */
export class ShownRun extends Owner {
	readonly #page: PageContext;
	readonly #following = this.own(new MutableDisposable<Disposable>());
	#live: LiveRun | undefined;
	#id: ExecutionId | null = null;
	#watched: readonly NodeId[] = [];

	constructor(page: PageContext) {
		super();
		this.#page = page;
		const { book } = page.parts.runs;
		const isOurs = (run: LiveRun): boolean => run.file === fileOf(page.uri);
		this.own(
			book.onDidBegin(run => {
				if (!isOurs(run)) return;
				this.#follow(run);
				page.emit('run', run.view);
				void this.tellList();
			}),
		);
		this.own(
			book.onDidEnd(run => {
				if (isOurs(run)) void this.tellList();
			}),
		);
		this.own(page.document.onDidChange(() => this.#checkOutdated()));
	}

	get id(): ExecutionId | null {
		return this.#id;
	}

	/** What a page that opens now shows: one that was hidden opens again, and shows what it showed. */
	open(): Promise<RunView | null> {
		const live = this.#page.parts.runs.book.liveOf(fileOf(this.#page.uri));
		// What is not kept any more is not shown; the list says which runs there are.
		return this.show(live?.execution ?? this.#id).catch(() => null);
	}

	/** Shows a run of the list; `null` for none. */
	async show(id: ExecutionId | null): Promise<RunView | null> {
		const { book } = this.#page.parts.runs;
		const live = id === null ? undefined : book.find(id);
		if (live) {
			this.#follow(live);
			return live.view;
		}
		this.#leave();
		this.#id = id;
		if (id === null) return null;
		const stored = await book.read(fileOf(this.#page.uri), id);
		return storedView(stored, await book.statusOf(stored));
	}

	/** Nodes that are on the screen. */
	watch(nodes: readonly NodeId[]): void {
		this.#watched = nodes;
		this.#live?.watch(this, nodes);
	}

	async tellList(): Promise<void> {
		const list = await this.#page.parts.runs.list(this.#page.uri);
		this.#page.emit('runs', list);
	}

	override dispose(): void {
		this.#leave();
		super.dispose();
	}

	#follow(run: LiveRun): void {
		this.#leave();
		this.#live = run;
		this.#id = run.execution;
		run.watch(this, this.#watched);
		this.#following.value = run.onDidChange(change => this.#page.emit('runChanged', change));
		this.#checkOutdated();
	}

	#leave(): void {
		this.#live?.watch(this, null);
		this.#live = undefined;
		this.#following.value = undefined;
	}

	/** The run keeps its own copy of the document; a change of places is none. */
	#checkOutdated(): void {
		const run = this.#live;
		const { sync } = this.#page.document;
		if (!run || !sync.isReadable) return;
		if (sync.flow === run.flow) return run.setOutdated(false);
		const diff = semanticDiff(run.flow, sync.flow);
		run.setOutdated(!diff.isSame && !diff.isLayoutOnly);
	}
}
