/** A promise that is settled from outside. */
export class Deferred<T> {
	readonly promise: Promise<T>;
	resolve!: (value: T) => void;
	reject!: (error: unknown) => void;
	isSettled = false;

	constructor() {
		this.promise = new Promise<T>((resolve, reject) => {
			this.resolve = value => {
				this.isSettled = true;
				resolve(value);
			};
			this.reject = error => {
				this.isSettled = true;
				reject(error);
			};
		});
	}
}

/** Runs tasks one after another, in the order they came; a failing task does not stop the next. */
export class Sequencer {
	#tail: Promise<unknown> = Promise.resolve();

	run<T>(task: () => Promise<T>): Promise<T> {
		const result = this.#tail.then(task, task);
		this.#tail = result.catch(() => undefined);
		return result;
	}
}

/** Lets so many tasks run at once; the others wait in order. */
export class Limiter {
	readonly #limit: number;
	#running = 0;
	readonly #waiting: (() => void)[] = [];

	constructor(limit: number) {
		this.#limit = limit;
	}

	async run<T>(task: () => Promise<T>): Promise<T> {
		if (this.#running >= this.#limit) await new Promise<void>(resolve => this.#waiting.push(resolve));
		else this.#running++;
		try {
			return await task();
		} finally {
			// The place goes straight to the next one, so that nobody who comes later takes it.
			const next = this.#waiting.shift();
			if (next) next();
			else this.#running--;
		}
	}
}

/** Makes a value on first use and keeps it; a failed attempt is forgotten so that the next use tries again. */
export class Lazy<T> {
	readonly #make: () => Promise<T>;
	#value: Promise<T> | undefined;
	readonly #made = new Deferred<T>();

	constructor(make: () => Promise<T>) {
		this.#make = make;
	}

	/** The value's promise if it was ever asked for. */
	get started(): Promise<T> | undefined {
		return this.#value;
	}

	/** Resolves once the value has been made by somebody else's `get`; makes nothing itself. */
	get whenMade(): Promise<T> {
		return this.#made.promise;
	}

	get(): Promise<T> {
		this.#value ??= this.#make().then(
			value => {
				this.#made.resolve(value);
				return value;
			},
			(error: unknown) => {
				this.#value = undefined;
				throw error;
			},
		);
		return this.#value;
	}
}
