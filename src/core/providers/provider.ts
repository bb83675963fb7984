import type { ErrorAction } from '../base/errors';
import { ExpectedError } from '../base/errors';
import type { Usage } from '../ledger/events';

/** What a model can do. `null` where its server does not say: it is tried, and a refusal is remembered. */
export interface ModelAbilities {
	/** Native tool calling. Without it, tools are offered through structured output. */
	readonly tools: boolean | null;
	readonly images: boolean | null;
	readonly thinking: boolean | null;
	/** Output held to a JSON schema. */
	readonly structured: boolean | null;
}

/** One model that a provider offers. */
export interface ProviderModel {
	/** What the provider calls it. */
	readonly id: string;
	readonly label: string;
	/** One line: family, parameters, quantisation. */
	readonly description: string;
	readonly abilities: ModelAbilities;
	/** Tokens of prompt and answer together; `null` when unknown. */
	readonly contextTokens: number | null;
	/** Bytes on this machine's disk; `null` for a remote one. */
	readonly sizeBytes: number | null;
	/** Bytes of GPU memory it takes now; `null` when it is not loaded or that is unknown. */
	readonly vramBytes: number | null;
	/** When a loaded one leaves the memory by itself, milliseconds since 1970; `null`: it stays. */
	readonly loadedUntil?: number | null;
	/** It runs elsewhere although its provider is on this machine: what is sent to it leaves, and it may cost. */
	readonly isRemote?: boolean;
}

export interface TextPart {
	readonly type: 'text';
	readonly text: string;
}

export interface ImagePart {
	readonly type: 'image';
	readonly mediaType: string;
	/** Base64, without a `data:` prefix. */
	readonly data: string;
}

/** A call as the model wrote it. `input` is the parsed object, or `null` when its arguments are no JSON object. */
export interface ModelToolCall {
	/** Unique in the conversation; made up by the adapter where the server gives none. */
	readonly id: string;
	readonly name: string;
	readonly input: Readonly<Record<string, unknown>> | null;
	/** What the model wrote, to be shown to it again when it is not valid. */
	readonly rawInput: string;
}

/** One message of a conversation, in the words that all providers have in common. */
export type ModelMessage =
	| { readonly role: 'system'; readonly text: string }
	| { readonly role: 'user'; readonly parts: readonly (TextPart | ImagePart)[] }
	| {
			readonly role: 'assistant';
			readonly text: string;
			readonly thinking: string;
			readonly toolCalls: readonly ModelToolCall[];
			/** What the same provider wants to have back unchanged: signatures, encrypted reasoning. Others ignore it. */
			readonly opaque?: unknown;
	  }
	| {
			readonly role: 'tool';
			readonly callId: string;
			readonly name: string;
			readonly parts: readonly (TextPart | ImagePart)[];
			readonly isError: boolean;
	  };

/** A tool as it is offered to a model. */
export interface ToolOffer {
	readonly name: string;
	readonly description: string;
	/** A JSON schema of type `object`. */
	readonly schema: Readonly<Record<string, unknown>>;
}

export interface ModelRequest {
	readonly model: string;
	readonly messages: readonly ModelMessage[];
	/** Absent or empty: the model is offered none. */
	readonly tools?: readonly ToolOffer[];
	/** The answer is JSON that fits this schema. */
	readonly format?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
	readonly temperature?: number;
	readonly maxOutputTokens?: number;
	readonly effort?: 'low' | 'medium' | 'high';
	/** Aborting ends the stream with a `CancelledError` and closes the connection. */
	readonly signal: AbortSignal;
	/** The connection failed and is tried again, for the interface to say so. */
	readonly onRetry?: (retry: RetryNotice) => void;
}

export interface RetryNotice {
	/** From 1. */
	readonly attempt: number;
	readonly maxAttempts: number;
	readonly delayMs: number;
	readonly reason: string;
}

