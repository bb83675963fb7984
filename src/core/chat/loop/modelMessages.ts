import type { ImagePart, ModelMessage, TextPart } from '../../providers/provider';
import { cutMiddle } from '../../tools/resultText';
import { callsAsJson } from './structured';
import type { AssistantEntry, Entry, ToolEntry } from './transcript';

/** How calls are written for the model: as the provider's own calls, or as JSON text where the model has none. */
export type CallStyle = 'native' | 'structured';

export interface HistoryOptions {
	readonly system: string;
	/** Who is asked: opaque parts go back only to the provider that gave them. */
	readonly provider: string;
	readonly style: CallStyle;
	/** Characters of one result that the model gets. */
	readonly resultLimit: number;
	readonly hasImages: boolean;
}

const unseen = '[an image that this model cannot see]';
const notRun = 'This call was not run: the turn ended before it.';

/** What stands between a summary and now: the newest summary, and the entries that it does not stand for. */
export function currentEntries(entries: readonly Entry[]): {
	readonly summary: string | null;
	readonly kept: readonly Entry[];
} {
	const at = entries.findLastIndex(entry => entry.type === 'summary');
	const summary = entries[at];
	if (summary?.type !== 'summary') return { summary: null, kept: entries.filter(entry => entry.type !== 'session') };
	const from = summary.keepFrom === null ? at : entries.findIndex(entry => entry.uuid === summary.keepFrom);
	const kept = entries
		.slice(from < 0 ? at : from)
		.filter(entry => entry.type !== 'session' && entry.type !== 'summary');
	return { summary: summary.text === '' ? null : summary.text, kept };
}

/** The conversation as a model gets it. Every call has its result, also where a turn broke off. */
export function modelMessages(entries: readonly Entry[], options: HistoryOptions): readonly ModelMessage[] {
	const { summary, kept } = currentEntries(entries);
	const messages: ModelMessage[] = [{ role: 'system', text: options.system }];
	if (summary !== null)
		messages.push({
			role: 'user',
			parts: [textPart(`<summary_of_earlier_conversation>\n${summary}\n</summary_of_earlier_conversation>`)],
		});
	for (const [index, entry] of kept.entries()) {
		if (entry.type === 'user') addUser(messages, entry.parts, options);
		else if (entry.type === 'assistant')
			addAssistant(messages, entry, resultsOf(entry, kept.slice(index + 1)), options);
	}
	return messages;
}

function addUser(messages: ModelMessage[], parts: readonly (TextPart | ImagePart)[], options: HistoryOptions): void {
	const seen = parts.map(part => (part.type === 'image' && !options.hasImages ? textPart(unseen) : part));
	const last = messages.at(-1);
	// Some servers refuse two user messages in a row, as a stopped turn leaves them.
	if (last?.role === 'user') messages[messages.length - 1] = { role: 'user', parts: [...last.parts, ...seen] };
	else messages.push({ role: 'user', parts: seen });
}

function addAssistant(
	messages: ModelMessage[],
	entry: AssistantEntry,
	results: readonly ToolEntry[],
	options: HistoryOptions,
): void {
	const { text, thinking, toolCalls, opaque, provider } = entry;
	if (options.style === 'structured' && toolCalls.length > 0) {
		messages.push({ role: 'assistant', text: callsAsJson(text, toolCalls), thinking: '', toolCalls: [] });
		const parts = results.flatMap(result => [
			textPart(`Result of ${result.name}${result.isError ? ' (failed)' : ''}:`),
			...shown(result, options),
		]);
		addUser(messages, parts, options);
		return;
	}
	messages.push({
		role: 'assistant',
		text,
		thinking,
		toolCalls,
		...(opaque !== undefined && provider === options.provider ? { opaque } : {}),
	});
	for (const { callId, name, isError, ...result } of results)
		messages.push({ role: 'tool', callId, name, isError, parts: shown(result, options) });
}

function resultsOf(entry: AssistantEntry, after: readonly Entry[]): readonly ToolEntry[] {
	const end = after.findIndex(next => next.type === 'assistant');
	const results = (end < 0 ? after : after.slice(0, end)).filter(next => next.type === 'tool');
	return entry.toolCalls.map(
		call =>
			results.find(result => result.callId === call.id) ?? {
				type: 'tool',
				uuid: '',
				at: 0,
				callId: call.id,
				name: call.name,
				parts: [textPart(notRun)],
				isError: true,
			},
	);
}

/** A result as a smaller model gets it: it was marked as data and cut once already, when it arrived. */
function shown({ parts }: Pick<ToolEntry, 'parts'>, { resultLimit, hasImages }: HistoryOptions): ToolEntry['parts'] {
	return parts.map(part => {
		if (part.type === 'text') return textPart(cutMiddle(part.text, resultLimit));
		return hasImages ? part : textPart(unseen);
	});
}

function textPart(text: string): TextPart {
	return { type: 'text', text };
}
