import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten-core';
import { failureOf, type ThrownError } from './failure';
import { determinismSource, doorsSource, preludeFile, preludeSource } from './prelude';
import type { Determinism, SandboxFailure } from './protocol';

/** Of the engine's own stack: deep enough for honest recursion, far from the end of the thread's. */
const stackBytes = 256 * 1024;
/** Jobs of promises between two looks at the clock. */
const jobsAtOnce = 500;

/** Why a program cannot go on. Nothing of it runs after this. */
export class ProgramEnded extends Error {
	readonly failure: SandboxFailure;

	constructor(failure: SandboxFailure) {
		super(failure.message);
		this.failure = failure;
	}
}

/** The functions of the prelude that the host calls. */
type Entry = 'body' | 'describe' | 'node' | 'settle' | 'fire' | 'equip' | 'adapt';

/** One runtime with one context, for one program. */
export class Guest {
	readonly #runtime: QuickJSRuntime;
	readonly #context: QuickJSContext;
	/** Freed before the context, the last first. */
	readonly #held: QuickJSHandle[] = [];
	readonly #prelude: QuickJSHandle;
	#doors: QuickJSHandle | undefined;
	#place = { file: '', lineOffset: 0 };

	/** Ready to take a program; this part costs most and is done ahead. */
	constructor(engine: QuickJSWASMModule) {
		this.#runtime = engine.newRuntime({ maxStackSizeBytes: stackBytes });
		this.#context = this.#runtime.newContext();
		this.#prelude = this.#value(this.#context.evalCode(preludeSource, preludeFile));
	}

	/**
	 * Opens the one door between the program and the host: text in both directions.
	 * @param isEnded asked again and again while the program computes; `true` ends it
	 */
	open(
		granted: readonly string[],
		memoryBytes: number,
		post: (kind: string, text: string) => void,
		isEnded: () => boolean,
	) {
		const context = this.#context;
		this.#runtime.setMemoryLimit(memoryBytes);
		this.#runtime.setInterruptHandler(isEnded);
		const door = this.#hold(
			context.newFunction('post', (kind, text) => {
				post(context.getString(kind), context.getString(text));
			}),
		);
		this.#doors = this.#value(context.callFunction(this.#prelude, context.undefined, door));
		if (granted.length > 0) this.call('equip', this.#evaluated(`${doorsSource}(${JSON.stringify(granted)})`));
	}

	/** Gives the program a clock that stands still, and chance that repeats itself. */
	determine({ now, seed }: Determinism): void {
		this.call('adapt', this.#evaluated(`${determinismSource}(${now}, ${seed})`));
	}

	#evaluated(source: string): QuickJSHandle {
		return this.#value(this.#context.evalCode(source, preludeFile));
	}

	/** Reads the user's source as a script or as a module and gives its value. */
	load(source: string, file: string, lineOffset: number, type: 'global' | 'module'): QuickJSHandle {
		this.#place = { file, lineOffset };
		const result = this.#context.evalCode(source, file, { type });
		if (!result.error) return this.#hold(result.value);
		const failure = this.#failureOf(result.error);
		throw new ProgramEnded(failure.name === 'SyntaxError' ? { ...failure, code: 'script-syntax' } : failure);
	}

	/** Calls a function of the prelude. */
	call(entry: Entry, ...values: readonly (QuickJSHandle | string | number | boolean)[]): QuickJSHandle {
		const context = this.#context;
		if (!this.#doors) throw new Error('The program has no door yet');
		const entryHandle = this.#hold(context.getProp(this.#doors, entry));
		const handles = values.map(value => this.#handle(value));
		return this.#value(context.callFunction(entryHandle, context.undefined, ...handles));
	}

	/** Runs what promises have made ready, until nothing is ready. */
	drain(check: () => void): void {
		for (;;) {
			const result = this.#runtime.executePendingJobs(jobsAtOnce);
			const error = result.error && this.#failureOf(result.error);
			check();
			// A job's own error goes to its promise: this is the engine giving up on one, for want of memory.
			if (error) throw new ProgramEnded(error);
			if (!result.error && result.value === 0) return;
		}
	}

	/** The text that a promise of the prelude was fulfilled with; `undefined` while it waits. */
	textOf(promise: QuickJSHandle): string | undefined {
		const state = this.#context.getPromiseState(promise);
		if (state.type === 'pending') return undefined;
		if (state.type === 'rejected') throw new ProgramEnded(this.#failureOf(state.error));
		const text = this.#context.getString(state.value);
		state.value.dispose();
		return text;
	}

	/** An error that the prelude described. */
	described(error: ThrownError): SandboxFailure {
		return failureOf(error, this.#place.file, this.#place.lineOffset);
	}

	dispose(): void {
		for (const handle of this.#held.toReversed()) if (handle.alive) handle.dispose();
		this.#context.dispose();
		this.#runtime.dispose();
	}

	#handle(value: QuickJSHandle | string | number | boolean): QuickJSHandle {
		if (typeof value === 'string') return this.#hold(this.#context.newString(value));
		if (typeof value === 'number') return this.#hold(this.#context.newNumber(value));
		if (typeof value === 'boolean') return value ? this.#context.true : this.#context.false;
		return value;
	}

	#value(result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
		if (result.error) throw new ProgramEnded(this.#failureOf(result.error));
		return this.#hold(result.value);
	}

	#hold(handle: QuickJSHandle): QuickJSHandle {
		this.#held.push(handle);
		return handle;
	}

	/** Reads an error without running any of the program's code, and frees it. */
	#failureOf(error: QuickJSHandle): SandboxFailure {
		const dumped: unknown = this.#context.dump(error);
		if (error.alive) error.dispose();
		if (typeof dumped !== 'object' || dumped === null) return this.described({ message: String(dumped) });
		const text = (key: string): Readonly<Record<string, string>> => {
			const value = (dumped as Record<string, unknown>)[key];
			return typeof value === 'string' && value !== '' ? { [key]: value } : {};
		};
		return this.described({ ...text('name'), ...text('message'), ...text('stack') });
	}
}
