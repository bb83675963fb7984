import type { QuickJSHandle } from 'quickjs-emscripten-core';
import { Deferred } from '../../base/async';
import type { ThrownError } from './failure';
import { ProgramEnded, type Guest } from './guest';
import { scriptFile } from './prelude';
import { concurrentCalls, concurrentTimers, type Program, type RunRequest, type SandboxFailure } from './protocol';
import { RunClock } from './runClock';

/** What a program reaches outside, as the thread's messages carry it. */
export interface ProgramDoor {
	log(text: string): void;
	/** Asks the host; the answer comes by `answer` with the same id. */
	ask(id: number, name: string, json: string): void;
}

interface Call {
	readonly id: number;
	readonly name: string;
	readonly json: string;
}

/** One program on its way through a guest: its limits, what it waits for, and how it ends. */
export class ProgramRun {
	readonly #guest: Guest;
	readonly #request: RunRequest;
	readonly #door: ProgramDoor;
	readonly #clock: RunClock;
	readonly #queued: Call[] = [];
	readonly #asked = new Set<number>();
	readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
	readonly #deliveries: (() => void)[] = [];
	#wake = new Deferred<void>();
	#calls = 0;
	#askedCharacters = 0;
	#logged = { lines: 0, characters: 0 };
	#end: SandboxFailure | undefined;

	constructor(guest: Guest, request: RunRequest, door: ProgramDoor) {
		this.#guest = guest;
		this.#request = request;
		this.#door = door;
		this.#clock = new RunClock(request.shared, request.startedAt);
	}

	/** JSON of the result; `undefined` for a result that is. Rejects with `ProgramEnded`. */
	async run(): Promise<string | undefined> {
		const { limits, startedAt } = this.#request;
		const left = Math.max(1, startedAt + limits.totalMs - Date.now());
		const deadline = setTimeout(() => {
			this.#finish({ code: 'script-timeout', message: `The script took longer than ${seconds(limits.totalMs)}.` });
			this.wake();
		}, left);
		try {
			return this.#result(await this.#settle(this.#compute(() => this.#start())));
		} finally {
			clearTimeout(deadline);
			for (const timer of this.#timers.values()) clearTimeout(timer);
		}
	}

	/** The host's answer. One that nobody waits for any more is dropped. */
	answer(id: number, isOk: boolean, json: string): void {
		if (!this.#asked.delete(id)) return;
		this.#deliver(() => this.#guest.call('settle', id, isOk, json));
		this.#askNext();
	}

	wake(): void {
		this.#wake.resolve();
	}

	#start(): QuickJSHandle {
		const { capabilities, limits, determinism, program } = this.#request;
		const isEnded = (): boolean => this.#isEnded();
		this.#guest.open(capabilities, limits.memoryBytes, (kind, text) => this.#receive(kind, text), isEnded);
		if (determinism) this.#guest.determine(determinism);
		return this.#begin(program);
	}

	#begin(program: Program): QuickJSHandle {
		if (program.kind === 'body') {
			const names = Object.keys(program.values).filter(isName);
			const values = [...names.map(name => program.values[name] ?? null), program.values];
			const source = `(async function (${[...names, 'values'].join(', ')}) {\n${program.source}\n})`;
			return this.#guest.call('body', this.#guest.load(source, scriptFile, 1, 'global'), JSON.stringify(values));
		}
		const module = this.#guest.load(program.source, program.file, 0, 'module');
		if (program.kind === 'describe') return this.#guest.call('describe', module);
		return this.#guest.call('node', module, JSON.stringify([program.inputs, program.params, program.context]));
	}

