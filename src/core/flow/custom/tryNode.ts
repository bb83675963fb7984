import type { Clock } from '../../base/clock';
import { errorText } from '../../base/errors';
import { newId, type ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import type { LedgerEvent } from '../../ledger/events';
import { FlowRun } from '../engine/flowRun';
import type { RunLimits } from '../engine/limits';
import { RunRecorder } from '../engine/runRecorder';
import type { RunServices } from '../engine/services';
import { expressionEngine } from '../expressions/engine';
import { emptyFlow, type Flow, type FlowEdge, type FlowNode } from '../model/flow';
import { builtInCatalog, catalogOf } from '../nodes/catalog';
import type { NodeType, Ports } from '../nodes/nodeType';

/** What a run of a single node needs from outside. */
export interface SingleRunDeps {
	readonly services: RunServices;
	readonly clock: Clock;
	readonly append: (event: LedgerEvent) => void;
	/** Absolute path of the workspace folder. */
	readonly cwd: string;
	readonly limits: Partial<RunLimits>;
}

/** What became of it. What goes wrong is in the result; it never rejects. */
export type SingleRun = { readonly log: readonly string[]; readonly ms: number } & (
	| { readonly isOk: true; readonly outputs: Readonly<Record<string, Json>> }
	| { readonly isOk: false; readonly message: string; readonly cause: unknown }
);

/**
 * Runs one node as it would run in a flow: on the engine, with its caps, behind the gate, in the ledger. An input that
 * is absent is not connected.
 */
export async function runSingleNode(
	deps: SingleRunDeps,
	wish: {
		readonly type: NodeType;
		readonly title: string;
		readonly inputs: Readonly<Record<string, Json>>;
		readonly params: Readonly<Record<string, Json>>;
		readonly signal: AbortSignal;
	},
): Promise<SingleRun> {
	const { services, clock, append, cwd, limits } = deps;
	const { type, title, inputs, params, signal } = wish;
	const log: string[] = [];
	const start = performance.now();
	const took = (): { readonly log: readonly string[]; readonly ms: number } => ({
		log,
		ms: Math.round(performance.now() - start),
	});
	const flow = singleFlow(type, title, inputs, params);
	const execution = newId<ExecutionId>();
	const recorder = new RunRecorder({ execution, flow, trigger: 'user', project: cwd, title, append });
	try {
		const run = await FlowRun.start({
			flow,
			execution,
			catalog: catalogOf([...builtInCatalog.list(), type]),
			expressions: expressionEngine,
			services,
			cwd,
			clock,
			limits,
			inputs,
			onEvent: (event, at) => {
				recorder.add(event, at);
				if (event.type === 'run.log') log.push(event.text);
			},
		});
		const stop = (): void => run.stop();
		signal.addEventListener('abort', stop, { once: true });
		if (signal.aborted) stop();
		const { status, outputs, error, cause } = await run.result;
		signal.removeEventListener('abort', stop);
		if (status === 'succeeded') return { ...took(), isOk: true, outputs };
		return { ...took(), isOk: false, message: error ?? 'It was stopped.', cause };
	} catch (cause) {
		return { ...took(), isOk: false, message: errorText(cause), cause };
	}
}

function singleFlow(
	type: NodeType,
	name: string,
	inputs: Readonly<Record<string, Json>>,
	params: Readonly<Record<string, Json>>,
): Flow {
	const ports: Ports = typeof type.ports === 'function' ? { inputs: [], outputs: [] } : type.ports;
	const own: FlowNode = { type: `${type.type}@${type.version}`, params, cache: false };
	const nodes: Record<string, FlowNode> = { node: own };
	const edges: FlowEdge[] = [];
	for (const input of Object.keys(inputs)) {
		nodes[`in-${input}`] = { type: 'flow.input@1', params: { name: input } };
		edges.push({ from: `in-${input}`, output: 'value', to: 'node', input });
	}
	for (const { name: output } of ports.outputs) {
		nodes[`out-${output}`] = { type: 'flow.output@1', params: { name: output } };
		edges.push({ from: 'node', output, to: `out-${output}`, input: 'value' });
	}
	const flowInputs = Object.fromEntries(Object.keys(inputs).map(input => [input, { type: 'any' as const }]));
	return { ...emptyFlow('node', name), inputs: flowInputs, nodes, edges };
}
