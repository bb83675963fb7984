// A program that runs a flow with side effects and is killed in the middle of it; see kill.test.ts.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { asId, type ExecutionId } from '../../../../src/core/base/ids';
import { FlowRun, type FlowRunOptions } from '../../../../src/core/flow/engine/flowRun';
import { readRun } from '../../../../src/core/flow/engine/readJournal';
import { isInterrupted, resumeRun } from '../../../../src/core/flow/engine/resume';
import { runFolder } from '../../../../src/core/flow/engine/runJournal';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import type { Flow, FlowNode } from '../../../../src/core/flow/model/flow';
import { catalogOf, edge, flowOf, runs, testTypes } from './support';

const [folder = '', effects = '', execution = ''] = process.argv.slice(2);
const done = (): readonly string[] =>
	existsSync(effects) ? readFileSync(effects, 'utf8').split('\n').filter(Boolean) : [];
const pause = (): Promise<void> => new Promise(resolve => setTimeout(resolve, Math.random() * 3));

/** Appends its key to a file, as a server would keep it, with a moment before and after in which it may be killed. */
const effect = runs(
	'effect',
	async (inputs, _, { idempotencyKey }) => {
		await pause();
		appendFileSync(effects, `${idempotencyKey}\n`);
		await pause();
		return { out: inputs['in'] ?? 0 };
	},
	{ effects: 'writes' },
);

/** Ten chains of effects and plain nodes, and a map with two effects for each of 20 items: 200 runs of nodes and more. */
function flow(): Flow {
	const nodes: Record<string, FlowNode | string> = {
		v: { type: 'value', params: { value: Array.from({ length: 20 }, (_, index) => index) } },
		m: { type: 'map', params: { concurrency: 3 } },
		x: { type: 'effect', in: 'm' },
		y: { type: 'effect', in: 'm' },
	};
	const edges = ['v -> m.items', 'm.item -> x', 'x -> y', 'y -> m.result'];
	for (let chain = 0; chain < 10; chain++) {
		for (let at = 0; at < 20; at++) {
			nodes[`c${chain}-${at}`] = at % 2 === 0 ? 'effect' : 'add';
			if (at > 0) edges.push(`c${chain}-${at - 1} -> c${chain}-${at}`);
		}
	}
	return { ...flowOf(nodes), edges: edges.map(edge) };
}

const options = {
	catalog: catalogOf([effect, ...testTypes]),
	expressions: expressionEngine,
	services: {},
	folder: runFolder(folder),
	limits: { concurrency: 6 },
} satisfies Partial<FlowRunOptions>;

const id = asId<ExecutionId>(execution);
const stored = await readRun(options.folder, id).catch(() => undefined);
if (stored && !isInterrupted(stored) && stored.events.length > 0) {
	console.log(JSON.stringify({ status: 'over' }));
	process.exit(0);
}
// A person who looks at what was done and says so.
const answer = (run: FlowRun): void => {
	for (const { kind, node, frame, ask } of run.waits) {
		if (kind !== 'rerun') continue;
		const isDone = done().includes(`${execution}/${frame === '' ? '' : `${frame}/`}${node}`);
		appendFileSync(`${effects}.asked`, `${frame}/${node}\n`);
		run.answer(
			ask.id,
			isDone ? { kind: 'rerun', choice: 'done', outputs: { out: 0 } } : { kind: 'rerun', choice: 'again' },
		);
	}
};
const begin = async (): Promise<FlowRun> => {
	if (!stored || stored.events.length === 0)
		return FlowRun.start({ ...options, flow: flow(), cwd: '/', execution: id });
	const { limits: _, ...rest } = options;
	return resumeRun(stored, rest);
};
const run = await begin();
console.log(JSON.stringify({ status: 'running' }));
const watching = setInterval(() => answer(run), 1);
const { status, error } = await run.result;
clearInterval(watching);
console.log(JSON.stringify({ status, error }));
