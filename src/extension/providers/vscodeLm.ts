import type * as vscode from 'vscode';
import { systemClock, type Clock } from '../../core/base/clock';
import { CancelledError, errorText } from '../../core/base/errors';
import { noUsage, type Usage } from '../../core/ledger/events';
import { openPage } from '../../core/providers/actions';
import {
	ProviderError,
	type ImagePart,
	type ModelEvent,
	type ModelMessage,
	type ModelRequest,
	type Provider,
	type ProviderErrorCode,
	type ProviderHealth,
	type ProviderModel,
	type TextPart,
} from '../../core/providers/provider';
import { CallIds } from '../../core/providers/toolCall';

/** What is used of VS Code, so that a test can stand in for it. */
export type LanguageModelApi = Pick<
	typeof vscode,
	| 'LanguageModelChatMessage'
	| 'LanguageModelTextPart'
	| 'LanguageModelToolCallPart'
	| 'LanguageModelToolResultPart'
	| 'CancellationTokenSource'
> & { readonly lm: Pick<typeof vscode.lm, 'selectChatModels'> };

/** Newer editors take pictures; the oldest that we run in does not have this class. */
interface DataParts {
	readonly LanguageModelDataPart?: { image(data: Uint8Array, mediaType: string): vscode.LanguageModelTextPart };
}

const setUp = openPage('Set Up Copilot', 'https://code.visualstudio.com/docs/copilot/setup');

/** VS Code's own language models: Copilot's and those that other extensions bring. Models are named `vendor/id`. */
export class VsCodeProvider implements Provider {
	readonly id = 'vscode';
	readonly label = 'VS Code models';
	readonly isLocal = false;
	readonly #api: LanguageModelApi & DataParts;
	readonly #clock: Clock;

	constructor(api: LanguageModelApi, clock: Clock = systemClock) {
		this.#api = api;
		this.#clock = clock;
	}

