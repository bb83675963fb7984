import * as z from 'zod/mini';
import { ExpectedError } from '../base/errors';
import { memoryCategories, memoryTiers } from '../ledger/events';
import type { MemoryRow } from '../ledger/queries';
import type { Memory } from './memory';

const file = z.object({
	format: z.literal('quarterdeck-memory'),
	version: z.literal(1),
	facts: z.array(
		z.object({
			text: z.string(),
			tier: z.enum(memoryTiers),
			category: z.enum(memoryCategories),
			project: z.optional(z.nullable(z.string())),
			confidence: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
		}),
	),
});

/** Facts as a file that `importFacts` reads. What held for one conversation alone is left out. */
export function exportFacts(facts: readonly MemoryRow[]): string {
	const kept = facts
		.filter(({ tier }) => tier !== 'conversation')
		.map(({ text, tier, category, project, confidence }) => ({ text, tier, category, project, confidence }));
	return `${JSON.stringify({ format: 'quarterdeck-memory', version: 1, facts: kept }, null, '\t')}\n`;
}

/** What became of the facts of a file. */
export interface ImportReport {
	readonly imported: number;
	/** Facts that were not taken, each with the reason. */
	readonly refused: readonly string[];
}

/** Takes the facts of an exported file. Rejects with `bad-file`, before anything is remembered. */
export async function importFacts(memory: Memory, text: string): Promise<ImportReport> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw new ExpectedError('bad-file', 'The file is not JSON. Pick one that was exported from the memory page.', {
			cause,
		});
	}
	const read = file.safeParse(value);
	if (!read.success) {
		const [issue] = read.error.issues;
		const where = issue?.path.join('.') ?? '';
		throw new ExpectedError(
			'bad-file',
			`The file is not an export of facts${where === '' ? '' : `: look at “${where}”`}. Pick one that was exported from the memory page.`,
		);
	}
	const { count: imported, refused } = await memory.rememberAll(
		read.data.facts.map(({ project = null, confidence = 1, ...fact }) => ({
			...fact,
			project,
			confidence,
			source: 'import' as const,
		})),
	);
	return { imported, refused };
}
