// What the flow editor is looked at with.
import { asId, type ExecutionId } from '../../../../src/core/base/ids';
import type { RunSummary } from '../../../../src/core/flow/editorProtocol';
import type { Flow } from '../../../../src/core/flow/model/flow';
import { idleNode, type NodeRun, type RunView } from '../../../../src/core/flow/runView';
import { flowOf, runId, type FakeSetup } from '../fakeHost';
import { manyNodes } from './manyNodes';

export interface Scene extends FakeSetup {
	readonly select?: readonly string[];
	readonly commands?: readonly string[];
	readonly bottom?: string;
}

export const review: Flow = flowOf(
	{
		start: ['trigger.manual', 0, 80],
		diff: ['git.diff', 280, 80],
		each: ['control.map', 560, 0, { params: { concurrency: 4 } }],
		read: ['file.read', 600, 152, { in: 'each', params: { path: '{{ item.path }}' } }],
		review: [
			'agent.claude',
			864,
			152,
			{
				in: 'each',
				name: 'Review one file',
				params: { prompt: 'Review this file:\n\n{{ nodes.read.text }}', model: 'claude/sonnet' },
				retry: { max: 2 },
				onError: 'branch',
			},
		],
		summary: ['llm', 1248, 40, { name: 'Summary', params: { prompt: 'Sum up: {{ nodes.each.results }}' } }],
		good: ['control.if', 1528, 40, { params: { condition: 'nodes.summary.text.length > 0' } }],
		ask: ['people.approval', 1808, 0],
		post: [
			'http.request',
			2088,
			-40,
			{ name: 'Post it', params: { method: 'POST', url: 'https://example.org/reviews' } },
		],
		out: ['flow.output', 2088, 176],
		about: [
			'note',
			0,
			240,
			{ params: { text: '## Review\n\nReads the **diff** and reviews each file.\n\n- costs about 4 cents' } },
		],
		old: ['custom.gone', 1248, 240],
	},
	[
		'start.start -> diff.input',
		'diff.files -> each.items',
		'each.item -> read.input',
		'read.text -> review.input',
		'review.text -> each.result',
		'each.results -> summary.input',
		'summary.text -> good.input',
		'good.true -> ask.input',
		'good.false -> out.value',
		'ask.approved -> post.input',
		'old.thing -> out.value',
	],
	{
		name: 'Review the diff',
		inputs: { base: { type: 'text', default: 'main' } },
		groups: { publish: { name: 'Publish', nodes: ['ask', 'post'], color: 'purple' } },
		layout: { each: { x: 560, y: 0, width: 600, height: 304 }, about: { x: 0, y: 240, width: 248, height: 144 } },
	},
);

const done = (change: Partial<NodeRun> = {}): NodeRun => ({
	...idleNode,
	state: 'succeeded',
	times: 1,
	attempt: 1,
	durationMs: 412,
	...change,
});
const moment = new Date(2026, 10, 5, 14, 0, 0).getTime();

const run: RunView = {
	id: runId,
	title: 'Run all',
	status: 'running',
	startedAt: moment,
	endedAt: null,
	cost: 42_300_000,
	tokens: 18_400,
	steps: 11,
	error: null,
	nodes: {
		start: done({ durationMs: 1, ports: { start: null } }),
		diff: done({ durationMs: 86, ports: { diff: null, files: 12 } }),
		each: done({ state: 'running', times: 0, ports: {} }),
		read: done({ times: 9, durationMs: 140, ports: { text: null } }),
		review: done({
			state: 'running',
			times: 5,
			durationMs: 48_000,
			cost: 42_300_000,
			preview: '…the parser keeps what it found in an array, and the second',
			ports: { text: null },
		}),
		old: done({ state: 'failed', error: 'No node type is called “custom.gone”.' }),
	},
	log: [
		{ at: moment, node: 'diff', text: 'git diff main...HEAD: 12 files' },
		{ at: moment + 1200, node: 'review', text: 'Claude used Read (src/parser.ts)' },
		{ at: moment + 4200, node: null, text: '80 % of the money of this run are used.' },
	],
	isOutdated: false,
};

const waiting: RunView = {
	...run,
	status: 'waiting',
	nodes: {
		...run.nodes,
		each: done({ durationMs: 61_000, ports: { results: 12 }, cost: 42_300_000 }),
		review: done({ times: 12, durationMs: 61_000, cost: 42_300_000, ports: { text: null } }),
		summary: done({ durationMs: 3200, cost: 1_200_000, ports: { text: null } }),
		good: done({ durationMs: 1, ports: { true: null } }),
		ask: {
			...done({ state: 'waiting' }),
			wait: {
				kind: 'approval',
				frame: '',
				ask: {
					id: 'wait-1',
					title: 'Post this review?',
					detail: 'One thing is wrong in parser.ts',
					questions: [],
					until: null,
				},
			},
		},
	},
};

const finished: RunSummary = {
	id: runId,
	status: 'succeeded',
	startedAt: moment,
	durationMs: 64_000,
	cost: 43_500_000,
	title: 'Run all',
	failedNode: null,
};
const runs: readonly RunSummary[] = [
	finished,
	{ ...finished, id: asId<ExecutionId>('run-2'), status: 'failed', title: 'Run to Summary', failedNode: 'summary' },
	{ ...finished, id: asId<ExecutionId>('run-3'), status: 'interrupted', cost: null },
];

const problems: FakeSetup['problems'] = [
	{
		id: 'p1',
		severity: 'error',
		message: 'No node type is called “custom.gone” here.',
		node: 'old',
		fixes: [{ id: 'f1', title: 'Remove the node' }],
	},
	{ id: 'p2', severity: 'warning', message: 'Nothing is connected with “object”.', node: 'review', fixes: [] },
	{ id: 'p3', severity: 'error', message: 'Fill this in.', node: 'post', place: 'token', fixes: [] },
];

export const scenes: Readonly<Record<string, Scene>> = {
	empty: { flow: flowOf({}) },
	review: { flow: review, problems },
	inspector: { flow: review, problems, select: ['review'] },
	http: { flow: review, problems, select: ['post'] },
	several: { flow: review, select: ['diff', 'summary', 'good'] },
	running: {
		flow: review,
		run,
		select: ['review'],
		breakpoints: [{ node: 'summary', when: 'before' }],
		pins: ['diff'],
	},
	waiting: { flow: review, run: waiting, runs, bottom: 'runs' },
	values: { flow: review, run, select: ['diff'], bottom: 'values' },
	problems: { flow: review, problems, bottom: 'problems' },
	list: { flow: review, bottom: 'list', select: ['read'] },
	find: { flow: review, bottom: 'find' },
	broken: { flow: review, textError: { message: 'A comma is missing.', line: 12 } },
	compare: {
		flow: review,
		mode: 'compare',
		compare: {
			nodes: { old: 'removed', post: 'changed', ask: 'added', out: 'moved' },
			edges: { 'old.thing -> out.value': 'removed', 'good.true -> ask.input': 'added' },
			details: { post: ['url: https://example.org → https://example.org/reviews'] },
			sides: ['HEAD', 'Working Tree'],
		},
		select: ['post'],
	},
	quickAdd: { flow: review, commands: ['add.node'] },
	far: { flow: manyNodes(2000), commands: [] },
};
