import { NodeResizer, type NodeProps } from 'reactflow';
import { memo, type ReactElement } from 'react';
import { Codicon } from '../../shared/components/Codicon';
import { useEditor } from '../context';
import { useKeyed } from '../state/store';
import { useStored } from '../state/store';
import { leastSize } from '../../../core/flow/layout/sizes';
import { runFacts, stateLooks } from './marks';
import { NodeBadges, useBadges, useNodeClasses } from './NodeCard';
import { PortDots } from './Ports';
import type { SceneNode } from './scene';
import { useResize } from '../gestures/useResize';

/** A container: a frame that the nodes of its body stand in. It is dragged by its head. */
export const Frame = memo(function Frame({ id, data, selected }: NodeProps<SceneNode>): ReactElement {
	const { box } = data;
	const editor = useEditor();
	const run = useKeyed(editor.runs.nodes, id);
	const type = editor.catalog.find(box.node.type);
	const classes = useNodeClasses(id, box.node, selected);
	const canEdit = useStored(editor.doc, () => editor.canEdit);
	const resize = useResize(id);
	const badges = useBadges(id, box.node);
	const look = stateLooks[run.state];
	const facts = runFacts(run);
	const least = leastSize('container');
	return (
		<div className={`frame state-${run.state} ${classes}`} id={`node-${id}`} data-id={id}>
			{selected && canEdit && (
				<NodeResizer
					minWidth={least.width}
					minHeight={least.height}
					onResize={resize.onResize}
					onResizeEnd={resize.onEnd}
				/>
			)}
			<div className="card-head category-control">
				<span className="card-icon">
					<Codicon name={type?.icon ?? 'symbol-namespace'} />
				</span>
				<span className="card-title">{editor.catalog.titleOf(box.node)}</span>
				{facts !== '' && <span className="frame-facts">{facts}</span>}
				<NodeBadges badges={badges} />
				{look.icon !== '' && (
					<span className={`card-state state-${run.state}`} title={run.error ?? look.words}>
						<Codicon name={look.icon} isSpinning={run.state === 'running'} />
					</span>
				)}
			</div>
			<PortDots id={id} spots={box.spots} />
		</div>
	);
});
