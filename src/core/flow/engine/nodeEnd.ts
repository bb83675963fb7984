import type { Json } from '../../base/json';
import type { NodeType, PortValues } from '../nodes/nodeType';
import { FlowError } from './errors';
import type { Frame } from './frame';

/** Keeps what is an output of the flow. */
export function noteOutput(
	frame: Frame,
	local: number,
	values: PortValues,
	inputs: Readonly<Record<string, Json | undefined>>,
): void {
	const { outputName, firstOutput, slots } = frame.body.nodes[local]!;
	if (outputName === null) return;
	const value = firstOutput === null ? inputs[slots[0]?.port ?? ''] : values[firstOutput];
	if (value !== undefined) frame.results[outputName] = value;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
	return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

export function formatMs(ms: number): string {
	return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} seconds`;
}

/** Parameters as the node's schema wants them. Throws a `FlowError` that names the first that does not fit. */
export function parseParams(type: NodeType, params: Readonly<Record<string, Json>>): unknown {
	const parsed = type.params.safeParse(params);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	const where = issue && issue.path.length > 0 ? `'${issue.path.join('.')}'` : 'The parameters';
	throw new FlowError('node-params', `${where}: ${issue?.message ?? 'not as this node needs them'}`);
}

/** What a bypassed node gives: its first input at its first output. */
export function bypassed(inputs: Readonly<Record<string, Json>>, firstOutput: string | null): PortValues {
	const [first] = Object.values(inputs);
	return first === undefined || firstOutput === null ? {} : { [firstOutput]: first };
}
