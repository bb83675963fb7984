import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../base/errors';
import { asId, type ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import { BlobStore } from '../../storage/blobs';
import type { Flow } from '../model/flow';
import { FlowError } from './errors';
import type { RunEvent, StoredValue } from './events';
import type { TriggerValues } from './instance';
import type { RunLimits } from './limits';
import { journalPath, runJournalVersion, type RunFolder } from './runJournal';

/** One line of a journal. */
export interface TimedEvent {
	readonly event: RunEvent;
	/** Milliseconds since 1970. */
	readonly at: number;
}

/** A run as its journal has it. */
export interface StoredRun {
	readonly execution: ExecutionId;
	readonly startedAt: number;
	/** The document that ran: the run keeps its own copy. */
	readonly flow: Flow;
	readonly cwd: string;
	readonly trigger: TriggerValues | null;
	readonly limits: Partial<RunLimits>;
	readonly events: readonly TimedEvent[];
	/** Files that the journal has. */
	readonly journals: number;
	/** The value, also when it lies in a file; `undefined` when that is gone. */
	valueOf(stored: StoredValue): Json | undefined;
}

interface Header {
	readonly version: number;
	readonly execution: string;
	readonly cwd: string;
	readonly trigger: TriggerValues | null;
	readonly limits: Partial<RunLimits>;
}

interface Line {
	readonly at: number;
	readonly event?: RunEvent;
	readonly header?: Header;
	readonly document?: { readonly value?: Flow; readonly blob?: string };
}

/**
 * Reads the journal of a run; `undefined` when there is none. A line that was torn off when the program was killed ends
 * its file: nobody was told that it is safe.
 */
export async function readRun(folder: RunFolder, execution: ExecutionId): Promise<StoredRun | undefined> {
	const lines: Line[] = [];
	let journals = 0;
	for (;;) {
		const text = await textOf(journalPath(folder, execution, journals + 1));
		if (text === undefined) break;
		journals++;
		lines.push(...linesOf(text));
	}
	const blobs = new BlobStore(folder.blobs);
	const first = lines[0];
	if (!first?.header) return undefined;
	const { header, document, at } = first;
	if (header.version > runJournalVersion) throw new FlowError('journal', 'This run was made by a newer version.');
	const flow = document?.value ?? flowOf(blobs.readNow(document?.blob ?? ''));
	if (!flow) throw new FlowError('journal', 'The document that this run was made of is gone.');
	return {
		execution: asId<ExecutionId>(header.execution),
		startedAt: at,
		flow,
		cwd: header.cwd,
		trigger: header.trigger,
		limits: header.limits,
		events: lines.flatMap(line => (line.event ? [{ event: line.event, at: line.at }] : [])),
		journals,
		valueOf: stored => ('blob' in stored ? jsonOf(blobs.readNow(stored.blob)) : stored.value),
	};
}

/** Runs that have a journal, the newest first. */
export async function listRuns({ journals }: RunFolder): Promise<readonly { execution: ExecutionId; at: number }[]> {
	const newest = new Map<string, number>();
	for (const name of await namesIn(journals)) {
		const execution = /^(.+)-\d+\.jsonl$/.exec(name)?.[1];
		if (execution === undefined) continue;
		const at = await stat(join(journals, name)).then(
			info => info.mtimeMs,
			() => 0, // Gone since.
		);
		newest.set(execution, Math.max(newest.get(execution) ?? 0, at));
	}
	return [...newest]
		.map(([execution, at]) => ({ execution: asId<ExecutionId>(execution), at }))
		.toSorted((left, right) => right.at - left.at);
}

async function namesIn(folder: string): Promise<readonly string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return [];
		throw error;
	}
}

async function textOf(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw error;
	}
}

function linesOf(text: string): Line[] {
	const lines: Line[] = [];
	for (let start = 0, end = text.indexOf('\n'); end >= 0; start = end + 1, end = text.indexOf('\n', start)) {
		const line = jsonOf(text.slice(start, end)) as Line | undefined;
		if (typeof line !== 'object' || line === null || typeof line.at !== 'number') break;
		lines.push(line);
	}
	return lines;
}

function jsonOf(text: string | undefined): Json | undefined {
	if (text === undefined) return undefined;
	try {
		return JSON.parse(text) as Json;
	} catch {
		return undefined; // Torn, or not ours: told by whoever needs it.
	}
}

function flowOf(text: string | undefined): Flow | undefined {
	return jsonOf(text) as unknown as Flow | undefined;
}
