import { hash } from 'node:crypto';
import type { FlowNode } from '../../model/flow';
import { normaliseNode } from '../../model/normalise';

/** A short hash of everything of a node that an export would write; its place and what it stands in are not part of it. */
export function nodeSeal(node: FlowNode): string {
	const { origin: _origin, in: _in, ...own } = normaliseNode(node);
	const sorted = JSON.stringify(own, (_, value: unknown) =>
		typeof value === 'object' && value !== null && !Array.isArray(value)
			? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
			: value,
	);
	return hash('sha256', sorted).slice(0, 16);
}
