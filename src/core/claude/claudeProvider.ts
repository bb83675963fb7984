import { errorText, CancelledError, ExpectedError } from '../base/errors';
import { systemClock, type Clock } from '../base/clock';
import { addUsage, noUsage, type Usage } from '../ledger/events';
import {
	ProviderError,
	type ModelEvent,
	type ModelRequest,
	type Provider,
	type ProviderErrorCode,
	type ProviderHealth,
	type ProviderModel,
} from '../providers/provider';
import { EventQueue } from './eventQueue';
import type { ApiErrorKind, ClaudeMessage, ModelInfo, ResultMessage, UnknownMessage } from './messages';
import { isClaudeMessage } from './messages';
import { oneShotPrompt } from './oneShotPrompt';
import type { ClaudeSession, ClaudeSessionHandlers, StartClaudeSession } from './session';

export interface ClaudeProviderDeps {
	readonly start: StartClaudeSession;
	/** The CLI's version. Rejects with what is wrong when there is none to use. */
	readonly version: () => Promise<string>;
	/** A folder to run in; nothing in it is read. */
	readonly cwd: string;
	/** Models that a conversation was told of, so that listing them starts no process; absent or empty: it is asked. */
	readonly knownModels?: () => readonly KnownModel[];
	readonly clock?: Clock;
}

/** What is shown of a model. */
interface KnownModel {
	readonly value: string;
	readonly label: string;
	readonly description: string;
}

/**
 * The user's own Claude CLI for one answer at a time, without tools: for flows, summaries and routing. Conversations in
 * the chat drive the CLI themselves, with its tools under our gate.
 */
export class ClaudeProvider implements Provider {
	readonly id = 'claude';
	readonly label = 'Claude';
	/** The CLI runs here and the model does not. */
	readonly isLocal = false;
	readonly #deps: ClaudeProviderDeps;
	#models: readonly KnownModel[] | undefined;

	constructor(deps: ClaudeProviderDeps) {
		this.#deps = deps;
	}

	async *stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
		if (request.signal.aborted) throw new CancelledError();
		if (request.tools?.length)
			throw new ProviderError('no-tools', 'Claude answers flows with words alone; its tools are in the chat.');
		const answer = new OneShotAnswer(request.model);
		const { system, content } = oneShotPrompt(request);
		const stop = (): void => answer.queue.fail(new CancelledError());
		request.signal.addEventListener('abort', stop, { once: true });
		let session: ClaudeSession | undefined;
		try {
			session = await this.#start(answer.handlers, {
				...(request.model === 'default' ? {} : { model: request.model }),
				...(request.effort === undefined ? {} : { effort: request.effort }),
				systemPrompt: system,
			});
			this.#models = session.info.models.map(known);
			answer.session = session;
			session.send(content, crypto.randomUUID());
			yield* answer.queue;
		} catch (error) {
			throw request.signal.aborted ? new CancelledError() : toProviderError(error);
		} finally {
			request.signal.removeEventListener('abort', stop);
			await session?.stop();
		}
	}

	async models(signal: AbortSignal): Promise<readonly ProviderModel[]> {
		const told = this.#deps.knownModels?.() ?? [];
		this.#models ??= told.length > 0 ? told : await this.#askModels(signal);
		return this.#models.map(({ value, label, description }) => ({
			id: value,
			label,
			description,
			abilities: { tools: false, images: true, thinking: null, structured: null },
			contextTokens: null,
			sizeBytes: null,
			vramBytes: null,
		}));
	}

	async health(signal: AbortSignal): Promise<ProviderHealth> {
		const clock = this.#deps.clock ?? systemClock;
		const started = clock.monotonic();
		try {
			const version = await this.#deps.version();
			signal.throwIfAborted();
			const latencyMs = Math.round(clock.monotonic() - started);
			return { isUp: true, text: `Claude Code ${version}`, latencyMs, actions: [] };
		} catch (error) {
			const actions = error instanceof ExpectedError ? error.actions : [];
			const look = { title: 'Look Again', command: 'quarterdeck.claude.recheck' };
			return { isUp: false, text: errorText(error), latencyMs: null, actions: [...actions, look] };
		}
	}

	async #askModels(signal: AbortSignal): Promise<readonly KnownModel[]> {
		try {
			const session = await this.#start(new OneShotAnswer('').handlers, {});
			await session.stop();
			if (signal.aborted) throw new CancelledError();
			return session.info.models.map(known);
		} catch (error) {
			throw toProviderError(error);
		}
	}

	#start(handlers: ClaudeSessionHandlers, options: Partial<Parameters<StartClaudeSession>[0]>): Promise<ClaudeSession> {
		const start = { kind: 'new', id: crypto.randomUUID() } as const;
		return this.#deps.start({ cwd: this.#deps.cwd, start, isOneShot: true, ...options }, handlers);
	}
}

