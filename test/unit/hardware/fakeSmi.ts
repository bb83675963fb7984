import { PassThrough } from 'node:stream';
import { Deferred } from '../../../src/core/base/async';
import type { SpawnRequest } from '../../../src/core/process/supervisor';
import type { ExitStatus, SupervisedProcess } from '../../../src/core/process/supervisedProcess';

/** One start of the tool, whose lines and end a test says. */
export class SmiStart {
	readonly stdout = new PassThrough();
	readonly exit = new Deferred<ExitStatus>();
	readonly request: SpawnRequest;
	isStopped = false;
	/** It waits for a driver, and no signal reaches it. */
	isStuck = false;

	constructor(request: SpawnRequest) {
		this.request = request;
	}

	get paceMs(): number {
		return Number(this.request.args.find(argument => argument.startsWith('-lms='))?.slice(5));
	}

	get fields(): readonly string[] {
		return this.request.args
			.find(argument => argument.startsWith('--query'))!
			.split('=')[1]!
			.split(',');
	}

	say(text: string): void {
		this.stdout.write(text);
	}

	end(code: number, error: Error | null = null): void {
		this.stdout.end();
		this.exit.resolve({ code: error ? null : code, signal: null, error, wasStopped: this.isStopped });
	}
}

/** Stands for the supervisor: keeps what was started. */
export class FakeSupervisor {
	readonly starts: SmiStart[] = [];
	isClosed = false;

	get last(): SmiStart {
		return this.starts.at(-1)!;
	}

	/** Those that run. */
	get running(): readonly SmiStart[] {
		return this.starts.filter(({ isStopped, exit }) => !isStopped && !exit.isSettled);
	}

	spawn(request: SpawnRequest): SupervisedProcess {
		if (this.isClosed) throw new Error('The supervisor is closed');
		const start = new SmiStart(request);
		this.starts.push(start);
		const child = {
			stdout: start.stdout,
			exited: start.exit.promise,
			stderr: { text: () => '' },
			stop: () => {
				start.isStopped = true;
				if (!start.isStuck) start.end(0);
				return Promise.resolve();
			},
		};
		return child as unknown as SupervisedProcess;
	}
}
