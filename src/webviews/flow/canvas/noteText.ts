import type { FlowNode } from '../../../core/flow/model/flow';

/** Parameter of a note that holds its Markdown. */
export const noteTextParam = 'text';

export function noteText(node: FlowNode): string {
	const text = node.params?.[noteTextParam];
	return typeof text === 'string' ? text : '';
}
