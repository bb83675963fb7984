import type { NodeProps } from 'reactflow';
import { memo, type ReactElement } from 'react';
import type { FlowNode } from '../../../core/flow/model/flow';
import { cardWidth } from '../../../core/flow/layout/sizes';
import { Codicon } from '../../shared/components/Codicon';
import { useEditor } from '../context';
import type { Editor } from '../state/editor';
import { useKeyed, useStored } from '../state/store';
import { fitSmall, fitTitle } from './fitText';
import { problemsByNode, runFacts, stateLooks, triggerLooks, triggerWords } from './marks';
import { PortDots } from './Ports';
import type { SceneNode } from './scene';

const footWidth = cardWidth - 22;
/** Beside the icon; and what each sign after it takes. */
const titleWidth = cardWidth - 46;
const signWidth = 18;

/** A node. Its size is fixed: what does not fit is cut. */
export const NodeCard = memo(function NodeCard({ id, data, selected }: NodeProps<SceneNode>): ReactElement {
	const { box } = data;
	const editor = useEditor();
	const run = useKeyed(editor.runs.nodes, id);
	const type = editor.catalog.find(box.node.type);
	const classes = useNodeClasses(id, box.node, selected);
	const facts = runFacts(run);
	const look = stateLooks[run.state];
	const badges = useBadges(id, box.node);
	const title = editor.catalog.titleOf(box.node);
	const signs = (badges.length > 0 ? badges.length * signWidth + 4 : 0) + (look.icon === '' ? 0 : signWidth + 4);
	return (
		<div className={`card state-${run.state} ${classes}${type ? '' : ' unknown'}`} id={`node-${id}`} data-id={id}>
			<div className={`card-head category-${(type?.category ?? 'none').toLowerCase()}`}>
				<span className="card-icon">
					<Codicon name={type?.icon ?? 'question'} />
				</span>
				<span className="card-title">{fitTitle(title, titleWidth - signs)}</span>
				<NodeBadges badges={badges} />
				{look.icon !== '' && (
					<span className={`card-state state-${run.state}`} title={run.error ?? look.words}>
						<Codicon name={look.icon} isSpinning={run.state === 'running'} />
					</span>
				)}
			</div>
			<PortDots id={id} spots={box.spots} />
			<div className="card-foot">
				{run.state === 'failed' && run.error !== null ? (
					<span className="card-error">{fitSmall(run.error, footWidth)}</span>
				) : run.state === 'running' && run.preview !== '' ? (
					<span className="card-preview">{fitSmall(run.preview, footWidth)}</span>
				) : facts !== '' ? (
					<span className="card-facts">{fitSmall(facts, footWidth)}</span>
				) : (
					<span className="card-about">{fitSmall(aboutNode(editor, box.node), footWidth)}</span>
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

interface NodeBadge {
	readonly icon: string;
	readonly title: string;
	readonly mark?: string;
}

/** Small signs beside the title. */
export function useBadges(id: string, node: FlowNode): readonly NodeBadge[] {
	const editor = useEditor();
	const problem = useStored(editor.doc, doc => problemsByNode(doc.problems).get(id));
	const hasBreakpoint = useStored(editor.doc, doc => doc.breakpoints.some(each => each.node === id));
	const isPinned = useStored(editor.doc, doc => doc.pins.has(id));
	const trigger = useStored(editor.doc, doc => doc.triggers.get(id));
	const badges: NodeBadge[] = [];
	if (trigger && trigger.kind !== 'manual') {
		const title = `Trigger: ${triggerWords(trigger)}`;
		badges.push({ icon: triggerLooks[trigger.state], title, mark: `trigger-${trigger.state}` });
	}
	if (hasBreakpoint) badges.push({ icon: 'debug-breakpoint', title: 'Breakpoint', mark: 'badge-breakpoint' });
	if (isPinned) badges.push({ icon: 'pinned', title: 'Its outputs are pinned: it does not run' });
	if (node.skip === 'mute') badges.push({ icon: 'mute', title: 'Muted: it does not run' });
	if (node.skip === 'bypass') badges.push({ icon: 'debug-step-over', title: 'Bypassed: its input is its output' });
	if (node.note !== undefined) badges.push({ icon: 'note', title: node.note });
	if (problem) {
		const icon = problem.severity === 'error' ? 'error' : 'warning';
		badges.push({ icon, title: problem.text, mark: `badge-${problem.severity}` });
	}
	return badges;
}

export function NodeBadges({ badges }: { readonly badges: readonly NodeBadge[] }): ReactElement | null {
	if (badges.length === 0) return null;
	return (
		<span className="card-badges">
			{badges.map(({ icon, title, mark }) => (
				<span key={icon} className={mark} title={title}>
					<Codicon name={icon} />
				</span>
			))}
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
