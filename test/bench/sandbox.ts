import { resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import type { Json } from '../../src/core/base/json';
import { Sandbox } from '../../src/core/flow/sandbox/sandbox';
import { startSandboxThread } from '../../src/core/flow/sandbox/startThread';
import { median, type PrintLine } from './line';

const starts = 7;
const calls = 2_000;
const loop = 'let sum = 0; for (let index = 0; index < 3_000_000; index++) sum += index % 7; return sum';

/** What a script costs beside the same script in plain Node: the start of a thread, one call, a tight loop. */
export async function run(print: PrintLine): Promise<void> {
	const show = (metric: string, value: number, unit: string): void =>
		print({ bench: 'sandbox', metric, value: Math.round(value * 100) / 100, unit });
	const first: number[] = [];
	for (let round = 0; round < starts; round++) {
		const sandbox = makeSandbox();
		first.push(await timed(() => evaluate(sandbox, 'return 1')));
		sandbox.dispose();
	}
	show('start_ms', median(first), 'ms');
	const sandbox = makeSandbox();
	await evaluate(sandbox, 'return 1');
	const each: number[] = [];
	const values = { order: { id: 7, lines: ['a', 'b', 'c'] } };
	for (let round = 0; round < calls; round++) {
		each.push(await timed(() => evaluate(sandbox, 'return order.lines.map(line => line + order.id)', values)));
	}
	show('call_us', median(each) * 1000, 'us');
	show('call_max_ms', Math.max(...each), 'ms');
	await evaluate(sandbox, loop);
	const inside: number[] = [];
	const outside: number[] = [];
	for (let round = 0; round < 5; round++) {
		inside.push(await timed(() => evaluate(sandbox, loop)));
		outside.push(await timed(async () => Promise.resolve(compileFunction(loop)() as unknown)));
	}
	show('loop_ms', median(inside), 'ms');
	show('loop_node_ms', median(outside), 'ms');
	sandbox.dispose();
}

async function evaluate(sandbox: Sandbox, source: string, values: Readonly<Record<string, Json>> = {}): Promise<Json> {
	return sandbox.script(source, values, new AbortController().signal);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await work();
	return performance.now() - start;
}

function makeSandbox(): Sandbox {
	const file = resolve('dist', 'workers', 'sandbox.js');
	return new Sandbox({ maxThreads: 1, startThread: () => startSandboxThread(file) });
}
