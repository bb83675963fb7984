import { ExpectedError } from '../../../../src/core/base/errors';
import { asId, type StepId } from '../../../../src/core/base/ids';
import { noUsage } from '../../../../src/core/ledger/events';
import type { ExecutionPageView } from '../../../../src/core/ledger/pageProtocol';
import { executionId, pageView, startedAt, stepRow } from '../fakeHost';

/** One state of the page that is worth looking at. */
export interface Scene {
	readonly view: ExecutionPageView | null;
	readonly texts?: Readonly<Record<string, string>>;
	readonly failure?: Error;
	/** What to press, by role and name, before the picture. */
	readonly press?: readonly (readonly ['tab' | 'treeitem' | 'button' | 'summary', string])[];
	/** What to type into the log's search. */
	readonly search?: string;
}

const at = (seconds: number): number => startedAt + seconds * 1000;
const id = (text: string): StepId => asId<StepId>(text);
const tokens = { ...noUsage, input: 1200, output: 420, cacheRead: 16_000 };

const edit = JSON.stringify({
	file_path: '/home/ada/shop/src/date.ts',
	old_string: 'const month = Number(match[2]);\nreturn new Date(year, month, day);',
	new_string: 'const month = Number(match[2]) - 1; // months count from 0\nreturn new Date(year, month, day);',
});

const testRun = Array.from({ length: 60 }, (_, index) =>
	index % 17 === 5
		? `not ok ${index} - invoice of month ${index}\n  expected 2026-01-31, got 2026-03-03`
		: `ok ${index} - parses date ${index}`,
).join('\n');

const steps = [
	stepRow('m1', {
		kind: 'model',
		name: 'claude-sonnet-5',
		title: 'Look for the cause',
		endedAt: at(9),
		usage: tokens,
		cost: 12_400_000,
	}),
	stepRow('r1', {
		name: 'Read',
		title: 'src/date.ts',
		startedAt: at(9),
		endedAt: at(9.2),
		inputBytes: 60,
		outputBytes: 900,
	}),
	stepRow('g1', {
		name: 'Grep',
		title: 'parseDate',
		startedAt: at(9.2),
		endedAt: at(9.6),
		inputBytes: 60,
		outputBytes: 900,
	}),
	stepRow('t1', {
		name: 'Task',
		title: 'Find every caller of parseDate',
		startedAt: at(11),
		endedAt: at(38),
		inputBytes: 200,
		outputBytes: 700,
	}),
	stepRow('t1m', {
		parent: id('t1'),
		kind: 'model',
		name: 'claude-haiku-5',
		title: 'Search',
		startedAt: at(11),
		endedAt: at(24),
		usage: tokens,
		cost: 900_000,
	}),
	stepRow('t1g', {
		parent: id('t1'),
		name: 'Grep',
		title: 'parseDate\\(',
		startedAt: at(24),
		endedAt: at(25),
		outputBytes: 20,
	}),
	stepRow('t1r', {
		parent: id('t1'),
		name: 'Read',
		title: 'src/invoice.ts',
		startedAt: at(26),
		endedAt: at(36),
		outputBytes: 20,
	}),
	stepRow('e1', {
		name: 'Edit',
		title: 'src/date.ts',
		startedAt: at(40),
		endedAt: at(52),
		inputBytes: edit.length,
		outputBytes: 40,
	}),
	stepRow('a1', {
		parent: id('e1'),
		kind: 'approval',
		name: 'YELLOW',
		title: 'Edit src/date.ts',
		startedAt: at(40.2),
		endedAt: at(51.5),
		inputBytes: 30,
		outputBytes: 14,
	}),
	stepRow('b1', {
		title: 'npm test -- --reporter tap',
		status: 'failed',
		startedAt: at(53),
		endedAt: at(70),
		inputBytes: 80,
		outputBytes: testRun.length,
	}),
	stepRow('p1', {
		name: 'Bash',
		title: 'git push --force origin main',
		status: 'refused',
		startedAt: at(71),
		endedAt: at(76),
		inputBytes: 80,
		outputBytes: 50,
	}),
	stepRow('m2', {
		kind: 'model',
		name: 'claude-sonnet-5',
		title: 'Say what was done',
		startedAt: at(76),
		endedAt: at(84),
		usage: tokens,
		cost: 15_000_000,
	}),
];

const texts: Readonly<Record<string, string>> = {
	'e1:input': edit,
	'e1:output': 'The file src/date.ts has been updated.',
	'b1:input': JSON.stringify({ command: 'npm test -- --reporter tap', description: 'Run the tests' }),
	'b1:output': testRun,
	'r1:input': JSON.stringify({ file_path: '/home/ada/shop/src/date.ts' }),
	'r1:output': 'export function parseDate(text: string): Date | null {\n\treturn null;\n}\n',
	'a1:input': 'Edit src/date.ts',
	'a1:output': 'allowed by you',
	'p1:output': 'Refused: never push with force here.',
};

const usage = [
	{
		execution: executionId,
		provider: 'claude',
		model: 'claude-sonnet-5',
		usage: { ...noUsage, input: 4100, output: 1490, cacheRead: 32_000, cacheWrite5m: 3100 },
		cost: 83_400_000,
		basis: 'reported' as const,
		isFinal: true,
	},
	{
		execution: executionId,
		provider: 'claude',
		model: 'claude-haiku-5',
		usage: { ...noUsage, input: 1100, output: 400, cacheRead: 16_000 },
		cost: 900_000,
		basis: 'reported' as const,
		isFinal: true,
	},
];

const done = pageView({ stepCount: steps.length }, { steps, usage });
const failed = pageView(
	{ status: 'failed', error: 'The tests failed, and the push was refused.', cost: 84_300_000, basis: 'unpriced' },
	{ steps, usage },
);
const now = Date.now();
const running = pageView(
	{ status: 'running', startedAt: now - 21_400, endedAt: null, cost: null, basis: null, usage: noUsage },
	{
		isRunningHere: true,
		steps: [
			stepRow('m1', {
				kind: 'model',
				name: 'claude-sonnet-5',
				title: 'Look for the cause',
				startedAt: now - 21_000,
				endedAt: now - 12_000,
				usage: tokens,
			}),
			stepRow('b1', { title: 'npm test', status: 'running', startedAt: now - 11_000, endedAt: null, inputBytes: 80 }),
		],
	},
);
const big = Array.from(
	{ length: 100_000 },
	(_, index) => `${index % 1000 === 7 ? 'ERROR in' : 'built'} module ${index} of the shop in ${index % 97} ms`,
).join('\n');

export const scenes: Readonly<Record<string, Scene>> = {
	done: { view: done, texts },
	edit: {
		view: done,
		texts,
		press: [
			['summary', 'Tokens and cost by model'],
			['treeitem', 'Edit src/date.ts, Succeeded'],
		],
	},
	failed: { view: failed, texts, press: [['treeitem', 'Bash npm test']] },
	running: { view: running, texts },
	log: { view: failed, texts, press: [['tab', 'Log']] },
	search: { view: failed, texts, press: [['tab', 'Log']], search: 'month' },
	big: {
		view: pageView({}, { steps: [stepRow('b1', { title: 'npm run build', outputBytes: big.length })] }),
		texts: { 'b1:output': big },
		press: [['tab', 'Log']],
		search: 'ERROR',
	},
	empty: { view: pageView({ title: 'Say hello', conversation: null }, { conversation: null }) },
	missing: { view: null },
	broken: {
		view: null,
		failure: new ExpectedError('ledger-closed', 'The ledger could not be opened: the folder is not writable.'),
	},
};
