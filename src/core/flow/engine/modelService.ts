import { CancelledError } from '../../base/errors';
import { toNano } from '../../base/money';
import type { Json } from '../../base/json';
import { noUsage, type Usage } from '../../ledger/events';
import type { Cost } from '../../providers/prices';
import {
	ProviderError,
	parseModelRef,
	type ModelRef,
	type ModelToolCall,
	type Provider,
} from '../../providers/provider';
import type { FlowModelRequest, ModelAnswer } from '../nodes/context';
import { FlowError } from './errors';
import type { ModelService, ServiceCall } from './services';

/** What the models of flows come from: `Providers` has all of it. */
export interface FlowProviders {
	/** Throws a `ProviderError` with a sentence when there is none of this id. */
	get(id: string): Provider;
	/** What one response costs, where its provider did not say so itself. */
	price(ref: ModelRef, usage: Usage): Cost;
}

export interface ModelServiceOptions {
	readonly providers: FlowProviders;
	/** `provider/model` of nodes that name none; '' when the user has set none. */
	readonly defaultModel: () => string;
	/** Requests at once to a provider; absent or `undefined`: the run's default. */
	readonly concurrency?: (provider: string) => number | undefined;
}

/** Models of the providers that are set up: streams, counts and prices their answers. */
export function modelService({ providers, defaultModel, concurrency }: ModelServiceOptions): ModelService {
	const resolve = (name: string): ModelRef => {
		const chosen = name.trim() === '' ? defaultModel() : name.trim();
		if (chosen === '') {
			throw new FlowError('no-service', 'No model is chosen: name one in the node, or set a default for flows.');
		}
		return parseModelRef(chosen);
	};
	return {
		resolve,
		complete: (request, call) => complete(providers, resolve(request.model), request, call),
		...(concurrency ? { concurrency } : {}),
	};
}

async function complete(
	providers: FlowProviders,
	ref: ModelRef,
	request: FlowModelRequest,
	call: ServiceCall,
): Promise<ModelAnswer> {
	const provider = providers.get(ref.provider);
	const calls: ModelToolCall[] = [];
	let [text, thinking, model] = ['', '', ref.model];
	let end: { readonly reason: string; readonly usage: Usage | null } | undefined;
	for await (const event of provider.stream({ ...request, model: ref.model, signal: call.signal })) {
		if (event.type === 'start') model = event.model;
		else if (event.type === 'text') call.progress((text += event.text));
		else if (event.type === 'thinking') thinking += event.text;
		else if (event.type === 'call') calls.push(event.call);
		else if (event.type === 'end') {
			end = event;
			call.used({ ...ref, usage: event.usage, ...costOf(providers, ref, event.usage, event.reportedUsd) });
		}
	}
	if (call.signal.aborted) throw new CancelledError();
	if (!end) throw new ProviderError('cut-off', `${provider.label} ended before its answer was complete.`);
	if (end.reason === 'filtered' && text === '')
		throw new ProviderError('filtered', `${provider.label} (${model}) gave no answer: a filter held it back.`);
	const answer = { text, thinking, calls, model, usage: end.usage };
	return request.format === undefined ? answer : { ...answer, object: objectOf(text, end.reason, provider, model) };
}

/** Uncounted tokens of a model with a price cost something that nobody knows. */
function costOf(providers: FlowProviders, ref: ModelRef, usage: Usage | null, reportedUsd: number | null): Cost {
	if (reportedUsd !== null) return { cost: toNano(reportedUsd), basis: 'reported' };
	const price = providers.price(ref, usage ?? noUsage);
	return usage === null && price.basis !== 'reported' ? { cost: null, basis: 'unpriced' } : price;
}

/** JSON as the whole answer, in a code block, or between other words. */
function objectOf(text: string, reason: string, { label }: Provider, model: string): Json {
	const whole = parse(text);
	if (whole !== undefined) return whole;
	const starts = [text.indexOf('{'), text.indexOf('[')].filter(at => at >= 0);
	const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
	const inner = starts.length > 0 ? parse(text.slice(Math.min(...starts), end + 1)) : undefined;
	if (inner !== undefined) return inner;
	if (reason === 'length')
		throw new ProviderError('too-long', `The answer of ${label} (${model}) was cut off before its JSON was complete.`);
	throw new ProviderError('bad-answer', `${label} (${model}) did not answer with JSON: ${text.slice(0, 200)}`);
}

function parse(text: string): Json | undefined {
	try {
		return JSON.parse(text) as Json;
	} catch {
		return undefined; // Looked for in another way, or told by the caller.
	}
}
