import { open, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { GitEvent } from './spec';

/** A rebase of thousands of commits; what is more is told as one difference. */
const mostLogBytes = 1_000_000;

/** Where Git keeps what a work tree has checked out. */
export interface GitFolders {
	/** `HEAD` and what belongs to this work tree alone. */
	readonly own: string;
	/** Branches: shared by all work trees of a repository. */
	readonly common: string;
}

export interface GitState {
	/** Empty where no branch is checked out. */
	readonly branch: string;
	/** Empty before the first commit. */
	readonly commit: string;
}

/** One change of what is checked out. */
export interface GitChange extends GitState {
	readonly event: GitEvent;
	readonly before: string;
	readonly message: string;
}

/** The repository that a folder stands in; `undefined` when it is in none. A work tree's `.git` is a file. */
export async function gitFolders(folder: string): Promise<GitFolders | undefined> {
	for (let at = resolve(folder); ; at = dirname(at)) {
		const own = await ownFolder(join(at, '.git'));
		if (own !== undefined) {
			const common = (await textOf(join(own, 'commondir')))?.trim();
			return { own, common: common === undefined ? own : resolve(own, common) };
		}
		if (dirname(at) === at) return undefined;
	}
}

async function ownFolder(path: string): Promise<string | undefined> {
	const info = await stat(path).catch(() => undefined);
	if (info?.isDirectory() === true) return (await textOf(join(path, 'HEAD'))) === undefined ? undefined : path;
	const named = info && /^gitdir: (.+)$/m.exec((await textOf(path)) ?? '')?.[1]?.trim();
	return named === undefined ? undefined : isAbsolute(named) ? named : resolve(dirname(path), named);
}

/** What is checked out; `undefined` while it cannot be told, as in the middle of a rebase. */
export async function gitState({ own, common }: GitFolders): Promise<GitState | undefined> {
	for (const name of ['rebase-merge', 'rebase-apply']) {
		if (await stat(join(own, name)).catch(() => undefined)) return undefined;
	}
	const head = (await textOf(join(own, 'HEAD')))?.trim();
	if (head === undefined) return undefined;
	const ref = /^ref: (refs\/.+)$/.exec(head)?.[1];
	if (ref === undefined) return isCommit(head) ? { branch: '', commit: head } : undefined;
	// A repository with the newer `reftable` names no real branch here.
	if (ref === 'refs/heads/.invalid') return undefined;
	const loose = (await textOf(join(common, ref)))?.trim();
	const commit = loose ?? (await packedRef(common, ref)) ?? '';
	return commit === '' || isCommit(commit) ? { branch: ref.replace(/^refs\/heads\//, ''), commit } : undefined;
}

/**
 * What led from one state to the next, by what Git itself wrote down; several things of one kind are one. Where Git
 * keeps no such log, the difference is all there is.
 * @param logFrom size of the log as it was before, bytes
 */
export async function gitChanges(
	folders: GitFolders,
	before: GitState,
	now: GitState,
	logFrom: number,
): Promise<readonly GitChange[]> {
	if (before.branch === now.branch && before.commit === now.commit) return [];
	const entries = await logEntries(folders, logFrom);
	const isWhole = entries[0]?.from === (before.commit || noCommit) && entries.at(-1)?.to === now.commit;
	const told = isWhole ? changesOf(entries, before.branch) : [];
	if (told.at(-1)?.branch === now.branch) return told;
	const event = before.branch === now.branch ? 'commit' : 'checkout';
	return [{ ...now, event, before: before.commit, message: '' }];
}

/** Bytes of the work tree's log. */
export async function logSize({ own }: GitFolders): Promise<number> {
	return stat(join(own, 'logs', 'HEAD')).then(
		({ size }) => size,
		() => 0,
	);
}

/** One line of the log: what was checked out before and afterwards, and what Git says of it. */
interface LogEntry {
	readonly from: string;
	readonly to: string;
	readonly said: string;
}

const noCommit = '0'.repeat(40);

function changesOf(entries: readonly LogEntry[], startBranch: string): readonly GitChange[] {
	const changes: GitChange[] = [];
	let branch = startBranch;
	for (const { from, to, said } of entries) {
		const target = /^checkout: moving from .+ to (.+)$/.exec(said)?.[1];
		const event = target !== undefined ? 'checkout' : eventOf(said);
		const before = isCommit(from) && from !== noCommit ? from : '';
		if (target !== undefined) branch = isCommit(target) ? '' : target;
		const change = { event, branch, commit: to, before, message: subjectOf(said) };
		const previous = changes.at(-1);
		const isSame = previous?.event === event && (previous.branch === branch || event === 'checkout');
		if (isSame) changes[changes.length - 1] = { ...change, before: previous.before };
		else changes.push(change);
	}
	return changes;
}

function eventOf(said: string): GitEvent {
	return /^(?:commit|cherry-pick|revert|am)\b/.test(said) ? 'commit' : 'pull';
}

/** `commit (amend): Fix it` says “Fix it”. */
function subjectOf(said: string): string {
	return said.replace(/^[\w-]+(?: \([\w ]+\))?: /, '');
}

async function logEntries({ own }: GitFolders, from: number): Promise<readonly LogEntry[]> {
	const text = await textFrom(join(own, 'logs', 'HEAD'), from);
	return text.split('\n').flatMap(line => {
		const [, before = '', to = '', said = ''] = /^([\da-f]+) ([\da-f]+) .*?\t(.*)$/.exec(line) ?? [];
		return to === '' ? [] : [{ from: before, to, said }];
	});
}

/** A log has a line for everything that was ever checked out: only its end is read. */
async function textFrom(path: string, from: number): Promise<string> {
	const file = await open(path).catch(() => undefined);
	if (!file) return '';
	try {
		const { size } = await file.stat();
		const { buffer, bytesRead } = await file.read({
			buffer: Buffer.alloc(Math.max(0, Math.min(size - from, mostLogBytes))),
			position: from,
		});
		return buffer.toString('utf8', 0, bytesRead);
	} finally {
		await file.close();
	}
}

async function packedRef(common: string, ref: string): Promise<string | undefined> {
	const line = (await textOf(join(common, 'packed-refs')))?.split('\n').find(each => each.endsWith(` ${ref}`));
	return line?.split(' ')[0];
}

function isCommit(text: string): boolean {
	return /^[\da-f]{40}(?:[\da-f]{24})?$/.test(text);
}

async function textOf(path: string): Promise<string | undefined> {
	return readFile(path, 'utf8').catch(() => undefined); // Not there (now): Git replaces its files as a whole.
}
