import { memo, type ReactElement } from 'react';
import { handleId } from '../../../core/flow/layout/handles';
import { kindNames } from '../graph/kinds';
import { cardWidth, type HandleSpot } from '../../../core/flow/layout/sizes';
import { fitSmall } from './fitText';
import { missingPortNote } from '../state/catalog';

/** Half a card, without the dot and the space around the name. */
const nameWidth = cardWidth / 2 - 20;

/** The ports of a node: dots with their names. An edge is drawn by pulling a dot; `useConnect` hears it. */
export const PortDots = memo(function PortDots({
	id,
	spots,
}: {
	readonly id: string;
	readonly spots: readonly HandleSpot[];
}): ReactElement {
	return (
		<>
			{spots.map(({ port, side, x, y }) => {
				const isLeft = x === 0;
				const isMissing = port.description === missingPortNote;
				const title = `${port.title}: ${kindNames[port.kind]}${port.isRequired ? ', required' : ''}${
					port.description ? `\n${port.description}` : ''
				}`;
				return (
					<div
						key={`${side}-${handleId(port)}`}
						className={`port nodrag nopan side-${side} kind-${port.kind}${isLeft ? ' left' : ' right'}${
							port.isRequired ? ' required' : ''
						}${isMissing ? ' missing' : ''}${port.isInner ? ' inner' : ''}`}
						style={{ top: y }}
						data-node={id}
						data-handle={handleId(port)}
						data-side={side}
						title={title}
					>
						<span className="port-dot" />
						<span className="port-name">{fitSmall(port.title, nameWidth)}</span>
					</div>
				);
			})}
		</>
	);
});