	async *stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
		if (request.signal.aborted) throw new CancelledError();
		const cancellation = new this.#api.CancellationTokenSource();
		const cancel = (): void => cancellation.cancel();
		request.signal.addEventListener('abort', cancel, { once: true });
		try {
			const model = await this.#find(request.model);
			const messages = this.#messages(request);
			const options = optionsOf(request);
			const response = await abortable(model.sendRequest(messages, options, cancellation.token), request.signal);
			yield { type: 'start', model: model.family || model.id };
			yield* this.#answer(response, request, model);
		} catch (error) {
			throw request.signal.aborted ? new CancelledError() : toProviderError(error, request.model);
		} finally {
			request.signal.removeEventListener('abort', cancel);
			// Whoever stops reading wants nothing more of the answer.
			cancellation.cancel();
			cancellation.dispose();
		}
	}

	async models(signal: AbortSignal): Promise<readonly ProviderModel[]> {
		const models = await abortable(this.#api.lm.selectChatModels({}), signal);
		return models.map(({ vendor, id, name, family, version, maxInputTokens }) => ({
			id: `${vendor}/${id}`,
			label: name || id,
			description: [vendor, family, version].filter(Boolean).join(', '),
			abilities: {
				tools: null,
				images: this.#api.LanguageModelDataPart ? null : false,
				thinking: null,
				structured: false,
			},
			contextTokens: maxInputTokens > 0 ? maxInputTokens : null,
			sizeBytes: null,
			vramBytes: null,
		}));
	}

	async health(signal: AbortSignal): Promise<ProviderHealth> {
		const started = this.#clock.monotonic();
		try {
			const models = await this.models(signal);
			if (models.length === 0)
				return {
					isUp: false,
					text: 'No extension offers language models here. Sign in to GitHub Copilot, or install one that brings some.',
					latencyMs: null,
					actions: [setUp],
				};
			const latencyMs = Math.round(this.#clock.monotonic() - started);
			const text = `VS Code, ${models.length === 1 ? '1 model' : `${models.length} models`}`;
			return { isUp: true, text, latencyMs, actions: [] };
		} catch (error) {
			return { isUp: false, text: errorText(error), latencyMs: null, actions: [setUp] };
		}
	}

	async #find(name: string): Promise<vscode.LanguageModelChat> {
		const at = name.indexOf('/');
		const selector = at < 0 ? { id: name } : { vendor: name.slice(0, at), id: name.slice(at + 1) };
		const [model] = await this.#api.lm.selectChatModels(selector);
		if (model) return model;
		throw new ProviderError('no-model', `VS Code offers no model '${name}' now. Is its extension signed in?`);
	}

	async *#answer(
		response: vscode.LanguageModelChatResponse,
		request: ModelRequest,
		model: vscode.LanguageModelChat,
	): AsyncGenerator<ModelEvent> {
		const ids = new CallIds(request.messages);
		let written = '';
		let hasCalls = false;
		for await (const part of untilAborted(response.stream, request.signal)) {
			if (part instanceof this.#api.LanguageModelTextPart) {
				written += part.value;
				yield { type: 'text', text: part.value };
			} else if (part instanceof this.#api.LanguageModelToolCallPart) {
				hasCalls = true;
				const id = ids.take(part.callId);
				const rawInput = JSON.stringify(part.input ?? {});
				written += rawInput;
				yield { type: 'callStarted', id, name: part.name };
				yield { type: 'call', call: { id, name: part.name, input: objectOf(part.input), rawInput } };
			}
			// Other parts are of newer editors, and nothing that an answer lacks without them.
		}
		const usage = await this.#count(model, request, written);
		yield { type: 'end', reason: hasCalls ? 'calls' : 'stop', usage, reportedUsd: null };
	}

	/** The editor reports no usage, but counts with the model's own tokenizer. */
	async #count(model: vscode.LanguageModelChat, request: ModelRequest, written: string): Promise<Usage | null> {
		try {
			const [input, output] = await Promise.all([
				model.countTokens(request.messages.map(plainText).join('\n')),
				model.countTokens(written),
			]);
			return { ...noUsage, input, output };
		} catch {
			// A model whose tokenizer is not there has an unknown usage, not none.
			return null;
		}
	}

	#messages({ messages, format }: ModelRequest): vscode.LanguageModelChatMessage[] {
		const { LanguageModelChatMessage: Message } = this.#api;
		const result: vscode.LanguageModelChatMessage[] = [];
		for (const message of messages) {
			// There is no role for instructions: they are the user's first words, as the editor's own participants do it.
			if (message.role === 'system') result.push(Message.User(message.text));
			else if (message.role === 'assistant') result.push(...this.#assistant(message));
			else if (message.role === 'user') result.push(Message.User(this.#parts(message.parts)));
			else {
				const content = this.#parts(message.parts);
				result.push(Message.User([new this.#api.LanguageModelToolResultPart(message.callId, content)]));
			}
		}
		if (format) result.push(Message.User(jsonWords(format.schema)));
		return result;
	}

	#assistant(message: Extract<ModelMessage, { role: 'assistant' }>): vscode.LanguageModelChatMessage[] {
		const { LanguageModelTextPart: Text, LanguageModelToolCallPart: Call } = this.#api;
		const calls = message.toolCalls.map(({ id, name, input }) => new Call(id, name, input ?? {}));
		const parts = message.text === '' ? calls : [new Text(message.text), ...calls];
		return parts.length === 0 ? [] : [this.#api.LanguageModelChatMessage.Assistant(parts)];
	}

	#parts(parts: readonly (TextPart | ImagePart)[]): vscode.LanguageModelTextPart[] {
		const { LanguageModelDataPart: Data, LanguageModelTextPart: Text } = this.#api;
		return parts.map(part => {
			if (part.type === 'text') return new Text(part.text);
			if (Data) return Data.image(Buffer.from(part.data, 'base64'), part.mediaType);
			throw new ProviderError('no-images', 'This version of VS Code takes no pictures for its models.');
		});
	}
}

function optionsOf({ tools }: ModelRequest): vscode.LanguageModelChatRequestOptions {
	const justification = 'Quarterdeck sends your conversation to the model that you chose for it.';
	if (!tools || tools.length === 0) return { justification };
	const offered = tools.map(({ name, description, schema }) => ({ name, description, inputSchema: schema }));
	return { justification, tools: offered };
}

function jsonWords(schema: unknown): string {
	return `Answer with one JSON object and nothing else, without a code fence. It fits this JSON schema:\n${JSON.stringify(schema)}`;
}

function plainText(message: ModelMessage): string {
	if (message.role === 'system') return message.text;
	if (message.role === 'assistant') return message.text + message.toolCalls.map(call => call.rawInput).join('');
	return message.parts.map(part => (part.type === 'text' ? part.text : '')).join('');
}

function objectOf(input: unknown): Readonly<Record<string, unknown>> | null {
	if (input === undefined || input === null) return {};
	return typeof input === 'object' && !Array.isArray(input) ? (input as Record<string, unknown>) : null;
}

/** The editor does not end a wait because a token is cancelled: the model's extension may not look at it. */
function abortable<T>(work: PromiseLike<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		const cancel = (): void => reject(new CancelledError());
		if (signal.aborted) return cancel();
		signal.addEventListener('abort', cancel, { once: true });
		work.then(resolve, reject).then(() => signal.removeEventListener('abort', cancel));
	});
}

async function* untilAborted<T>(stream: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
	const parts = stream[Symbol.asyncIterator]();
	for (;;) {
		const next = await abortable(parts.next(), signal);
		if (next.done) return;
		yield next.value;
	}
}

const words: readonly (readonly [ProviderErrorCode, RegExp])[] = [
	['too-long', /token count|too long|context (?:length|window)|exceeds the limit/i],
	['filtered', /filtered|off_topic|content_filter|responsible/i],
	['no-quota', /quota|premium request|billing/i],
	['rate-limited', /rate.?limit|too many requests/i],
	['no-tools', /tools? (?:is|are)? ?not supported/i],
	['no-images', /(?:image|vision)[^.]{0,40}not supported/i],
	['offline', /fetch failed|ENOTFOUND|ECONN|network/i],
];

function toProviderError(error: unknown, model: string): Error {
	if (error instanceof ProviderError || error instanceof CancelledError) return error;
	// The class of the error is not the same in every version, its code is.
	const { code } = (error ?? {}) as { readonly code?: unknown };
	const cause = error instanceof Error && error.cause instanceof Error ? ` ${error.cause.message}` : '';
	const said = `${errorText(error)}${cause}`.trim();
	if (code === 'NoPermissions')
		return new ProviderError(
			'wrong-key',
			`VS Code was not allowed to use '${model}' for Quarterdeck. It says: ${said}`,
			{ cause: error },
		);
	if (code === 'NotFound')
		return new ProviderError('no-model', `VS Code no longer offers the model '${model}'.`, { cause: error });
	const named = words.find(([, pattern]) => pattern.test(said))?.[0];
	if (code === 'Blocked')
		return new ProviderError(named ?? 'no-quota', `VS Code's provider of '${model}' refused. It says: ${said}`, {
			cause: error,
		});
	return new ProviderError(named ?? 'cut-off', `'${model}' in VS Code did not answer. It says: ${said}`, {
		cause: error,
	});
}
