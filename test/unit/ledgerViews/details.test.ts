import { describe, expect, test } from 'vitest';
import { asId, type StepId } from '../../../src/core/base/ids';
import {
	ExecutionLog,
	lineLimit,
	logLineText,
	type LogLine,
	type ReadStepText,
} from '../../../src/core/ledger/views/executionLog';
import { executionSummary } from '../../../src/core/ledger/views/executionSummary';
import { describeFilter, isFiltered, normalized } from '../../../src/core/ledger/views/filter';
import { formatBytes, healthDetails, healthHeadline, isUnwell } from '../../../src/core/ledger/views/health';
import { failedSteps, timelineRows, timeSpan } from '../../../src/core/ledger/views/timeline';
import { execution, now, step } from './fixtures';

const id = (text: string): StepId => asId<StepId>(text);

describe('the timeline', () => {
	const run = execution('e1', { startedAt: 1000, endedAt: 2000 });
	const rows = (steps: readonly ReturnType<typeof step>[], collapsed: readonly string[] = []): string[] =>
		timelineRows(run, steps, now, new Set(collapsed.map(id))).map(
			row =>
				`${'>'.repeat(row.depth)}${row.step.id} ${row.offset.toFixed(2)}+${row.width.toFixed(2)} ${row.childCount}`,
		);

	test('nests by parent in the order of starting', () => {
		const steps = [
			step('b', { startedAt: 1500, endedAt: 2000 }),
			step('a2', { parent: id('a'), startedAt: 1200, endedAt: 1300 }),
			step('a', { startedAt: 1000, endedAt: 1500 }),
			step('a1', { parent: id('a'), startedAt: 1100, endedAt: 1200 }),
		];
		expect(rows(steps)).toEqual(['a 0.00+0.50 2', '>a1 0.10+0.10 0', '>a2 0.20+0.10 0', 'b 0.50+0.50 0']);
		expect(rows(steps, ['a'])).toEqual(['a 0.00+0.50 2', 'b 0.50+0.50 0']);
	});

	test('shows steps whose parent is unknown, itself, or in a circle', () => {
		const at = { startedAt: 1000, endedAt: 1500 };
		const steps = [
			step('lost', { ...at, parent: id('gone') }),
			step('self', { ...at, parent: id('self') }),
			step('x', { ...at, parent: id('y') }),
			step('y', { ...at, parent: id('x') }),
		];
		expect(rows(steps)).toEqual(['lost 0.00+0.50 0', 'self 0.00+0.50 0', 'x 0.00+0.50 1', '>y 0.00+0.50 1']);
	});

	test('a clock that went backwards gives bars inside the axis', () => {
		const odd = [step('a', { startedAt: 900, endedAt: 800 }), step('b', { startedAt: 2500, endedAt: 2600 })];
		expect(timeSpan(run, odd, now)).toEqual({ start: 900, end: 2600 });
		for (const row of timelineRows(run, odd, now)) {
			expect(row.offset).toBeGreaterThanOrEqual(0);
			expect(row.offset + row.width).toBeLessThanOrEqual(1);
		}
	});

	test('an open step grows while the execution runs and ends with it', () => {
		const open = [step('a', { startedAt: 1000, endedAt: null, status: 'running' })];
		const live = execution('e1', { startedAt: 1000, endedAt: null, status: 'running' });
		expect(timelineRows(live, open, 5000)[0]?.duration).toBe(4000);
		expect(timelineRows(run, open, 5000)[0]?.duration).toBe(1000);
	});

	test('failed and refused steps', () => {
		expect(
			failedSteps([
				step('b', { status: 'refused', startedAt: 2 }),
				step('c'),
				step('a', { status: 'failed', startedAt: 1 }),
			]).map(each => each.id),
		).toEqual(['a', 'b']);
	});
});

const texts: Record<string, string> = { 'a:input': '{"command":"ls"}', 'a:output': 'one\ntwo\r\nthree\n' };
const read: ReadStepText = (stepId, part, offset, length) => {
	const text = texts[`${stepId}:${part}`] ?? '';
	// The other side may give less than was asked for.
	return Promise.resolve({ text: text.slice(offset, offset + Math.min(length, 99_999)), total: text.length });
};
const collect = (): { lines: LogLine[]; log: ExecutionLog } => {
	const lines: LogLine[] = [];
	return { lines, log: new ExecutionLog(read, more => lines.push(...more)) };
};
const shown = (lines: readonly LogLine[]): string[] => lines.map(line => `${line.level} ${line.source}: ${line.text}`);

