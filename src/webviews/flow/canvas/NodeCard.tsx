import type { NodeProps } from 'reactflow';
import { memo, type ReactElement } from 'react';
import type { FlowNode } from '../../../core/flow/model/flow';
import { Codicon } from '../../shared/components/Codicon';
import { useEditor } from '../context';
import type { Editor } from '../state/editor';
import { useKeyed, useStored } from '../state/store';
import { problemsByNode, runFacts, stateLooks } from './marks';
import { PortDots } from './Ports';
import type { SceneNode } from './scene';

/** A node. Its size is fixed: what does not fit is cut. */
export const NodeCard = memo(function NodeCard({ id, data, selected }: NodeProps<SceneNode>): ReactElement {
	const { box } = data;
	const editor = useEditor();
	const run = useKeyed(editor.runs.nodes, id);
	const type = editor.catalog.find(box.node.type);
	const classes = useNodeClasses(id, box.node, selected);
	const facts = runFacts(run);
	const look = stateLooks[run.state];
	return (
		<div className={`card state-${run.state} ${classes}${type ? '' : ' unknown'}`} id={`node-${id}`} data-id={id}>
			<div className={`card-head category-${(type?.category ?? 'none').toLowerCase()}`}>
				<span className="card-icon">
					<Codicon name={type?.icon ?? 'question'} />
				</span>
				<span className="card-title">{editor.catalog.titleOf(box.node)}</span>
				<NodeBadges id={id} node={box.node} />
				{look.icon !== '' && (
					<span className={`card-state state-${run.state}`} title={run.error ?? look.words}>
						<Codicon name={look.icon} isSpinning={run.state === 'running'} />
					</span>
				)}
			</div>
			<PortDots id={id} spots={box.spots} />
			<div className="card-foot">
				{run.state === 'failed' && run.error !== null ? (
					<span className="card-error">{run.error}</span>
				) : run.state === 'running' && run.preview !== '' ? (
					<span className="card-preview">{run.preview}</span>
				) : facts !== '' ? (
					<span className="card-facts">{facts}</span>
				) : (
					<span className="card-about">{aboutNode(editor, box.node)}</span>
				)}
			</div>
		</div>
	);
});

/** Marks of a node that the run does not know: problems, breakpoints, pins, a comparison. */
export function useNodeClasses(id: string, node: FlowNode, selected: boolean): string {
	const editor = useEditor();
	const severity = useStored(editor.doc, doc => problemsByNode(doc.problems).get(id)?.severity ?? '');
	const change = useStored(editor.doc, doc => doc.compare?.nodes[id] ?? '');
	const isDiffering = useStored(editor.runs.differing, nodes => nodes.has(id));
	const isCurrent = useStored(editor.selection, selection => selection.current === id);
	return [
		selected ? 'selected' : '',
		isCurrent ? 'current' : '',
		isDiffering ? 'differing' : '',
		severity === '' ? '' : `has-${severity}`,
		change === '' ? '' : `change-${change}`,
		node.skip ? `skip-${node.skip}` : '',
	]
		.filter(name => name !== '')
		.join(' ');
}

/** Small signs beside the title. */
export function NodeBadges({ id, node }: { readonly id: string; readonly node: FlowNode }): ReactElement {
	const editor = useEditor();
	const problem = useStored(editor.doc, doc => problemsByNode(doc.problems).get(id));
	const hasBreakpoint = useStored(editor.doc, doc => doc.breakpoints.some(each => each.node === id));
	const isPinned = useStored(editor.doc, doc => doc.pins.has(id));
	return (
		<span className="card-badges">
			{hasBreakpoint && (
				<span className="badge-breakpoint" title="Breakpoint">
					<Codicon name="debug-breakpoint" />
				</span>
			)}
			{isPinned && (
				<span title="Its outputs are pinned: it does not run">
					<Codicon name="pinned" />
				</span>
			)}
			{node.skip && (
				<span title={node.skip === 'mute' ? 'Muted: it does not run' : 'Bypassed: its input is its output'}>
					<Codicon name={node.skip === 'mute' ? 'mute' : 'debug-step-over'} />
				</span>
			)}
			{node.note !== undefined && (
				<span title={node.note}>
					<Codicon name="note" />
				</span>
			)}
			{problem && (
				<span className={`badge-${problem.severity}`} title={problem.text}>
					<Codicon name={problem.severity === 'error' ? 'error' : 'warning'} />
				</span>
			)}
		</span>
	);
}

/** The parameter that says most about what the node does here, on one line. */
function aboutNode(editor: Editor, node: FlowNode): string {
	const type = editor.catalog.find(node.type);
	if (!type) return node.type;
	for (const value of Object.values(node.params ?? {})) {
		if (typeof value === 'string' && value.trim() !== '') return value.trim().split('\n', 1)[0] ?? '';
		if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	}
	return node.name === undefined ? '' : type.title;
}
