import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Json } from '../../src/core/base/json';
import { compileFlow } from '../../src/core/flow/engine/compile';
import { FlowRun } from '../../src/core/flow/engine/flowRun';
import { planRun } from '../../src/core/flow/engine/plan';
import { readRun } from '../../src/core/flow/engine/readJournal';
import { resumeRun } from '../../src/core/flow/engine/resume';
import { runFolder, type RunFolder } from '../../src/core/flow/engine/runJournal';
import { diskAppendFs } from '../../src/core/storage/appendFs';
import { expressionEngine } from '../../src/core/flow/expressions/engine';
import { emptyFlow, type Flow, type FlowEdge, type FlowNode } from '../../src/core/flow/model/flow';
import type { NodeCatalog, NodeType, PortValues } from '../../src/core/flow/nodes/nodeType';
import { median, type PrintLine } from './line';

const out = [{ name: 'out', title: 'Out', kind: 'any' as const }];

function nodeType(type: string, run: NonNullable<NodeType['run']>): NodeType {
	return {
		type,
		version: 1,
		title: type,
		category: 'Data',
		icon: 'circle',
		summary: '',
		help: '',
		params: z.object({}),
		ports: { inputs: [{ name: 'in', title: 'In', kind: 'any', isMany: true }], outputs: out },
		effects: 'pure',
		run,
	};
}

const firstOf = (inputs: PortValues): Json => (inputs['in'] as readonly Json[] | undefined)?.[0] ?? 0;
const types = [
	nodeType('count', inputs => ({ out: Number(firstOf(inputs)) + 1 })),
	nodeType('sleep', async () => {
		await new Promise(resolve => setTimeout(resolve, 20));
		return { out: 1 };
	}),
	nodeType('hang', () => new Promise(() => undefined)),
];
const catalog: NodeCatalog = { find: name => types.find(({ type }) => type === name), list: () => types };

function flowOf(ids: readonly string[], edges: readonly (readonly [string, string])[], type = 'count'): Flow {
	const nodes: Record<string, FlowNode> = Object.fromEntries(ids.map(id => [id, { type }]));
	const list = edges.map(([from, to]): FlowEdge => ({ from, output: 'out', to, input: 'in' }));
	return { ...emptyFlow('bench', 'Bench'), nodes, edges: list };
}

function chain(count: number): Flow {
	const ids = Array.from({ length: count }, (_, index) => `n${index}`);
	return flowOf(
		ids,
		ids.slice(1).map((id, index) => [ids[index]!, id]),
	);
}

function fan(count: number): Flow {
	const inner = Array.from({ length: count - 2 }, (_, index) => `n${index}`);
	return flowOf(
		['first', ...inner, 'last'],
		[...inner.map(id => ['first', id] as const), ...inner.map(id => [id, 'last'] as const)],
	);
}

/** Of three nodes each: a fork of two that meet in the next. */
function diamonds(count: number): Flow {
	const steps = Math.max(1, Math.floor((count - 1) / 3));
	const ids = ['d0'];
	const edges: (readonly [string, string])[] = [];
	for (let step = 0; step < steps; step++) {
		const [left, right, next] = [`l${step}`, `r${step}`, `d${step + 1}`];
		ids.push(left, right, next);
		edges.push([`d${step}`, left], [`d${step}`, right], [left, next], [right, next]);
	}
	return flowOf(ids, edges);
}

async function runOnce(flow: Flow, folder: RunFolder | undefined): Promise<number> {
	const began = performance.now();
	const run = await FlowRun.start({
		flow,
		catalog,
		expressions: expressionEngine,
		services: {},
		cwd: '/',
		...(folder ? { folder } : {}),
	});
	const { status, error } = await run.result;
	if (status !== 'succeeded') throw new Error(error ?? status);
	return performance.now() - began;
}

async function rounds(count: number, measure: () => number | Promise<number>, warm = 3): Promise<number> {
	for (let round = 0; round < warm; round++) await measure();
	const times: number[] = [];
	for (let round = 0; round < count; round++) times.push(await measure());
	return median(times);
}

const shapes = { chain, fan, diamonds };

/** The same nodes called in a plain loop: what no scheduler can be faster than. */
function plainLoop(flow: Flow): number {
	const run = types[0]!.run!;
	const began = performance.now();
	let value: Json = 0;
	for (const _ of Object.keys(flow.nodes))
		value = (run({ in: [value] }, {}, undefined as never) as PortValues)['out'] ?? 0;
	return performance.now() - began;
}

/** How often: small runs are over before their code is warm. */
const sizes = [
	{ size: 10, count: 201, warm: 300 },
	{ size: 1000, count: 41, warm: 10 },
	{ size: 10_000, count: 11, warm: 3 },
];

