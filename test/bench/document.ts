import type { Json } from '../../src/core/base/json';
import { applyOps } from '../../src/core/flow/model/apply';
import { diffFlows } from '../../src/core/flow/model/diff';
import type { Flow } from '../../src/core/flow/model/flow';
import type { FlowOp } from '../../src/core/flow/model/ops';
import { parseFlow } from '../../src/core/flow/model/parse';
import { FlowPrinter, printFlow } from '../../src/core/flow/model/print';
import { textEdit } from '../../src/core/flow/model/textEdit';
import { validateFlow } from '../../src/core/flow/model/validate/validate';
import { builtInCatalog } from '../../src/core/flow/nodes/catalog';
import { sampleFlow } from './flowParts/sampleFlow';
import { median } from './line';
import type { PrintLine } from './line';

const rounds = 35;
const warmUps = 10;

function time(task: () => unknown): number {
	const start = performance.now();
	task();
	return performance.now() - start;
}

/** Ours and what it is compared with, turn by turn, so that a busy machine slows both. */
function compare(ours: (round: number) => unknown, other: (round: number) => unknown): readonly [number, number] {
	const times: [number[], number[]] = [[], []];
	// An editor that has been open for a while has run this code before.
	for (let round = 0; round < warmUps; round++) {
		ours(round);
		other(round);
	}
	for (let round = warmUps; round < rounds; round++) {
		times[0].push(time(() => ours(round)));
		times[1].push(time(() => other(round)));
	}
	return [median(times[0]), median(times[1])];
}

function measure(print: PrintLine, count: number): void {
	const flow = sampleFlow(count);
	const text = printFlow(flow);
	const json = JSON.parse(text) as Json;
	const line = (metric: string, [value, baseline]: readonly [number, number]): void =>
		print({ bench: 'document', metric: `${metric}@${count}`, value, unit: 'ms', baseline, ratio: value / baseline });
	line(
		'parse_ms',
		compare(
			() => parseFlow(text),
			() => JSON.parse(text) as unknown,
		),
	);
	const copies = Array.from({ length: rounds }, () => fresh(flow));
	line(
		'print_ms',
		compare(
			round => printFlow(copies[round]!),
			() => JSON.stringify(json, null, 2),
		),
	);

	// A gesture: applied to the model, printed, and made the smallest edit of the text, as the host of an editor does.
	const printer = new FlowPrinter();
	let state = { flow, text: printer.print(flow) };
	const edit = (round: number): void => {
		const after = applyOps(state.flow, [gesture(count, round)]);
		const printed = printer.print(after);
		textEdit(state.text, printed);
		state = { flow: after, text: printed };
	};
	line(
		'edit_ms',
		compare(edit, () => JSON.stringify(json, null, 2)),
	);

	// A change of the text from outside: read, and told apart from what was there.
	const texts = Array.from({ length: rounds }, (_, round) => printFlow(applyOps(flow, [gesture(count, round)])));
	const parsed = texts.map(item => parseFlow(item).flow!);
	line(
		'diff_ms',
		compare(
			round => diffFlows(flow, parsed[round]!),
			() => JSON.parse(text) as unknown,
		),
	);

	const world = { flow: () => undefined, tool: () => undefined };
	const checked = [...parsed];
	const again = [...parsed.keys()].map(round => applyOps(flow, [gesture(count, round + 7)]));
	const [first, second] = compare(
		round => validateFlow(checked[round]!, builtInCatalog, world),
		round => validateFlow(again[round]!, builtInCatalog, world),
	);
	print({ bench: 'document', metric: `validate_ms@${count}`, value: first, unit: 'ms' });
	print({ bench: 'document', metric: `validate_again_ms@${count}`, value: second, unit: 'ms' });
}

/** Nothing that an earlier print has remembered. */
function fresh(flow: Flow): Flow {
	const copy = <T extends object>(map: Readonly<Record<string, T>>): Record<string, T> =>
		Object.fromEntries(Object.entries(map).map(([id, value]) => [id, { ...value }]));
	return { ...flow, nodes: copy(flow.nodes), layout: copy(flow.layout), edges: flow.edges.map(edge => ({ ...edge })) };
}

function gesture(count: number, round: number): FlowOp {
	const id = `step-${String((round * 36) % count).padStart(5, '0')}`;
	return round % 2 === 0
		? { op: 'setParam', id, name: 'temperature', value: round / 100 }
		: { op: 'move', places: { [id]: { x: round * 8, y: 8 } } };
}

export function run(print: PrintLine): Promise<void> {
	for (const count of [1000, 10_000]) measure(print, count);
	return Promise.resolve();
}