describe('the log', () => {
	const signal = new AbortController().signal;

	test('grows with the execution and never repeats', async () => {
		const { lines, log } = collect();
		const running = execution('e1', { status: 'running', startedAt: 1000, endedAt: null });
		const begun = step('a', { startedAt: 1100, endedAt: null, status: 'running', inputBytes: 10, title: 'ls' });
		await log.update({ execution: running, steps: [begun], usage: [] }, signal);
		expect(shown(lines)).toEqual(['info : Started: Run e1', 'info Bash: Began: ls', 'debug Bash: {"command":"ls"}']);
		const ended = { ...begun, endedAt: 1600, status: 'failed' as const, outputBytes: 10 };
		const over = execution('e1', { status: 'failed', startedAt: 1000, endedAt: 2000, error: 'It broke.' });
		await log.update({ execution: over, steps: [ended], usage: [] }, signal);
		await log.update({ execution: over, steps: [ended], usage: [] }, signal);
		expect(shown(lines).slice(3)).toEqual([
			'error Bash: one',
			'error Bash: two',
			'error Bash: three',
			'error Bash: Failed after 0.5 s',
			'error : Failed after 1.0 s: It broke.',
		]);
	});

	test('reads long texts in slices and keeps every character', async () => {
		const { lines, log } = collect();
		const many = Array.from({ length: 40_000 }, (_, index) => `line ${index}`);
		texts['a:output'] = `${many.join('\n')}\n${'x'.repeat(lineLimit * 2 + 5)}`;
		await log.update({ execution: execution('e1'), steps: [step('a', { outputBytes: 1 })], usage: [] }, signal);
		const output = lines.filter(line => line.level === 'debug').map(line => line.text);
		expect(output.slice(0, many.length)).toEqual(many);
		expect(output.slice(many.length).map(text => text.length)).toEqual([lineLimit, lineLimit, 5]);
	});

	test('of a long failure, only the lines that say so are errors', async () => {
		const { lines, log } = collect();
		texts['a:output'] = Array.from({ length: 100 }, (_, index) => (index === 60 ? 'not ok 60' : `ok ${index}`)).join(
			'\n',
		);
		const failed = step('a', { status: 'failed', outputBytes: 9 });
		await log.update({ execution: execution('e1'), steps: [failed], usage: [] }, signal);
		expect(lines.filter(line => line.level === 'error').map(line => line.text)).toEqual([
			'not ok 60',
			'Failed after 1.0 s',
		]);
	});

	test('a text that cannot be read is tried again by the next update', async () => {
		let isBroken = true;
		const lines: LogLine[] = [];
		const log = new ExecutionLog(
			() => (isBroken ? Promise.reject(new Error('gone')) : Promise.resolve({ text: 'ok', total: 2 })),
			more => lines.push(...more),
		);
		const detail = { execution: execution('e1'), steps: [step('a', { outputBytes: 2 })], usage: [] };
		await expect(log.update(detail, signal)).rejects.toThrow('gone');
		isBroken = false;
		await log.update(detail, signal);
		expect(lines.filter(line => line.text === 'ok')).toHaveLength(1);
		expect(lines.filter(line => line.text.startsWith('Started'))).toHaveLength(1);
	});

	test('a line as text', () => {
		const line: LogLine = {
			at: new Date(2026, 10, 5, 9, 8, 7, 6).getTime(),
			level: 'info',
			step: null,
			source: 'Bash',
			text: 'hi',
		};
		expect(logLineText(line)).toBe('09:08:07.006 INFO    [Bash] hi');
	});
});

test('a summary to paste', () => {
	const run = execution('e1', {
		startedAt: new Date(2026, 10, 5, 14, 0).getTime(),
		endedAt: new Date(2026, 10, 5, 14, 1, 12).getTime(),
		status: 'failed',
		error: 'No rights.',
	});
	const text = executionSummary(
		{ execution: run, steps: [step('a', { title: 'npm test', status: 'failed' })], usage: [] },
		now,
	);
	expect(text.split('\n')).toEqual([
		'Run e1',
		'Failed after 1 min 12 s, started 2026-11-05 14:00:00',
		'Error: No rights.',
		'Kind: Chat',
		'Provider: claude',
		'Model: claude-sonnet-5',
		'Project: /home/me/shop',
		'Cost: $0.1234',
		'Tokens: 1.2k in, 300 out',
		'',
		'Steps (1):',
		'  failed in 1.0 s: Bash npm test',
		'',
	]);
});

test('filters', () => {
	expect([describeFilter({}), isFiltered({ text: '  ', statuses: [] })]).toEqual(['', false]);
	expect(
		describeFilter({
			statuses: ['failed', 'stopped'],
			kinds: ['chat'],
			model: 'opus',
			project: '/a/shop',
			text: ' x ',
		}),
	).toBe('Failed or Stopped · Chat · model opus · project shop · “x”');
	expect(normalized({ agent: '', text: ' x ' })).toEqual({ text: 'x' });
});

const quiet = { future: 0, lastSeq: 9, forgottenBefore: null, unreadable: [] };

test('health', () => {
	const well = {
		events: 1234,
		segments: 2,
		journalBytes: 3500,
		rejected: [],
		waiting: null,
		snapshotAt: null,
		...quiet,
	};
	expect([isUnwell(well), healthHeadline(well), healthDetails(well)]).toEqual([
		false,
		'The ledger is healthy.',
		'Events: 1,234\nJournal: 2 files, 3.4 KB\nLast snapshot: none yet',
	]);
	const ill = {
		...well,
		rejected: [{ segment: 'a-1.jsonl', lines: 2 }],
		waiting: { events: 1, reason: 'The disk is full.' },
	};
	expect(healthHeadline(ill)).toBe('1 event cannot be written to disk right now.');
	expect(healthDetails(ill)).toContain('a-1.jsonl: 2 lines');
	const locked = { ...well, unreadable: [{ segment: 'b-1.jsonl', reason: 'EACCES' }], forgottenBefore: now };
	expect(isUnwell(locked)).toBe(true);
	expect(healthDetails(locked)).toContain('b-1.jsonl: EACCES');
	expect(healthHeadline({ ...well, future: 2 })).toMatch(/^2 events of a newer Quarterdeck/);
	expect([0, 1023, 1024, 12_582_912].map(formatBytes)).toEqual(['0 B', '1023 B', '1.0 KB', '12 MB']);
});
