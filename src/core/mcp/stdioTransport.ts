import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { ExitStatus, StopStep, SupervisedProcess } from '../process/supervisedProcess';
import type { ProcessSupervisor, SpawnRequest } from '../process/supervisor';
import { LineReader } from './lineReader';
import { idOfTorn, toMessage } from './message';
import type { ServerLog } from './serverLog';

/** What the protocol asks for: the end of stdin, then a signal; the kill of the whole tree follows by itself. */
export const serverStopSteps: readonly StopStep[] = [
	{ run: process => process.endInput(), waitMs: 700 },
	{ run: process => process.signal('SIGTERM'), waitMs: 800 },
];

export interface StdioTransportOptions {
	readonly supervisor: ProcessSupervisor;
	readonly launch: Omit<SpawnRequest, 'stopSteps' | 'label'>;
	readonly name: string;
	readonly log: ServerLog;
	/** Bytes of one line. */
	readonly messageLength: number;
}

/**
 * Speaks with a server over its stdin and stdout. The process belongs to the supervisor, so its whole tree ends with it.
 * What it writes to stdout and is no message goes to the log: many servers print a greeting, and it does no harm.
 */
export class StdioTransport implements Transport {
	onclose?: () => void;
	onerror?: (error: Error) => void;
	onmessage?: (message: JSONRPCMessage) => void;
	readonly #options: StdioTransportOptions;
	#process: SupervisedProcess | undefined;
	#outgoing: string[] = [];
	#isClosed = false;
	#strayLines = 0;
	/** As agreed with the server; '' before that. */
	protocolVersion = '';

	constructor(options: StdioTransportOptions) {
		this.#options = options;
	}

	get pid(): number | null {
		return this.#process?.pid ?? null;
	}

	/** How the process ended, once it and all it started are gone. */
	get ended(): Promise<ExitStatus> | undefined {
		return this.#process?.ended;
	}

	/** The process itself is gone, or never was there. */
	get hasExited(): boolean {
		return this.#process !== undefined && !this.#process.isAlive;
	}

	start(): Promise<void> {
		const { supervisor, launch, name, log, messageLength } = this.#options;
		const process = supervisor.spawn({ ...launch, label: `mcp ${name}`, stopSteps: serverStopSteps });
		this.#process = process;
		const stdout = new LineReader(messageLength, {
			onLine: text => this.#onLine(text),
			onTooLong: (head, tail, bytes) => this.#onTooLong(head, tail, bytes),
		});
		const stderr = new LineReader(64 * 1024, {
			onLine: text => log.line('stderr', text),
			onTooLong: head => log.line('stderr', `${head}…`),
		});
		process.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
		process.stdout.once('end', () => stdout.end());
		process.stderrStream.on('data', (chunk: Buffer) => stderr.push(chunk));
		process.stderrStream.once('end', () => stderr.end());
		// What it wrote last may still be in the pipe; but a helper of it may hold the pipe open for ever.
		void process.exited.then(() => setTimeout(() => this.#closed(), process.stdout.readableEnded ? 0 : 50));
		process.stdout.once('close', () => {
			if (!process.isAlive) this.#closed();
		});
		return Promise.resolve();
	}

	setProtocolVersion(version: string): void {
		this.protocolVersion = version;
	}

	send(message: JSONRPCMessage): Promise<void> {
		const process = this.#process;
		if (!process?.isAlive || this.#isClosed) return Promise.reject(new Error('Not connected'));
		const text = JSON.stringify(message);
		this.#options.log.message('sent', message, text);
		this.#outgoing.push(text);
		// Messages of one tick leave in one write.
		if (this.#outgoing.length === 1) queueMicrotask(() => this.#flush());
		return Promise.resolve();
	}

	/** Ends the process with everything it started. */
	async close(): Promise<void> {
		this.#flush();
		await this.#process?.stop();
		this.#closed();
	}

	#flush(): void {
		if (this.#outgoing.length === 0) return;
		this.#process?.write(`${this.#outgoing.join('\n')}\n`);
		this.#outgoing = [];
	}

	#closed(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.onclose?.();
	}

	#onLine(text: string): void {
		const message = text.startsWith('{') ? parse(text) : undefined;
		if (message === undefined) {
			this.#stray(text);
			return;
		}
		this.#options.log.message('received', message, text);
		this.onmessage?.(message);
	}

	#stray(text: string): void {
		const { log, name } = this.#options;
		if (this.#strayLines++ === 0)
			log.line('hub', `“${name}” writes to stdout what is no message; it is kept here as log.`, 'warning');
		log.line('stdout', text);
	}

	#onTooLong(head: string, tail: string, bytes: number): void {
		const { log, messageLength } = this.#options;

		const what = `a message of ${megabytes(bytes)} MB; the limit is ${megabytes(messageLength)} MB`;
		log.line('hub', `The server sent ${what}. It was not read.`, 'error');
		const id = idOfTorn(head, tail);
		if (id === undefined) return;
		this.onmessage?.({ jsonrpc: '2.0', id, error: { code: -32_603, message: `The server sent ${what}` } });
	}
}

function parse(text: string): JSONRPCMessage | undefined {
	try {
		return toMessage(JSON.parse(text));
	} catch {
		return undefined; // Not JSON: the caller logs it.
	}
}

function megabytes(bytes: number): string {
	const value = bytes / 1024 / 1024;
	return value.toFixed(value < 1 ? 2 : 0);
}
