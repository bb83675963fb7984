import { rm } from 'node:fs/promises';
import { structuredPatch } from 'diff';
import { asId, type ExecutionId, type ItemId } from '../../base/ids';
import { replaceFile } from '../../tools/files/changedFile';
import { familyOfModel, type AgentSession } from '../agentSession';
import type { ChatItem } from '../items';
import type { RestorePreview } from '../protocol';
import type { FileReader, FileState, TurnChanges } from './turnChanges';

/** How the conversation's files are put back. */
export interface RestorePorts {
	restoreFiles(executions: readonly ExecutionId[], isDryRun: boolean): Promise<RestorePreview>;
}

/**
 * Puts files back to what they were before a message. The CLI keeps what its own turns changed; what turns of our loop
 * changed is kept by us. Where both have worked since, only the newer part could be undone, so nothing is.
 */
export async function restorePreview(
	id: ItemId,
	isDryRun: boolean,
	items: readonly ChatItem[],
	ports: RestorePorts,
	session: () => Promise<AgentSession>,
): Promise<RestorePreview> {
	const at = items.findIndex(item => item.id === id);
	const after = at < 0 ? [] : items.slice(at);
	const families = new Set(after.flatMap(item => familyOfTurn(item)));
	if (families.size === 2)
		return {
			canRestore: false,
			reason: 'Claude and another model have both worked since this message; restore to one of their messages instead',
			files: [],
			insertions: 0,
			deletions: 0,
		};
	if (families.has('loop')) return ports.restoreFiles(after.flatMap(executionOf), isDryRun);
	const live = await session();
	if (!live.rewindFiles) return ports.restoreFiles(after.flatMap(executionOf), isDryRun);
	const { canRewind, error, filesChanged, insertions, deletions } = await live.rewindFiles(id, isDryRun);
	return { canRestore: canRewind, reason: error, files: filesChanged, insertions, deletions };
}

function familyOfTurn(item: ChatItem): readonly ('cli' | 'loop')[] {
	return item.kind === 'turn' && item.model !== undefined ? [familyOfModel(item.model)] : [];
}

/** The execution of a turn, also of one whose window was killed. */
function executionOf(item: ChatItem): readonly ExecutionId[] {
	if (item.kind === 'turn') return [item.execution];
	const cut = /^interrupted:(.+)$/.exec(item.id)?.[1];
	return cut === undefined ? [] : [asId<ExecutionId>(cut)];
}

/** Puts files back to what they were before the oldest of these executions changed them. */
export async function restoreTurns(
	changes: Pick<TurnChanges, 'changesOf' | 'content'>,
	executions: readonly ExecutionId[],
	isDryRun: boolean,
	disk: FileReader,
): Promise<RestorePreview> {
	const before = new Map<string, FileState>();
	for (const execution of executions)
		for (const change of await changes.changesOf(execution))
			if (!before.has(change.path)) before.set(change.path, change.before);
	const lost = [...before].find(([, state]) => state.kind === 'not-kept');
	if (lost) return cannot(`${lost[0]} was too large, or could not be read, to be kept`);
	const plans: { readonly path: string; readonly content: Uint8Array | null }[] = [];
	let [insertions, deletions] = [0, 0];
	for (const [path, state] of before) {
		const content = state.kind === 'absent' ? null : ((await changes.content(state)) ?? 'gone');
		if (content === 'gone') return cannot(`what ${path} was is no longer kept`);
		const now = await disk.read(path, Number.MAX_SAFE_INTEGER);
		if (now === 'too-big') return cannot(`${path} is too large`);
		const [from, to] = [textOf(now ?? null), textOf(content)];
		if (from === to && (now === undefined) === (content === null)) continue;
		for (const hunk of structuredPatch('', '', from, to, '', '', { context: 0 }).hunks)
			for (const line of hunk.lines) {
				if (line.startsWith('+')) insertions++;
				else if (line.startsWith('-')) deletions++;
			}
		plans.push({ path, content });
	}
	if (!isDryRun) for (const plan of plans) await put(plan.path, plan.content);
	const files = plans.map(({ path }) => path).toSorted();
	return { canRestore: true, reason: null, files, insertions, deletions };
}

async function put(path: string, content: Uint8Array | null): Promise<void> {
	if (content === null) await rm(path, { force: true });
	else await replaceFile(path, content);
}

function cannot(reason: string): RestorePreview {
	return { canRestore: false, reason, files: [], insertions: 0, deletions: 0 };
}

function textOf(content: Uint8Array | null): string {
	return content === null ? '' : Buffer.from(content).toString('utf8');
}
