import { CancelledError } from '../../src/core/base/errors';
import {
	ProviderError,
	type ModelEvent,
	type ModelRequest,
	type Provider,
	type ProviderErrorCode,
	type ProviderHealth,
	type ProviderModel,
} from '../../src/core/providers/provider';
import { noUsage } from '../../src/core/ledger/events';

/** What a scripted model does with one request. */
export type Reply =
	| {
			readonly text?: string;
			readonly thinking?: string;
			readonly calls?: readonly ScriptedCall[];
			readonly tokens?: number;
	  }
	| { readonly fail: ProviderErrorCode; readonly after?: string }
	| { readonly hang: string };

export interface ScriptedCall {
	readonly name: string;
	readonly input?: Readonly<Record<string, unknown>>;
	/** Arguments that are no JSON object. */
	readonly raw?: string;
}

export type Script = (request: ModelRequest, turn: number) => Reply;

/** A provider in memory: a test says what the model answers. */
export class ScriptedProvider implements Provider {
	readonly id: string;
	readonly label: string;
	readonly isLocal: boolean;
	readonly requests: ModelRequest[] = [];
	script: Script;
	list: readonly ProviderModel[];
	isUp = true;

	constructor(id: string, script: Script, isLocal = true) {
		this.id = id;
		this.label = id;
		this.isLocal = isLocal;
		this.script = script;
		this.list = [model('small')];
	}

	async *stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
		this.requests.push(request);
		const reply = this.script(request, this.requests.length);
		if ('fail' in reply) {
			yield { type: 'start', model: request.model };
			if (reply.after !== undefined) yield { type: 'text', text: reply.after };
			throw new ProviderError(reply.fail, `${this.id} failed with ${reply.fail}.`);
		}
		yield { type: 'start', model: request.model };
		if ('hang' in reply) {
			yield { type: 'text', text: reply.hang };
			await aborted(request.signal);
			throw new CancelledError();
		}
		const { text = '', thinking = '', calls = [], tokens = 10 } = reply;
		if (thinking !== '') yield { type: 'thinking', text: thinking };
		for (const piece of text.match(/[\s\S]{1,7}/g) ?? []) yield { type: 'text', text: piece };
		for (const [index, { name, input, raw }] of calls.entries()) {
			const id = `call_${this.requests.length}_${index}`;
			yield { type: 'callStarted', id, name };
			const rawInput = raw ?? JSON.stringify(input ?? {});
			yield { type: 'call', call: { id, name, input: raw === undefined ? (input ?? {}) : null, rawInput } };
		}
		const usage = { ...noUsage, input: tokens, output: 5 };
		yield { type: 'end', reason: calls.length > 0 ? 'calls' : 'stop', usage, reportedUsd: null };
	}

	async models(): Promise<readonly ProviderModel[]> {
		if (!this.isUp) throw new ProviderError('offline', `${this.id} is not running.`);
		return this.list;
	}

	async health(): Promise<ProviderHealth> {
		return { isUp: this.isUp, text: this.isUp ? 'up' : 'not running', latencyMs: 1, actions: [] };
	}
}

export function model(id: string, more: Partial<ProviderModel> = {}): ProviderModel {
	return {
		id,
		label: id,
		description: '',
		abilities: { tools: true, images: true, thinking: false, structured: true },
		contextTokens: 32_000,
		sizeBytes: null,
		vramBytes: null,
		...more,
	};
}

function aborted(signal: AbortSignal): Promise<void> {
	if (signal.aborted) return Promise.resolve();
	return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
