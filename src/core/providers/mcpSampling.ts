import { ExpectedError } from '../base/errors';
import type { Usage } from '../ledger/events';
import type { McpSampling, McpSamplingAnswer } from '../mcp/ports';
import {
	modelRefText,
	parseModelRef,
	type ImagePart,
	type ModelMessage,
	type ModelRequest,
	type Provider,
	type TextPart,
} from './provider';
import type { ProviderModels } from './registry';

/** More than this is not asked for on a server's word. */
const mostOutputTokens = 32_000;

/** What a model answered to a server. */
export interface SamplingRun {
	readonly answer: McpSamplingAnswer;
	readonly usage: Usage | null;
	readonly reportedUsd: number | null;
}

/** A model that may answer a server, and what a person calls it. */
export interface SamplingModel {
	readonly model: string;
	readonly label: string;
	/** It answers on this machine, where nobody is paid. */
	readonly isLocal: boolean;
}

/**
 * Who is proposed to answer: the first of the wanted models whose provider is up, else whatever is up, what costs nothing
 * first. With nothing up it is the first wanted one, whose provider then says what is wrong.
 */
export function samplingModel(wanted: readonly string[], listed: readonly ProviderModels[]): SamplingModel {
	const ready = listed.flatMap(entry => (entry.state === 'ready' && entry.models.length > 0 ? [entry] : []));
	// Auto weighs a conversation, of which a server's request has none.
	const named = wanted.filter(model => model !== 'auto').map(parseModelRef);
	for (const ref of named) {
		const found = ready.find(({ provider }) => provider.id === ref.provider);
		if (!found) continue;
		const known = found.models.find(({ id }) => id === ref.model)?.label;
		return {
			model: modelRefText(ref),
			label: `${known ?? ref.model} (${found.provider.label})`,
			isLocal: found.provider.isLocal,
		};
	}
	const up = ready.find(({ provider }) => provider.isLocal) ?? ready[0];
	const [first] = up?.models ?? [];
	if (up && first) {
		const model = modelRefText({ provider: up.provider.id, model: first.id });
		return { model, label: `${first.label} (${up.provider.label})`, isLocal: up.provider.isLocal };
	}
	const [ref = parseModelRef('default')] = named;
	return { model: modelRefText(ref), label: `${ref.model} (${ref.provider})`, isLocal: false };
}

/** A server's request in the words that all providers have in common. Rejects what no provider is asked by us. */
export function samplingRequest(request: McpSampling, model: string, signal: AbortSignal): ModelRequest {
	if (request.tools && request.tools.length > 0)
		throw new ExpectedError('mcp.samplingTools', 'Servers cannot have tools called by a model of yours.');
	const system: readonly ModelMessage[] =
		request.systemPrompt === undefined ? [] : [{ role: 'system', text: request.systemPrompt }];
	return {
		model,
		messages: [...system, ...request.messages.map(messageOf)],
		...(request.temperature === undefined ? {} : { temperature: request.temperature }),
		maxOutputTokens: Math.min(request.maxTokens, mostOutputTokens),
		signal,
	};
}

/** Asks a provider and waits for the whole answer: servers are not streamed to. */
export async function runSampling(provider: Provider, request: ModelRequest): Promise<SamplingRun> {
	let text = '';
	let { model } = request;
	for await (const event of provider.stream(request)) {
		if (event.type === 'start') ({ model } = event);
		if (event.type === 'text') text += event.text;
		if (event.type !== 'end') continue;
		if (event.reason === 'filtered') throw new ExpectedError('mcp.samplingFiltered', 'The model refused to answer.');
		const stopReason = event.reason === 'length' ? 'maxTokens' : 'endTurn';
		const answer: McpSamplingAnswer = { role: 'assistant', content: { type: 'text', text }, model, stopReason };
		return { answer, usage: event.usage, reportedUsd: event.reportedUsd };
	}
	throw new ExpectedError('mcp.samplingCutOff', 'The model’s answer ended before it was complete.');
}

/** The request as a person reads it before they allow it. */
export function samplingText(request: McpSampling): string {
	const system = request.systemPrompt === undefined ? [] : [`System: ${request.systemPrompt}`];
	const messages = request.messages.map(({ role, content }) => {
		const parts = [content].flat().map(part => (part.type === 'text' ? part.text : `(${part.type})`));
		return `${role === 'user' ? 'User' : 'Assistant'}: ${parts.join('\n')}`;
	});
	return [...system, ...messages].join('\n\n');
}

type Content = Exclude<McpSampling['messages'][number]['content'], readonly unknown[]>;

function messageOf({ role, content }: McpSampling['messages'][number]): ModelMessage {
	const parts = [content].flat().map(partOf);
	if (role === 'user') return { role, parts };
	const text = parts.map(part => (part.type === 'text' ? part.text : '')).join('\n');
	return { role, text, thinking: '', toolCalls: [] };
}

function partOf(content: Content): TextPart | ImagePart {
	if (content.type === 'text') return { type: 'text', text: content.text };
	if (content.type === 'image') return { type: 'image', mediaType: content.mimeType, data: content.data };
	throw new ExpectedError('mcp.samplingContent', `Models here are not sent content of the kind “${content.type}”.`);
}