async function perNode(print: PrintLine, folder: RunFolder, syncMs: number): Promise<void> {
	for (const { size, count, warm } of sizes) {
		for (const [name, make] of Object.entries(shapes)) {
			const flow = make(size);
			const nodes = Object.keys(flow.nodes).length;
			const without = await rounds(count, () => runOnce(flow, undefined), warm);
			const withJournal = await rounds(count, () => runOnce(flow, folder), warm);
			const loop = await rounds(count, () => plainLoop(flow), warm);
			const compile = await rounds(Math.ceil(count / 4), () => compileOnce(flow));
			const us = (metric: string, ms: number, least = loop): void => {
				const value = Number(((ms * 1000) / nodes).toFixed(3));
				const baseline = Number(((least * 1000) / nodes).toFixed(3));
				print({ bench: 'engine', metric: `${metric}@${size} ${name}`, value, unit: 'us', baseline });
			};
			// No run is over before the disk has its journal.
			us('us_per_node', withJournal, syncMs + loop);
			us('us_per_node_in_memory', without);
			us('compile_us_per_node', compile);
		}
	}
}

function compileOnce(flow: Flow): number {
	const began = performance.now();
	compileFlow(flow, catalog, { expressions: expressionEngine });
	return performance.now() - began;
}

/** What the disk alone takes for the journal of a short run: a new file, a few lines, one sync. */
async function oneSync(folder: string): Promise<number> {
	let number = 0;
	const lines = Buffer.from('x'.repeat(2000));
	return rounds(201, async () => {
		const began = performance.now();
		const file = diskAppendFs.begin!(join(folder, `sync-${number++}`));
		await file.write(lines);
		await file.sync();
		const took = performance.now() - began;
		await file.close();
		return took;
	});
}

function tenBranches(): Flow {
	const ids = Array.from({ length: 10 }, (_, index) => `n${index}`);
	return flowOf(ids, [], 'sleep');
}

function planMs(flow: Flow, node: string): Promise<number> {
	const compiled = compileFlow(flow, catalog, { expressions: expressionEngine });
	return rounds(21, async () => {
		const began = performance.now();
		planRun(compiled, { kind: 'toHere', node });
		return performance.now() - began;
	});
}

/** A chain of 1,000 that was killed at its last node: from reading the journal to that node running again. */
async function resumeMs(folder: RunFolder): Promise<number> {
	const flow = chain(1000);
	const hanging = { ...flow, nodes: { ...flow.nodes, n999: { type: 'hang' } } };
	const base = { catalog, expressions: expressionEngine, services: {}, folder };
	let hasReached!: () => void;
	const reached = new Promise<void>(resolve => (hasReached = resolve));
	const run = await FlowRun.start({
		...base,
		flow: hanging,
		cwd: '/',
		onEvent: event => {
			if (event.type === 'node.started' && event.node === 'n999') hasReached();
		},
	});
	await reached;
	// What a killed program leaves behind: the lines that it had handed to the system.
	await new Promise(resolve => setTimeout(resolve, 50));
	const times = await rounds(9, async () => {
		const began = performance.now();
		const stored = await readRun(folder, run.execution);
		let done!: () => void;
		const again = new Promise<void>(resolve => (done = resolve));
		const copy = await resumeRun(
			{ ...stored!, journals: stored!.journals + Math.floor(Math.random() * 1e9) },
			{ ...base, onEvent: event => event.type === 'node.started' && done() },
		);
		await again;
		const took = performance.now() - began;
		copy.stop();
		await copy.result;
		return took;
	});
	run.stop();
	await run.result;
	return times;
}

/** What the engine costs a node, with its journal on the disk before the run has ended. */
export async function run(print: PrintLine): Promise<void> {
	const path = mkdtempSync(join(tmpdir(), 'engine-bench-'));
	try {
		const folder = runFolder(path);
		const line = (metric: string, ms: number): void =>
			print({ bench: 'engine', metric, value: Number(ms.toFixed(3)), unit: 'ms' });
		const syncMs = await oneSync(path);
		line('one_sync_ms', syncMs);
		await perNode(print, folder, syncMs);
		const branches = tenBranches();
		line('ten_branches_ms', await rounds(9, () => runOnce(branches, folder)));
		line('run_to_here_plan_ms 5000 nodes', await planMs(fan(5000), 'last'));
		line('run_to_here_plan_ms 20 diamonds', await planMs(diamonds(61), 'd20'));
		line('resume_ms@1000', await resumeMs(folder));
	} finally {
		rmSync(path, { recursive: true, force: true });
	}
}
