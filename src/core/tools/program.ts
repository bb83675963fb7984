import { CancelledError } from '../base/errors';
import { cleanEnvironment, type Environment } from '../process/environment';
import { OutputTail } from '../process/outputTail';
import type { SupervisedProcess } from '../process/supervisedProcess';
import type { Spawn } from './ports';

/** Variables through which a repository or a shell profile could run something of its own in every child. */
const injecting =
	/^(?:BASH_ENV|ENV|PROMPT_COMMAND|LD_PRELOAD|DYLD_INSERT_LIBRARIES|GIT_EXTERNAL_DIFF|GIT_PAGER|PAGER)$/u;

export interface ProgramRequest {
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly environment: Environment;
	readonly added?: Environment;
	readonly label: string;
	readonly signal: AbortSignal;
	/** Called for each piece of output, before it is counted. */
	readonly onOutput?: (chunk: Buffer, process: SupervisedProcess) => void;
	/** Wait until everything that it started is gone, too. */
	readonly isWholeTree?: boolean;
	readonly output?: OutputTail;
}

export interface ProgramResult {
	/** `null` when it was ended by a signal. */
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** It could not be started. */
	readonly error: Error | null;
	readonly output: OutputTail;
	readonly stderr: string;
}

/** Runs a program to its end without a shell and without input. Stopped with its whole tree when the signal aborts. */
export async function runProgram(spawn: Spawn, request: ProgramRequest): Promise<ProgramResult> {
	const { signal } = request;
	if (signal.aborted) throw new CancelledError();
	const child = spawn({
		command: request.command,
		args: request.args,
		cwd: request.cwd,
		environment: cleanEnvironment(request.environment, request.added, name => injecting.test(name)),
		label: request.label,
		stopSteps: [{ run: process => process.signal('SIGTERM'), waitMs: 400 }],
	});
	const output = request.output ?? new OutputTail(64 * 1024, 448 * 1024);
	const stop = (): void => void child.stop();
	signal.addEventListener('abort', stop, { once: true });
	child.stdout.on('data', (chunk: Buffer) => {
		request.onOutput?.(chunk, child);
		output.push(chunk);
	});
	const drained = new Promise<void>(resolve => child.stdout.once('close', resolve));
	child.endInput();
	try {
		const status = await child.exited;
		// What it left behind may hold the pipe open; nobody waits for that.
		if (request.isWholeTree === true || signal.aborted) await child.ended;
		if (status.error === null) await Promise.race([drained, soon()]);
		return { code: status.code, signal: status.signal, error: status.error, output, stderr: child.stderr.text() };
	} finally {
		signal.removeEventListener('abort', stop);
	}
}

const drainMs = 500;

function soon(): Promise<void> {
	return new Promise(resolve => {
		setTimeout(resolve, drainMs).unref();
	});
}