	async #settle(promise: QuickJSHandle): Promise<string> {
		for (;;) {
			const text = this.#compute(() => {
				for (const deliver of this.#deliveries.splice(0)) deliver();
				this.#guest.drain(() => this.#check());
				return this.#guest.textOf(promise);
			});
			if (text !== undefined) return text;
			if (this.#asked.size === 0 && this.#queued.length === 0 && this.#timers.size === 0) {
				throw new ProgramEnded({
					code: 'script-stuck',
					message: 'The script waits for a promise that nothing will settle.',
				});
			}
			await this.#wake.promise;
			this.#wake = new Deferred();
			this.#check();
		}
	}

	/** What the prelude wrote: a letter for the kind, then JSON. */
	#result(text: string): string | undefined {
		const json = text.slice(1);
		if (text === 'u') return undefined;
		if (text.startsWith('v')) {
			const { outputCharacters } = this.#request.limits;
			if (json.length <= outputCharacters) return json;
			throw new ProgramEnded({
				code: 'script-output',
				message: `The script's result has ${json.length} characters; up to ${outputCharacters} are passed on.`,
			});
		}
		if (text.startsWith('s')) {
			throw new ProgramEnded({
				code: 'script-output',
				message: `The script's result cannot be passed on: ${String(JSON.parse(json))}.`,
			});
		}
		throw new ProgramEnded(this.#guest.described(JSON.parse(json) as ThrownError));
	}

	/** Runs a part of the program with the clock running. What ended it is told, not what came of its end. */
	#compute<T>(work: () => T): T {
		this.#clock.begin();
		try {
			const result = work();
			this.#check();
			return result;
		} catch (error) {
			this.#check();
			throw error;
		} finally {
			this.#clock.end();
		}
	}

	#isEnded(): boolean {
		const { computeMs } = this.#request.limits;
		if (this.#clock.isStopped) this.#finish({ code: 'stopped', message: 'The script was stopped.' });
		else if (this.#clock.computedMs > computeMs) {
			this.#finish({ code: 'script-timeout', message: `The script computed for longer than ${seconds(computeMs)}.` });
		}
		return this.#end !== undefined;
	}

	#check(): void {
		if (this.#isEnded() && this.#end) throw new ProgramEnded(this.#end);
	}

	#finish(failure: SandboxFailure): void {
		this.#end ??= failure;
	}

	#receive(kind: string, text: string): void {
		if (this.#end) return;
		if (kind === 'log') return this.#log(text);
		const value: unknown = JSON.parse(text);
		if (kind === 'ask' && Array.isArray(value)) this.#ask(Number(value[0]), String(value[1]), JSON.stringify(value[2]));
		else if (kind === 'timer' && Array.isArray(value)) this.#startTimer(Number(value[0]), Number(value[1]));
		else if (kind === 'clear') this.#clearTimer(Number(value));
	}

	#log(text: string): void {
		const { logLines, logCharacters } = this.#request.limits;
		if (this.#logged.lines > logLines) return;
		const { lines, characters } = this.#logged;
		this.#logged = { lines: lines + 1, characters: characters + text.length };
		if (lines < logLines && this.#logged.characters <= logCharacters) return this.#door.log(text);
		this.#logged.lines = logLines + 1;
		this.#door.log('… what it logs after this is left out.');
	}

	#ask(id: number, name: string, json: string): void {
		const { calls, outputCharacters } = this.#request.limits;
		this.#calls += 1;
		this.#askedCharacters += json.length;
		if (this.#askedCharacters > outputCharacters) {
			const message = `The script's requests have more than ${outputCharacters} characters together.`;
			return this.#finish({ code: 'script-calls', message });
		}
		if (this.#calls > calls) {
			return this.#finish({ code: 'script-calls', message: `The script asked for more than ${calls} things.` });
		}
		this.#queued.push({ id, name, json });
		this.#askNext();
	}

	#askNext(): void {
		while (this.#asked.size < concurrentCalls) {
			const call = this.#queued.shift();
			if (!call) return;
			this.#asked.add(call.id);
			this.#door.ask(call.id, call.name, call.json);
		}
	}

	#startTimer(id: number, ms: number): void {
		if (this.#timers.size >= concurrentTimers) {
			return this.#finish({
				code: 'script-calls',
				message: `The script waits for more than ${concurrentTimers} timers at once.`,
			});
		}
		const wait = Math.min(Math.max(0, ms), this.#request.limits.totalMs);
		const fire = (): void => {
			this.#timers.delete(id);
			this.#deliver(() => this.#guest.call('fire', id));
		};
		this.#timers.set(id, setTimeout(fire, wait));
	}

	#clearTimer(id: number): void {
		clearTimeout(this.#timers.get(id));
		this.#timers.delete(id);
	}

	#deliver(delivery: () => void): void {
		this.#deliveries.push(delivery);
		this.wake();
	}
}

const reserved = new Set(
	(
		'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
		'false finally for function if implements import in instanceof interface let new null package private protected ' +
		'public return static super switch this throw true try typeof values var void while with yield'
	).split(' '),
);

/** Other names are reached as `values["…"]`. */
function isName(name: string): boolean {
	return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && !reserved.has(name);
}

function seconds(ms: number): string {
	return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
