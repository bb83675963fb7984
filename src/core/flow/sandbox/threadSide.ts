import baseVariant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';
import { Lazy } from '../../base/async';
import { errorText } from '../../base/errors';
import type { Disposable } from '../../base/lifecycle';
import { serve, type Port, type Server } from '../../rpc/rpc';
import { Guest, ProgramEnded } from './guest';
import { ProgramRun } from './program';
import type { RunOutcome, RunRequest, SandboxContract } from './protocol';

/** The engine's memory only grows; a thread whose memory has grown over this is replaced. */
const spentBytes = 192 * 1024 * 1024;
/** A thread is replaced after so many programs, should anything of them stay. */
const spentRuns = 5_000;

/** @param wasm the engine's bytes */
async function loadEngine(wasm: Uint8Array): Promise<QuickJSWASMModule> {
	const wasmBinary = new Uint8Array(wasm).buffer;
	// An engine that gives up also throws what it would print, and the host's log is no place for a script's bombs.
	const emscriptenModule = { wasmBinary, printErr: () => undefined };
	return newQuickJSWASMModuleFromVariant(newVariant(baseVariant, { wasmBinary, emscriptenModule }));
}

/** Serves `SandboxContract` on `port`. */
export function serveSandbox(readWasm: () => Promise<Uint8Array>, port: Port): Disposable {
	return new SandboxThread(readWasm, port);
}

/** One program at a time, each in a context that no other ever sees. */
class SandboxThread implements Disposable {
	readonly #engine: Lazy<QuickJSWASMModule>;
	readonly #server: Server<SandboxContract>;
	/** Made ahead, while nobody waits. */
	#next: Guest | undefined;
	#running: ProgramRun | undefined;
	#runs = 0;

	constructor(readWasm: () => Promise<Uint8Array>, port: Port) {
		this.#engine = new Lazy(async () => loadEngine(await readWasm()));
		this.#server = serve<SandboxContract>(port, {
			run: request => this.#run(request),
			stop: () => this.#running?.wake(),
			answer: ({ id, isOk, json }) => this.#running?.answer(id, isOk, json),
		});
		void this.#engine.get().then(
			engine => {
				this.#next = new Guest(engine);
			},
			// The first program will be told.
			() => undefined,
		);
	}

	dispose(): void {
		this.#server.dispose();
	}

	async #run(request: RunRequest): Promise<RunOutcome> {
		const engine = await this.#engine.get();
		const guest = this.#next ?? new Guest(engine);
		this.#next = undefined;
		const door = {
			log: (text: string) => this.#server.emit('logged', { text }),
			ask: (id: number, name: string, json: string) => this.#server.emit('asked', { id, name, json }),
		};
		const running = (this.#running = new ProgramRun(guest, request, door));
		let outcome: RunOutcome;
		try {
			const json = await running.run();
			outcome = { isOk: true, isSpent: this.#isSpent(engine), ...(json === undefined ? {} : { json }) };
		} catch (error) {
			outcome = failed(error, this.#isSpent(engine));
		}
		this.#running = undefined;
		return this.#cleared(guest, engine, outcome);
	}

	/** Frees the program, and makes the next context ready while the answer is on its way. */
	#cleared(guest: Guest, engine: QuickJSWASMModule, outcome: RunOutcome): RunOutcome {
		try {
			guest.dispose();
			if (!outcome.isSpent) setImmediate(() => (this.#next ??= new Guest(engine)));
			return outcome;
		} catch {
			// An engine that cannot free a program is broken; the answer that it gave before is not.
			return { ...outcome, isSpent: true };
		}
	}

	#isSpent(engine: QuickJSWASMModule): boolean {
		this.#runs += 1;
		return this.#runs > spentRuns || engine.getWasmMemory().buffer.byteLength > spentBytes;
	}
}

function failed(error: unknown, isSpent: boolean): RunOutcome {
	if (error instanceof ProgramEnded) {
		const isExhausted = error.failure.code === 'script-memory';
		const message = isExhausted ? 'The script needs more memory than it may have.' : error.failure.message;
		return { isOk: false, isSpent, failure: { ...error.failure, message } };
	}
	// The engine itself gave up: its memory or its stack is at the end in a place where it cannot say so.
	const message = `The script was too much for its engine: ${errorText(error)}.`;
	return { isOk: false, isSpent: true, failure: { code: 'script-memory', message } };
}
