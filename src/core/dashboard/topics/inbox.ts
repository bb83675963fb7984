import type { Json } from '../../base/json';

export const importances = ['low', 'normal', 'high', 'critical'] as const;
export type Importance = (typeof importances)[number];

/** One message of a feed. */
export interface InboxMessage {
	readonly id: string;
	readonly from: string;
	readonly subject: string;
	readonly text: string;
	/** Milliseconds since 1970; `null` where the feed does not say. */
	readonly at: number | null;
	readonly importance: Importance;
	/** What could be answered; '' for nothing. */
	readonly reply: string;
	/** An address of it on the web; '' for none. */
	readonly link: string;
}

const mostMessages = 100;
const longest = { line: 300, text: 4_000 } as const;

/**
 * Messages of a feed, the important ones first and then the newest. A feed is a list, or an object that has one;
 * each feed calls its fields by its own names.
 * @throws a sentence for what is no feed
 */
export function readInbox(value: Json): readonly InboxMessage[] {
	const list = listOf(value);
	if (!list) throw new Error('This address answers, and not with a list of messages.');
	const messages = list.flatMap((entry, index) => messageOf(entry, index));
	return messages
		.sort((left, right) => rank(right) - rank(left) || (right.at ?? 0) - (left.at ?? 0))
		.slice(0, mostMessages);
}

function listOf(value: Json): readonly Json[] | undefined {
	if (Array.isArray(value)) return value as readonly Json[];
	if (typeof value !== 'object' || value === null) return undefined;
	const lists = ['messages', 'emails', 'items', 'inbox', 'data', 'notifications'].flatMap(name => {
		const list = (value as Readonly<Record<string, Json>>)[name];
		return Array.isArray(list) ? [list as readonly Json[]] : [];
	});
	return lists[0];
}

function messageOf(entry: Json, index: number): readonly InboxMessage[] {
	if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
	const fields = new Map(
		Object.entries(entry).map(([name, field]) => [name.toLowerCase().replaceAll(/[-_\s]/gu, ''), field]),
	);
	const find = (...names: readonly string[]): Json | undefined =>
		names.map(name => fields.get(name)).find(field => field !== undefined && field !== null && field !== '');
	const line = (...names: readonly string[]): string =>
		textOf(find(...names))
			.replaceAll(/\s+/gu, ' ')
			.trim()
			.slice(0, longest.line);
	const block = (...names: readonly string[]): string =>
		textOf(find(...names))
			.trim()
			.slice(0, longest.text);
	const subject = line('subject', 'title', 'summary');
	const text = block('text', 'body', 'preview', 'snippet', 'content', 'message', 'description');
	if (subject === '' && text === '') return [];
	const link = line('link', 'url', 'href');
	return [
		{
			id: line('id', 'messageid', 'uid') || String(index),
			from: line('from', 'sender', 'author', 'name'),
			subject: subject || text.slice(0, 80),
			text,
			at: timeOf(find('date', 'time', 'timestamp', 'receivedat', 'createdat', 'at')),
			importance: importanceOf(find('importance', 'priority', 'severity')),
			reply: block('suggestedreply', 'reply', 'draftreply', 'suggestion'),
			link: /^https?:\/\//iu.test(link) ? link : '',
		},
	];
}

/** A sender may be a record of a name and an address. */
function textOf(value: Json | undefined): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number') return String(value);
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
	const record = value as Readonly<Record<string, Json>>;
	return textOf(record['name'] ?? record['email'] ?? record['address']);
}

function timeOf(value: Json | undefined): number | null {
	if (typeof value === 'number') return value > 1e11 ? value : value * 1000;
	const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
	return Number.isNaN(at) ? null : at;
}

const words: Readonly<Record<string, Importance>> = {
	critical: 'critical',
	urgent: 'critical',
	high: 'high',
	important: 'high',
	medium: 'normal',
	normal: 'normal',
	low: 'low',
};

/** A word, or a number: of 10 where it is above 1, else a share. */
function importanceOf(value: Json | undefined): Importance {
	if (value === true) return 'high';
	if (typeof value === 'string') return words[value.trim().toLowerCase()] ?? 'normal';
	if (typeof value !== 'number') return 'normal';
	const share = value > 1 ? value / 10 : value;
	return share >= 0.9 ? 'critical' : share >= 0.7 ? 'high' : share >= 0.3 ? 'normal' : 'low';
}

function rank({ importance }: InboxMessage): number {
	return importances.indexOf(importance);
}
