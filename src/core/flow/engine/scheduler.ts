import type { Frame } from './frame';

export interface SchedulerOptions {
	/** Nodes that run at once. */
	readonly concurrency: number;
	/** Milliseconds after which others on this thread get their turn. */
	readonly sliceMs?: number;
	/** Runs a node. It says `release` when the node has ended. */
	readonly perform: (frame: Frame, local: number) => void;
	/** Nothing can go on by itself now. */
	readonly onIdle: () => void;
}

/**
 * Which node runs next. First come, first served; a node whose type is at its limit waits aside until one of that type
 * has ended. Nothing here recurses: whatever follows from an end is queued.
 */
export class Scheduler {
	readonly #options: SchedulerOptions;
	readonly #sliceMs: number;
	#frames: Frame[] = [];
	#locals: number[] = [];
	#head = 0;
	readonly #tasks: (() => void)[] = [];
	/** Nodes that gave their slot back while they waited, and want it again: they go before new ones. */
	readonly #returning: (() => void)[] = [];
	/** Of a type with a limit: how many run, and who waits, by the type's place in its flow. */
	readonly #types = new Map<object, { running: number; readonly waiting: { frame: Frame; local: number }[] }>();
	#running = 0;
	#isPumping = false;
	#isScheduled = false;
	#isClosed = false;
	/** While set, no node begins. */
	isHeld = false;

	constructor(options: SchedulerOptions) {
		this.#options = options;
		this.#sliceMs = options.sliceMs ?? 6;
	}

	/** Nodes that have a slot. */
	get running(): number {
		return this.#running;
	}

	/** Nodes that could begin now. */
	get queued(): number {
		return this.#frames.length - this.#head;
	}

	add(frame: Frame, local: number): void {
		this.#frames.push(frame);
		this.#locals.push(local);
	}

	/** Runs after what runs now, before the next node. Whoever is not called by the scheduler wakes it afterwards. */
	defer(task: () => void): void {
		this.#tasks.push(task);
	}

	/** Takes a slot for a node of a type; `false`: the node waits for the type and comes again by itself. */
	acquire(frame: Frame, local: number): boolean {
		const { typeIndex } = frame.body.nodes[local]!;
		const type = frame.instance.compiled.types[typeIndex]!;
		if (type.concurrency !== Number.POSITIVE_INFINITY) {
			const state = this.#typeState(type);
			if (state.running >= type.concurrency) {
				state.waiting.push({ frame, local });
				return false;
			}
			state.running++;
		}
		this.#running++;
		return true;
	}

	/** Gives a node's slot back. */
	release(frame: Frame, local: number): void {
		this.#running--;
		this.releaseType(frame, local);
	}

	/** The same for a node that has lent its slot. */
	releaseType(frame: Frame, local: number): void {
		const type = frame.instance.compiled.types[frame.body.nodes[local]!.typeIndex]!;
		if (type.concurrency === Number.POSITIVE_INFINITY) return;
		const state = this.#typeState(type);
		state.running--;
		const next = state.waiting.shift();
		if (next) this.add(next.frame, next.local);
	}

	/** Gives the slot back while a node waits for a person or for its turn at a model. */
	park(): void {
		this.#running--;
		this.wake();
	}

	/** Resolves when the node has its slot again. */
	unpark(): Promise<void> {
		if (this.#running < this.#options.concurrency) {
			this.#running++;
			return Promise.resolve();
		}
		return new Promise(resolve => {
			this.#returning.push(() => {
				this.#running++;
				resolve();
			});
		});
	}

	/** Goes on with what can go on. Safe to call at any time. */
	wake(): void {
		if (this.#isPumping || this.#isScheduled || this.#isClosed) return;
		this.#pump();
	}

	/** Nothing runs any more. */
	close(): void {
		this.#isClosed = true;
		this.#frames = [];
		this.#locals = [];
		this.#head = 0;
		for (const resume of this.#returning.splice(0)) resume();
	}

	#typeState(type: object): { running: number; readonly waiting: { frame: Frame; local: number }[] } {
		let state = this.#types.get(type);
		if (!state) this.#types.set(type, (state = { running: 0, waiting: [] }));
		return state;
	}

	#pump(): void {
		this.#isPumping = true;
		const until = performance.now() + this.#sliceMs;
		while (this.#step()) {
			if (performance.now() <= until) continue;
			this.#isScheduled = true;
			setImmediate(() => {
				this.#isScheduled = false;
				if (!this.#isClosed) this.#pump();
			});
			break;
		}
		this.#isPumping = false;
		if (!this.#isScheduled && !this.#isClosed) this.#options.onIdle();
	}

	#step(): boolean {
		if (this.#isClosed) return false;
		const task = this.#tasks.shift();
		if (task) {
			task();
			return true;
		}
		if (this.#running >= this.#options.concurrency) return false;
		const resume = this.#returning.shift();
		if (resume) {
			resume();
			return true;
		}
		if (this.isHeld || this.#head >= this.#frames.length) return false;
		const frame = this.#frames[this.#head]!;
		const local = this.#locals[this.#head]!;
		this.#head++;
		if (this.#head === this.#frames.length) this.#frames.length = this.#locals.length = this.#head = 0;
		else if (this.#head > 4096) this.#compact();
		if (!frame.isOver) this.#options.perform(frame, local);
		return true;
	}

	#compact(): void {
		this.#frames = this.#frames.slice(this.#head);
		this.#locals = this.#locals.slice(this.#head);
		this.#head = 0;
	}
}
