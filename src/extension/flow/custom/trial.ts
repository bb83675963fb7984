import { z } from 'zod';
import { ExpectedError } from '../../../core/base/errors';
import type { Json } from '../../../core/base/json';
import { runSingleNode, type SingleRun } from '../../../core/flow/custom/tryNode';
import type { NodeTrialView } from '../../../core/flow/custom/nodePageProtocol';
import type { ValueKind } from '../../../core/flow/model/flow';
import { paramsSchema } from '../../../core/flow/nodes/paramMeta';
import type { NodeType, Port } from '../../../core/flow/nodes/nodeType';
import type { FlowService } from '../service';

const record = z.record(z.string().max(100), z.json());
const trialShape = z.object({ inputs: record.default({}), params: record.default({}) });

const schemas: Readonly<Record<ValueKind, Readonly<Record<string, unknown>>>> = {
	any: {},
	text: { type: 'string' },
	number: { type: 'number' },
	boolean: { type: 'boolean' },
	object: { type: 'object', additionalProperties: true },
	list: { type: 'array' },
	file: { type: 'string', description: 'A path, from the workspace folder.' },
	image: { type: 'object', additionalProperties: true },
};

/** The form in which a node is tried: its inputs and its parameters. */
export function trialSchema(type: NodeType): Readonly<Record<string, unknown>> {
	const ports = typeof type.ports === 'function' ? [] : type.ports.inputs;
	const { properties = {} } = paramsSchema(type) as { readonly properties?: Readonly<Record<string, unknown>> };
	return {
		type: 'object',
		properties: {
			...(ports.length === 0 ? {} : { inputs: group('Inputs', ports) }),
			...(Object.keys(properties).length === 0 ? {} : { params: { ...paramsSchema(type), title: 'Parameters' } }),
		},
	};
}

function group(title: string, ports: readonly Port[]): Readonly<Record<string, unknown>> {
	const required = ports.filter(({ isRequired }) => isRequired === true).map(({ name }) => name);
	const properties = ports.map(({ name, title: label, kind, description }) => {
		const about = description === undefined ? {} : { description };
		return [name, { ...schemas[kind], title: kind === 'any' ? `${label} (JSON)` : label, ...about }];
	});
	return { type: 'object', title, properties: Object.fromEntries(properties), required };
}

/** Runs a node once with what the page sends, in the ledger and behind the gate. */
export async function tryNode(
	service: FlowService,
	wish: { readonly type: NodeType; readonly cwd: string; readonly input: unknown; readonly signal: AbortSignal },
): Promise<NodeTrialView> {
	const { type, cwd, input, signal } = wish;
	const given = trialShape.safeParse(input);
	if (!given.success) throw new ExpectedError('bad-request', 'These are no inputs of a node.');
	const { inputs, params } = given.data as Record<'inputs' | 'params', Readonly<Record<string, Json>>>;
	const run = await runOne(service, { type, title: `Test of ${type.title}`, cwd, inputs, params, signal });
	if (run.isOk) return { isOk: true, outputs: run.outputs, log: run.log, ms: run.ms };
	const line = /\bin [\w.-]+\.js, line (\d+)/u.exec(run.message)?.[1];
	const message = run.message.replace(/^'node' failed: /u, '');
	return { isOk: false, message, line: line === undefined ? null : Number(line), log: run.log, ms: run.ms };
}

/** Runs a node that stands in no flow, with the caps of the settings. */
export async function runOne(
	{ host, services, runs, append }: FlowService,
	wish: { readonly cwd: string } & Parameters<typeof runSingleNode>[1],
): Promise<SingleRun> {
	const { cwd, ...node } = wish;
	const { clock } = host;
	return runSingleNode({ services: await services.forRun(cwd), clock, append, cwd, limits: runs.limits }, node);
}