function known({ value, displayName, description }: ModelInfo): KnownModel {
	return { value, label: displayName, description };
}

/** Turns what a session says about its one answer into the events of a provider. */
class OneShotAnswer {
	readonly queue = new EventQueue<ModelEvent>();
	session: ClaudeSession | undefined;
	readonly #model: string;
	#hasStarted = false;
	#stopReason: string | null = null;
	#errorKind: ApiErrorKind | undefined;

	constructor(model: string) {
		this.#model = model;
	}

	readonly handlers: ClaudeSessionHandlers = {
		onMessage: message => this.#read(message),
		// There are no tools; should a CLI offer one nevertheless, it may do nothing.
		onPermission: () => Promise.resolve({ behavior: 'deny', message: 'No tools here: answer with words.' }),
		onHook: () => Promise.resolve({ decision: 'deny', reason: 'No tools here: answer with words.' }),
		onExit: ({ failure }) =>
			this.queue.fail(failure ?? new ProviderError('cut-off', 'Claude ended before its answer was complete.')),
	};

	#read(message: ClaudeMessage | UnknownMessage): void {
		if (!isClaudeMessage(message)) return;
		if (message.type === 'assistant' && message.error) this.#errorKind = message.error;
		if (message.type === 'result') this.#end(message);
		if (message.type !== 'stream_event') return;
		const { event } = message;
		if (event.type === 'message_start' && !this.#hasStarted) {
			this.#hasStarted = true;
			this.queue.push({ type: 'start', model: event.message.model });
		}
		if (event.type === 'message_delta') this.#stopReason = event.delta.stop_reason;
		if (event.type !== 'content_block_delta') return;
		const { delta } = event;
		if (delta.type === 'text_delta') this.queue.push({ type: 'text', text: delta.text });
		if (delta.type === 'thinking_delta') this.queue.push({ type: 'thinking', text: delta.thinking });
	}

	#end(result: ResultMessage): void {
		if (result.is_error || this.#errorKind !== undefined) {
			this.queue.fail(resultError(result, this.#errorKind, this.#model));
			return;
		}
		const rows = this.session?.costs.rows() ?? [];
		const usage = rows.reduce<Usage>((sum, row) => addUsage(sum, row.usage), noUsage);
		this.queue.push({
			type: 'end',
			reason: this.#stopReason === 'max_tokens' ? 'length' : this.#stopReason === 'refusal' ? 'filtered' : 'stop',
			usage: rows.length > 0 ? usage : null,
			// The process is new, so what it has cost so far is what this answer cost.
			reportedUsd: result.total_cost_usd,
		});
		this.queue.end();
	}
}

const codes: Readonly<Record<ApiErrorKind, ProviderErrorCode>> = {
	authentication_failed: 'wrong-key',
	oauth_org_not_allowed: 'wrong-key',
	billing_error: 'no-quota',
	rate_limit: 'rate-limited',
	overloaded: 'overloaded',
	invalid_request: 'bad-request',
	model_not_found: 'no-model',
	server_error: 'overloaded',
	max_output_tokens: 'too-long',
	unknown: 'cut-off',
};

function resultError({ result = '' }: ResultMessage, kind: ApiErrorKind | undefined, model: string): ProviderError {
	const code = /prompt is too long/i.test(result) ? 'too-long' : codes[kind ?? 'unknown'];
	const said = result === '' ? 'It did not say why.' : `It says: ${result.slice(0, 300)}`;
	return new ProviderError(code, `Claude (${model}) did not answer. ${said}`);
}

function toProviderError(error: unknown): Error {
	if (error instanceof ProviderError || error instanceof CancelledError) return error;
	if (error instanceof ExpectedError)
		return new ProviderError('offline', error.message, { actions: error.actions, cause: error });
	return error instanceof Error ? error : new Error(errorText(error));
}
