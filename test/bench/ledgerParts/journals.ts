import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	asId,
	newId,
	type ConversationId,
	type ExecutionId,
	type HostId,
	type StepId,
} from '../../../src/core/base/ids';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import { encodeLine } from '../../../src/core/ledger/journal/line';

const models = ['claude-opus-4-5', 'claude-sonnet-4-5', 'claude-haiku-4-5', 'qwen3:32b'] as const;
const projects = ['/home/ada/engine', '/home/ada/site', '/srv/api'] as const;
const start = Date.UTC(2026, 0, 1);

/** What the n-th execution writes: a chat turn with one tool call, five events. */
export function turnOf(n: number, at: number): LedgerEvent[] {
	const [execution, step] = [newId<ExecutionId>(), newId<StepId>()];
	const model = models[n % 2]!;
	return [
		{
			type: 'execution.started',
			execution,
			kind: 'chat',
			trigger: 'user',
			title: `Fix the parser of case ${n % 977}`,
			agent: null,
			project: projects[n % 3]!,
			provider: 'claude',
			model,
			conversation: asId<ConversationId>(`conversation-${Math.floor(n / 40)}`),
		},
		{
			type: 'step.started',
			execution,
			step,
			parent: null,
			kind: 'tool',
			name: 'Bash',
			title: `npm test -- parser${n % 31}`,
			input: JSON.stringify({ command: `npm test -- parser${n % 31}`, timeout: 120_000 }),
		},
		{
			type: 'step.ended',
			execution,
			step,
			status: 'succeeded',
			output: 'Test files 12 passed, tests 148 passed, none failed.\n'.repeat(6),
			usage: null,
			cost: null,
		},
		usageOf(execution, model, at, n),
		{ type: 'execution.ended', execution, status: 'succeeded', error: null },
	];
}

function usageOf(execution: ExecutionId, model: string, at: number, n: number): LedgerEvent {
	return {
		type: 'usage.recorded',
		execution,
		provider: 'claude',
		model,
		usage: { input: 12, output: 800 + (n % 91), cacheRead: 40_000, cacheWrite5m: 1200, cacheWrite1h: 0 },
		cost: 31_000_000 + n,
		basis: 'reported',
		isFinal: true,
		day: new Date(at).toISOString().slice(0, 10),
	};
}

/** A year of turns, in segments of the size that the writer makes. */
export function writeTurns(folder: string, executions: number): void {
	writeEvents(folder, executions, turnOf);
}

/** A year of usage alone: four models for each execution. */
export function writeUsage(folder: string, rows: number): void {
	writeEvents(folder, rows / models.length, (n, at) => {
		const execution = newId<ExecutionId>();
		return models.map(model => usageOf(execution, model, at, n));
	});
}

function writeEvents(folder: string, count: number, make: (n: number, at: number) => LedgerEvent[]): void {
	const journal = join(folder, 'journal');
	mkdirSync(journal, { recursive: true });
	const host = asId<HostId>('bench');
	const step = (365 * 86_400_000) / count;
	let [segment, seq, size, lines]: [number, number, number, string[]] = [1, 1, 0, []];
	const flush = (): void => {
		if (lines.length > 0) writeFileSync(join(journal, `${host}-${segment++}.jsonl`), lines.join(''));
		[size, lines] = [0, []];
	};
	for (let n = 0; n < count; n++) {
		const at = start + Math.floor(n * step);
		for (const event of make(n, at)) {
			const line = encodeLine({ host, seq: seq++, at, event, blobs: {} });
			lines.push(line);
			size += line.length;
		}
		if (size > 16 * 1024 * 1024) flush();
	}
	flush();
}
