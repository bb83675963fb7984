import { asId, type ConversationId, type MemoryId } from '../../base/ids';
import type { SqlRow, SqlValue } from '../../storage/sqlDatabase';
import { unpackId } from '../projection/packing';
import { codeOf, words } from '../projection/schema';
import type { MemoryFilter, MemoryRow } from '../queries';
import type { ReadContext } from './executions';

const dayMs = 86_400_000;
/** Milliseconds that a fact lives from its last change or use. */
export const memoryLifetimes = { conversation: 7 * dayMs, episodic: 30 * dayMs, permanent: null } as const;

const columns = `memories.row, id, tier, category, memories.text, source, confidence, project, conversation,
	created_at, updated_at, used_at`;

/** Facts that are neither forgotten nor past their time. */
export function findMemories(context: ReadContext, filter: MemoryFilter): readonly MemoryRow[] {
	const { names, database } = context;
	const conditions = ['memories.text IS NOT NULL', `(${alive.join(' OR ')})`];
	const values: SqlValue[] = [filter.now - memoryLifetimes.conversation, filter.now - memoryLifetimes.episodic];
	if (filter.project !== undefined) {
		conditions.push('(project = 0 OR project = ?)');
		values.push(names.find(filter.project));
	}
	if (filter.conversation !== undefined) {
		conditions.push(`(tier <> ${codeOf(words.memoryTier, 'conversation')} OR conversation = ?)`);
		values.push(names.find(filter.conversation));
	}
	const match = matchOf(filter.text ?? '');
	if (match === '') {
		return database
			.prepare(
				`SELECT ${columns} FROM memories WHERE ${conditions.join(' AND ')}
				ORDER BY updated_at DESC, memories.row DESC LIMIT ?`,
			)
			.all([...values, filter.limit ?? -1])
			.map(row => toMemory(context, row));
	}
	const found = database
		.prepare(
			`SELECT ${columns} FROM memory_search JOIN memories ON memories.row = memory_search.docid
			WHERE memory_search MATCH ? AND ${conditions.join(' AND ')}`,
		)
		.all([match, ...values])
		.map(row => toMemory(context, row));
	return ranked(found, new Set(wordsOf(filter.text ?? ''))).slice(0, filter.limit ?? found.length);
}

/** Best match first: a word weighs more the rarer it is among what was found, and the longer. */
function ranked(found: readonly MemoryRow[], wanted: ReadonlySet<string>): readonly MemoryRow[] {
	const hits = found.map(memory => new Set(wordsOf(memory.text).filter(word => wanted.has(word))));
	const rarity = (word: string): number => Math.log(1 + found.length / hits.filter(words => words.has(word)).length);
	const weights = new Map([...wanted].map(word => [word, word.length * rarity(word)]));
	return found
		.map((memory, at) => ({
			memory,
			score: [...(hits[at] ?? [])].reduce((sum, word) => sum + (weights.get(word) ?? 0), 0),
		}))
		.toSorted((left, right) => right.score - left.score || right.memory.updatedAt - left.memory.updatedAt)
		.map(({ memory }) => memory);
}

const lastSign = 'max(updated_at, coalesce(used_at, 0))';
const alive = [
	`tier = ${codeOf(words.memoryTier, 'permanent')}`,
	`(tier = ${codeOf(words.memoryTier, 'conversation')} AND ${lastSign} > ?)`,
	`(tier = ${codeOf(words.memoryTier, 'episodic')} AND ${lastSign} > ?)`,
];

function wordsOf(text: string): readonly string[] {
	return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Any of the words, each also as the beginning of a longer one. At most 40: a whole message is looked up too. */
function matchOf(text: string): string {
	const unique = [...new Set(wordsOf(text))].filter(word => word.length > 1).slice(0, 40);
	return unique.map(word => `${word}*`).join(' OR ');
}

function toMemory({ names }: ReadContext, row: SqlRow): MemoryRow {
	return {
		id: asId<MemoryId>(unpackId(row[1])),
		tier: words.memoryTier[Number(row[2])]!,
		category: words.memoryCategory[Number(row[3])]!,
		text: String(row[4]),
		source: words.memorySource[Number(row[5])]!,
		confidence: Number(row[6]),
		project: row[7] === 0 ? null : names.textOf(row[7]),
		conversation: row[8] === 0 ? null : asId<ConversationId>(names.textOf(row[8])),
		createdAt: Number(row[9]),
		updatedAt: Number(row[10]),
		usedAt: row[11] === null ? null : Number(row[11]),
	};
}
