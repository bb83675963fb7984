import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import type { FlowFragment } from '../../../core/flow/editorProtocol';
import { importFlow } from '../../../core/flow/interop/importFlow';
import { exportN8n, isImportNotes } from '../../../core/flow/interop/n8n/exportN8n';
import { applyOps } from '../../../core/flow/model/apply';
import type { Flow, NodeId } from '../../../core/flow/model/flow';
import { tellReport } from './report';

/** What n8n put on the clipboard, as nodes of ours; what became of it is told in a notification. */
export async function importN8nText(text: string): Promise<FlowFragment> {
	const { flow, report, pins } = await importFlow(text, {
		format: 'n8n',
		name: '',
		files: { read: () => undefined },
	});
	const nodes = Object.entries(flow.nodes).filter(([, node]) => !isImportNotes(node));
	if (nodes.length === 0) throw new ExpectedError('import', 'The clipboard holds no nodes of n8n.');
	const inputs = Object.keys(flow.inputs).map(
		name => `The nodes read the input “${name}”: add it to this flow’s inputs.`,
	);
	const pinned = Object.keys(pins.pins).length > 0 ? ['Pinned data of n8n was not pasted.'] : [];
	void tellReport(
		nodes.length === 1 ? 'One node was pasted.' : `${nodes.length} nodes were pasted.`,
		report,
		[...inputs, ...pinned].join('\n\n'),
	);
	const ids = new Set(nodes.map(([id]) => id));
	return {
		nodes: Object.fromEntries(nodes),
		edges: flow.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
		groups: flow.groups,
		layout: Object.fromEntries(Object.entries(flow.layout).filter(([id]) => ids.has(id))),
	};
}

/** Puts nodes on the clipboard as n8n's editor pastes them. */
export async function copyForN8n(flow: Flow, chosen: readonly NodeId[]): Promise<void> {
	const wanted = new Set(chosen.filter(id => Object.hasOwn(flow.nodes, id)));
	const others = Object.keys(flow.nodes).filter(id => !wanted.has(id));
	const { workflow, report } = exportN8n(
		applyOps(
			flow,
			others.map(id => ({ op: 'removeNode', id })),
		),
	);
	const { nodes, connections } = workflow;
	await vscode.env.clipboard.writeText(JSON.stringify({ nodes, connections }, null, 2));
	void tellReport(
		`${wanted.size === 1 ? 'One node is' : `${wanted.size} nodes are`} on the clipboard for n8n.`,
		report,
	);
}
