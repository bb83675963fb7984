import { blocksOf, type TranscriptLine } from './lines';

type Chained = TranscriptLine & { readonly uuid: string };

/**
 * The conversation that a transcript ends with, oldest first. Lines form a tree (retries and edits branch off); the
 * branch that was written to last is followed to its root, through compactions to what came before them.
 */
export function rebuildChain(lines: readonly TranscriptLine[]): readonly TranscriptLine[] {
	const chained = lines.filter((line): line is Chained => typeof line.uuid === 'string');
	const byUuid = new Map(chained.map(line => [line.uuid, line]));
	const leaf = newestLeaf(chained, byUuid);
	return leaf ? withSiblings(walkUp(leaf, byUuid, preservedParents(chained)), chained) : [];
}

/** What of a chain is shown: no reminders, sub-agents or team mates. */
export function visibleLines(chain: readonly TranscriptLine[]): readonly TranscriptLine[] {
	return chain.filter(line => line.isMeta !== true && line.isSidechain !== true && line.teamName === undefined);
}

function newestLeaf(lines: readonly Chained[], byUuid: ReadonlyMap<string, Chained>): Chained | undefined {
	const parents = new Set(lines.map(line => line.parentUuid));
	const ends = lines
		.filter(line => !parents.has(line.uuid))
		.map(line => nearestMessage(line, byUuid))
		.filter(line => line !== undefined);
	const isMain = (line: Chained): boolean =>
		line.isSidechain !== true && line.teamName === undefined && line.isMeta !== true;
	const position = new Map(lines.map((line, at) => [line.uuid, at]));
	const newest = (candidates: readonly Chained[]): Chained | undefined =>
		candidates.reduce<Chained | undefined>((top, line) => {
			return !top || (position.get(line.uuid) ?? 0) > (position.get(top.uuid) ?? 0) ? line : top;
		}, undefined);
	return newest(ends.filter(isMain)) ?? newest(ends);
}

function nearestMessage(line: Chained, byUuid: ReadonlyMap<string, Chained>): Chained | undefined {
	const seen = new Set<string>();
	let at: Chained | undefined = line;
	while (at && at.type !== 'user' && at.type !== 'assistant') {
		if (seen.has(at.uuid)) return undefined;
		seen.add(at.uuid);
		at = at.parentUuid ? byUuid.get(at.parentUuid) : undefined;
	}
	return at;
}

/** A compaction keeps some messages: they follow its summary, though their lines name their old parents. */
function preservedParents(lines: readonly Chained[]): ReadonlyMap<string, string> {
	const parents = new Map<string, string>();
	for (const line of lines) {
		const { anchorUuid, uuids } = line.compactMetadata?.preservedMessages ?? {};
		if (anchorUuid === undefined || !uuids) continue;
		for (const [at, uuid] of uuids.entries()) parents.set(uuid, uuids[at - 1] ?? anchorUuid);
	}
	return parents;
}

function walkUp(
	leaf: Chained,
	byUuid: ReadonlyMap<string, Chained>,
	preserved: ReadonlyMap<string, string>,
): readonly Chained[] {
	const chain: Chained[] = [];
	const included = new Set<string>();
	const walked = new Set<string>();
	let hasPassedBoundary = false;
	let at: Chained | undefined = leaf;
	// Steps are guarded, not lines: what a compaction kept is met again above it, and is stepped over there.
	while (at && !walked.has(`${hasPassedBoundary}${at.uuid}`)) {
		walked.add(`${hasPassedBoundary}${at.uuid}`);
		if (!included.has(at.uuid)) chain.push(at);
		included.add(at.uuid);
		const own: string | null | undefined = at.parentUuid ?? at.logicalParentUuid;
		const parent: string | null | undefined = hasPassedBoundary ? own : (preserved.get(at.uuid) ?? own);
		if (!at.parentUuid && at.logicalParentUuid) hasPassedBoundary = true;
		at = parent ? byUuid.get(parent) : undefined;
	}
	return chain.toReversed();
}

/** Calls of one response run in parallel: their lines branch, and only one branch is on the way up. */
function withSiblings(chain: readonly Chained[], lines: readonly Chained[]): readonly TranscriptLine[] {
	const included = new Set(chain.map(line => line.uuid));
	const blocks = new Map<string, Chained[]>();
	for (const line of lines) {
		const id = line.type === 'assistant' ? line.message?.id : undefined;
		if (id !== undefined) blocks.set(id, [...(blocks.get(id) ?? []), line]);
	}
	const results = new Map<string, Chained>();
	for (const line of lines)
		for (const block of blocksOf(line)) if (block.type === 'tool_result') results.set(block.tool_use_id, line);
	const lastOf = new Map(chain.map(line => [line.message?.id, line.uuid]));
	return chain.flatMap(line => {
		const id = line.type === 'assistant' ? line.message?.id : undefined;
		if (id === undefined || lastOf.get(id) !== line.uuid) return [line];
		const siblings = (blocks.get(id) ?? []).filter(other => !included.has(other.uuid));
		const calls = (blocks.get(id) ?? []).flatMap(other => blocksOf(other)).filter(block => block.type === 'tool_use');
		const answers = calls.map(call => results.get(call.id)).filter(other => other !== undefined);
		const extra = [...siblings, ...answers.filter(other => !included.has(other.uuid))];
		for (const other of extra) included.add(other.uuid);
		return [line, ...new Set(extra)];
	});
}
