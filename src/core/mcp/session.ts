import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { ErrorCode, McpError, UrlElicitationRequiredError } from '@modelcontextprotocol/sdk/types.js';
import type { AnySchema, SchemaOutput } from '@modelcontextprotocol/sdk/server/zod-compat.js';
import { Deferred, Limiter } from '../base/async';
import { CancelledError, errorText } from '../base/errors';
import { Emitter } from '../base/event';
import type { Disposable } from '../base/lifecycle';
import { AuthNeeded } from './auth/authorizedFetch';
import { connect, signIn, type ConnectOptions, type Connection } from './connect';
import type { ListName } from './clientHandlers';
import { ended, notRunning, timedOut, toExpected } from './errors';
import type { McpCallOptions } from './hub';
import { TimeLimit } from './patience';
import { ListReader, type ServerLists } from './listReader';
import type { McpAsker } from './ports';
import { StdioTransport } from './stdioTransport';

/** The SDK's own limit must never be the one that ends a call: ours stands still while a person is asked. */
const sdkTimeoutMs = 2 ** 31 - 1;

export type SessionOptions = Omit<ConnectOptions, 'handlers'>;

export interface ExchangeOptions extends McpCallOptions {
	/** The server runs it as a task of its own, which is asked for its state until it is done. */
	readonly isTask?: boolean;
}

interface RunningCall {
	readonly limit: TimeLimit;
	readonly options: McpCallOptions;
}

export interface SessionInfo {
	readonly title: string;
	readonly version: string;
	readonly protocolVersion: string;
	readonly instructions: string;
	readonly capabilities: readonly string[];
}

/** One connection to one server, from the handshake to its end. */
export class McpSession {
	readonly #options: SessionOptions;
	readonly #limiter: Limiter;
	readonly #calls = new Set<RunningCall>();
	readonly #changedLists = new Emitter<void>();
	readonly #updated = new Emitter<string>();
	readonly #completed = new Emitter<string>();
	readonly #lost = new Emitter<Error>();
	#connection: Connection | undefined;
	#lists: ListReader | undefined;
	#asked = 0;
	#isOpen = false;
	#isClosing = false;
	#isDraining = false;
	/** A sign-in that is under way: other calls that need one wait for it. */
	#signingIn: Promise<void> | undefined;

	/** What the server offers may be another list. */
	readonly onDidChangeLists = this.#changedLists.event;
	readonly onDidUpdateResource = this.#updated.event;
	readonly onDidCompleteElicitation = this.#completed.event;
	/** The connection ended without our doing. */
	readonly onDidLose = this.#lost.event;

	constructor(options: SessionOptions) {
		this.#options = options;
		this.#limiter = new Limiter(options.limits.inFlight);
	}

	get pid(): number | null {
		const transport = this.#connection?.transport;
		return transport instanceof StdioTransport ? transport.pid : null;
	}

	get lists(): ServerLists {
		return this.#lists?.lists ?? { tools: [], resources: [], templates: [], prompts: [] };
	}

	get info(): SessionInfo {
		const client = this.#connection?.client;
		const server = client?.getServerVersion();
		return {
			title: server?.title ?? server?.name ?? '',
			version: server?.version ?? '',
			protocolVersion: this.#connection?.transport.protocolVersion ?? '',
			instructions: client?.getInstructions() ?? '',
			capabilities: namesOf(client?.getServerCapabilities() ?? {}),
		};
	}

