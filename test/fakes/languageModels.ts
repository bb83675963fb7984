import type * as vscode from 'vscode';
import { Emitter } from '../../src/core/base/event';
import type { LanguageModelApi } from '../../src/extension/providers/vscodeLm';

class Text {
	readonly value: string;
	constructor(value: string) {
		this.value = value;
	}
}

class Call {
	readonly callId: string;
	readonly name: string;
	readonly input: object;
	constructor(callId: string, name: string, input: object) {
		this.callId = callId;
		this.name = name;
		this.input = input;
	}
}

class Result {
	readonly callId: string;
	readonly content: unknown[];
	constructor(callId: string, content: unknown[]) {
		this.callId = callId;
		this.content = content;
	}
}

class Message {
	readonly role: number;
	readonly content: unknown;
	constructor(role: number, content: unknown) {
		this.role = role;
		this.content = content;
	}
	static User(content: unknown): Message {
		return new Message(1, content);
	}
	static Assistant(content: unknown): Message {
		return new Message(2, content);
	}
}

class TokenSource {
	readonly #emitter = new Emitter<void>();
	readonly token = { isCancellationRequested: false, onCancellationRequested: this.#emitter.event };
	cancel(): void {
		this.token.isCancellationRequested = true;
		this.#emitter.fire();
	}
	dispose(): void {
		this.#emitter.dispose();
	}
}

/** What the stand-in was asked. */
export interface AskedModel {
	readonly model: string;
	readonly messages: readonly Message[];
	readonly options: vscode.LanguageModelChatRequestOptions;
	readonly token: { readonly isCancellationRequested: boolean };
}

export type LanguageModelScript = (asked: AskedModel) => AsyncIterable<unknown> | Promise<never>;

/** VS Code's language models, as one extension offers them, in memory. */
export function fakeLanguageModels(
	ids: readonly string[],
	script: LanguageModelScript,
): { readonly api: LanguageModelApi; readonly asked: AskedModel[] } {
	const asked: AskedModel[] = [];
	const model = (id: string): object => ({
		id,
		vendor: 'copilot',
		name: id.toUpperCase(),
		family: id,
		version: '1',
		maxInputTokens: 8000,
		countTokens: (text: string) => Promise.resolve(Math.ceil(text.length / 4)),
		sendRequest: async (messages: Message[], options: object, token: AskedModel['token']) => {
			const request = { model: id, messages, options, token };
			asked.push(request);
			return { stream: await script(request) };
		},
	});
	const lm = {
		selectChatModels: ({ id, vendor = 'copilot' }: vscode.LanguageModelChatSelector = {}) =>
			Promise.resolve(vendor === 'copilot' ? ids.filter(known => id === undefined || known === id).map(model) : []),
	};
	// The stand-in has what the adapter uses, and not the hundred other members of those classes' types.
	const api = {
		lm,
		LanguageModelChatMessage: Message,
		LanguageModelTextPart: Text,
		LanguageModelToolCallPart: Call,
		LanguageModelToolResultPart: Result,
		CancellationTokenSource: TokenSource,
	} as unknown as LanguageModelApi;
	return { api, asked };
}

/** Parts, each after the event loop has turned. */
export async function* parts(
	...all: readonly (string | { readonly call: string; readonly input: object })[]
): AsyncGenerator {
	for (const part of all) {
		await Promise.resolve();
		yield typeof part === 'string' ? new Text(part) : new Call('call_1', part.call, part.input);
	}
}

/** An error as the editor throws it. */
export function languageModelError(code: string, message: string): Error {
	return Object.assign(new Error(message), { code });
}