/** What arrives of one response, in order. `end` is last and comes exactly once, unless the stream rejects. */
export type ModelEvent =
	| { readonly type: 'start'; readonly model: string }
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'thinking'; readonly text: string }
	/** A call is being written; `call` follows when it is complete. */
	| { readonly type: 'callStarted'; readonly id: string; readonly name: string }
	| { readonly type: 'call'; readonly call: ModelToolCall }
	| {
			readonly type: 'end';
			readonly reason: 'stop' | 'length' | 'calls' | 'filtered';
			/** `null` when the server does not count. */
			readonly usage: Usage | null;
			/** US dollars, where the server itself says what the response cost. */
			readonly reportedUsd: number | null;
			readonly opaque?: unknown;
	  };

export interface ProviderHealth {
	readonly isUp: boolean;
	/** What answered: `Ollama 0.9.6`, `OpenRouter, 312 models`; or why nothing did, as a sentence. */
	readonly text: string;
	/** Milliseconds until it answered. */
	readonly latencyMs: number | null;
	/** What the user can do about it. */
	readonly actions: readonly ErrorAction[];
}

/** Something that answers a conversation. One file each; `test/unit/providers/contract.ts` holds them all to this. */
export interface Provider {
	/** Stable, as in settings and the ledger: `ollama`, `openai`, `claude`, `vscode`, or the name the user gave. */
	readonly id: string;
	readonly label: string;
	/** Runs on this machine: costs nothing by declaration, and nothing leaves it. */
	readonly isLocal: boolean;
	/** Rejects with a `ProviderError`, also after parts of the answer have arrived. */
	stream(request: ModelRequest): AsyncIterable<ModelEvent>;
	/** Rejects when nothing answers: an empty list means that it runs and has no models. */
	models(signal: AbortSignal): Promise<readonly ProviderModel[]>;
	/** Never rejects. */
	health(signal: AbortSignal): Promise<ProviderHealth>;
}

/** Why a provider did not answer, as codes to branch on. */
export type ProviderErrorCode =
	| 'no-key'
	| 'wrong-key'
	| 'no-model'
	| 'no-quota'
	| 'rate-limited'
	| 'overloaded'
	| 'too-long'
	| 'filtered'
	| 'no-tools'
	| 'no-images'
	| 'offline'
	/** Nothing arrived for longer than we wait. */
	| 'timeout'
	/** It failed so often that it is left alone for a while: nothing was sent. */
	| 'resting'
	/** The server points to another address; prompts and keys are never sent on by themselves. */
	| 'redirected'
	/** The stream ended or broke before the answer was complete. */
	| 'cut-off'
	| 'bad-request'
	| 'bad-answer';

/** A failure of a provider, with a sentence for the user. */
export class ProviderError extends ExpectedError<ProviderErrorCode> {
	/** Milliseconds after which the server wants to be asked again, where it said so. */
	readonly retryAfterMs: number | null;

	constructor(
		code: ProviderErrorCode,
		message: string,
		options: {
			readonly actions?: readonly ErrorAction[];
			readonly retryAfterMs?: number | null;
			readonly cause?: unknown;
		} = {},
	) {
		super(code, message, options);
		this.retryAfterMs = options.retryAfterMs ?? null;
	}
}

/** A provider and one of its models, written `provider/model` (a model's name may hold more slashes). */
export interface ModelRef {
	readonly provider: string;
	readonly model: string;
}

/** Reads `provider/model`. Without a slash it is a model of Claude's CLI. */
export function parseModelRef(text: string): ModelRef {
	const at = text.indexOf('/');
	return at < 0 ? { provider: 'claude', model: text } : { provider: text.slice(0, at), model: text.slice(at + 1) };
}

/** The opposite of `parseModelRef`. */
export function modelRefText({ provider, model }: ModelRef): string {
	return provider === 'claude' && !model.includes('/') ? model : `${provider}/${model}`;
}