	/** Connects and reads what the server offers. Rejects with the reason, and leaves nothing running. */
	async open(): Promise<void> {
		const { ports, log, name } = this.#options;
		const connection = await connect({
			...this.#options,
			handlers: {
				ports,
				log,
				asker: () => this.#asker(),
				whileAsking: ask => this.#whileAsking(ask),
				onListChanged: list => this.#onListChanged(list),
				onResourceUpdated: uri => this.#updated.fire(uri),
				onElicitationComplete: id => this.#completed.fire(id),
			},
		});
		this.#connection = connection;
		Object.assign(connection.client, { onclose: () => this.#onClosed() });
		const capabilities = connection.client.getServerCapabilities() ?? {};
		const reader = new ListReader({
			capabilities,
			clock: ports.clock,
			log,
			// A person who waits for the start may be asked; nobody is when a list changes later.
			request: (method, params, schema) =>
				this.request(method, params, schema, {}, this.#options.mayAsk && !this.#isOpen),
			onChange: () => this.#changedLists.fire(),
		});
		this.#lists = reader;
		try {
			await reader.readAll();
			this.#isOpen = true;
		} catch (error) {
			await this.close();
			throw toExpected(error, name, 'tools/list');
		}
	}

	/** Tells the server that the folders of the workspace changed. */
	async rootsChanged(): Promise<void> {
		await this.#connection?.client.sendRootsListChanged();
	}

	/**
	 * Asks the server. So many at once, each with a time limit that progress renews.
	 * @param mayAsk a person may be asked to sign in, or to open a page, for this call
	 */
	async request<T extends AnySchema>(
		method: string,
		params: Readonly<Record<string, unknown>>,
		schema: T,
		options: ExchangeOptions = {},
		mayAsk = true,
	): Promise<SchemaOutput<T>> {
		for (let attempt = 0; ; attempt++) {
			try {
				return await this.#limiter.run(() => this.#exchange(method, params, schema, options));
			} catch (error) {
				const isMended = mayAsk && attempt < 2 && (await this.#mend(error, options));
				if (!isMended) throw toExpected(error, this.#options.name, method);
			}
		}
	}

	/** Ends the connection once the calls that run have ended. */
	closeWhenIdle(): void {
		this.#isDraining = true;
		if (this.#calls.size === 0) void this.close();
	}

	/** Ends the connection, and the process with everything it started. */
	async close(): Promise<void> {
		this.#isClosing = true;
		this.#lists?.dispose();
		await this.#connection?.transport.close();
		for (const emitter of [this.#changedLists, this.#updated, this.#completed, this.#lost]) emitter.dispose();
	}

	async #exchange<T extends AnySchema>(
		method: string,
		params: Readonly<Record<string, unknown>>,
		schema: T,
		options: ExchangeOptions,
	): Promise<SchemaOutput<T>> {
		const { name, limits, ports } = this.#options;
		const client = this.#connection?.client;
		if (client?.transport === undefined) throw notRunning(name);
		if (options.signal?.aborted === true) throw new CancelledError();
		const abort = new AbortController();
		let failure: Error | undefined;
		const fail = (error: Error, reason: string): void => {
			failure ??= error;
			abort.abort(reason);
		};
		const onAbort = (): void => fail(new CancelledError(), 'The call was stopped');
		const onEnd = (): void => fail(timedOut(name, method, limits.callMs), 'The call took too long');
		const limit = new TimeLimit(ports.clock, limits.callMs, this.#asked > 0, onEnd);
		const call: RunningCall = { limit, options };
		this.#calls.add(call);
		options.signal?.addEventListener('abort', onAbort, { once: true });
		try {
			const told = (text: string): void => {
				limit.reset();
				options.onProgress?.(text);
			};
			const request = { method, params: { ...params } };
			const requestOptions: RequestOptions = {
				signal: abort.signal,
				timeout: sdkTimeoutMs,
				onprogress: ({ progress, total, message }) => told(progressText(progress, total, message)),
			};
			if (options.isTask === true) return await runAsTask(client, request, schema, requestOptions, told);
			return await client.request(request, schema, requestOptions);
		} catch (error) {
			throw failure ?? error;
		} finally {
			limit.dispose();
			this.#calls.delete(call);
			if (this.#isDraining) this.closeWhenIdle();
			options.signal?.removeEventListener('abort', onAbort);
		}
	}

	/** Gets what a call lacked from the person; `false` when that is not what was wrong. */
	async #mend(error: unknown, { signal = new AbortController().signal }: McpCallOptions): Promise<boolean> {
		if (error instanceof UrlElicitationRequiredError) return this.#openPages(error, signal);
		const { config } = this.#options;
		const person = this.#connection?.person;
		if (!(error instanceof AuthNeeded) || !person || config.type === 'stdio') return false;
		const handlers = { asker: () => this.#asker() };
		// One sign-in for all calls that need it.
		this.#signingIn ??= this.#whileAsking(() =>
			signIn({ ...this.#options, handlers, signal }, new URL(config.url), person, error),
		).finally(() => (this.#signingIn = undefined));
		await this.#signingIn;
		return true;
	}

	/** The server wants pages to be seen to first: each is offered, and the call waits until the server says it is done. */
	async #openPages(error: UrlElicitationRequiredError, signal: AbortSignal): Promise<boolean> {
		const { elicit } = this.#options.ports;
		if (!elicit) return false;
		for (const page of error.elicitations) {
			const completion = this.#completionOf(page.elicitationId, signal);
			try {
				const answer = await this.#whileAsking(() => elicit(this.#asker(), page, signal));
				if (answer.action !== 'accept') return false;
				await this.#whileAsking(() => completion.promise);
				if (signal.aborted) throw new CancelledError();
			} finally {
				completion.dispose();
			}
		}
		return true;
	}

	/** Resolves when the server says that a page did its work; not all do, and so after a while in any case. */
	#completionOf(elicitationId: string, signal: AbortSignal): Disposable & { readonly promise: Promise<void> } {
		const done = new Deferred<void>();
		const finish = (): void => done.resolve();
		const { clock } = this.#options.ports;
		const timer = clock.after(this.#options.limits.pageMs, finish);
		const listening = this.#completed.event(id => {
			if (id === elicitationId) finish();
		});
		signal.addEventListener('abort', finish, { once: true });
		return {
			promise: done.promise,
			dispose: () => {
				timer.dispose();
				listening.dispose();
				signal.removeEventListener('abort', finish);
			},
		};
	}

	async #whileAsking<T>(ask: () => Promise<T>): Promise<T> {
		if (this.#asked++ === 0) for (const { limit } of this.#calls) limit.pause();
		try {
			return await ask();
		} finally {
			if (--this.#asked === 0) for (const { limit } of this.#calls) limit.resume();
		}
	}

	/** With several calls running nobody can say which one a question belongs to. */
	#asker(): McpAsker {
		const { serverId, name } = this.#options;
		const [only, ...others] = [...this.#calls].filter(({ options }) => options.conversation !== undefined);
		const options = others.length === 0 ? only?.options : undefined;
		return {
			serverId,
			server: name,
			conversation: options?.conversation ?? null,
			execution: options?.execution ?? null,
		};
	}

	#onListChanged(list: ListName): void {
		this.#lists?.reread(list).catch((error: unknown) => {
			if (!this.#isClosing) this.#options.log.line('hub', `Reading ${list} again failed: ${errorText(error)}`, 'error');
		});
	}

	#onClosed(): void {
		if (this.#isClosing) return;
		const { transport } = this.#connection ?? {};
		const status = transport instanceof StdioTransport ? transport.ended : undefined;
		void Promise.resolve(status).then(how => this.#lost.fire(ended(this.#options.name, how, false)));
	}
}

async function runAsTask<T extends AnySchema>(
	client: Client,
	request: { readonly method: string; readonly params: Record<string, unknown> },
	schema: T,
	options: RequestOptions,
	told: (text: string) => void,
): Promise<SchemaOutput<T>> {
	let taskId: string | undefined;
	const cancel = (): void => {
		if (taskId !== undefined) void client.experimental.tasks.cancelTask(taskId).catch(() => undefined); // It may be done.
	};
	options.signal?.addEventListener('abort', cancel, { once: true });
	const stream = client.experimental.tasks.requestStream<AnySchema>(request, schema, {
		...options,
		task: {},
	});
	for await (const message of stream) {
		if (message.type === 'result') return message.result as SchemaOutput<T>;
		if (message.type === 'error') throw message.error;
		taskId = message.task.taskId;
		told(message.task.statusMessage ?? message.task.status);
	}
	throw new McpError(ErrorCode.InternalError, 'The task ended without a result');
}

function progressText(progress: number, total: number | undefined, message: string | undefined): string {
	const count = total === undefined ? String(progress) : `${progress}/${total}`;
	return message === undefined || message === '' ? count : `${count} ${message}`;
}

/** `tools`, `resources`, `resources.subscribe`, … */
function namesOf(capabilities: Readonly<Record<string, unknown>>): readonly string[] {
	return Object.entries(capabilities).flatMap(([name, value]) => [
		name,
		...(typeof value === 'object' && value !== null
			? Object.entries(value).flatMap(([part, has]) => (has === true ? [`${name}.${part}`] : []))
			: []),
	]);
}
