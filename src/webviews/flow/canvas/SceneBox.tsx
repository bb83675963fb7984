import { memo, type ReactElement } from 'react';
import type { NodeProps } from 'reactflow';
import { Frame } from './Frame';
import { NodeCard } from './NodeCard';
import { Note } from './Note';
import type { SceneNode } from './scene';

/** Draws a node as what it is. */
export const SceneBox = memo(function SceneBox(props: NodeProps<SceneNode>): ReactElement | null {
	const { box, isGhost } = props.data;
	if (isGhost) return null;
	if (box.shape === 'card') return <NodeCard {...props} />;
	return box.shape === 'note' ? <Note {...props} /> : <Frame {...props} />;
});
