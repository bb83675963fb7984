import type { ReactElement } from 'react';
import type { ChatItem, ToolItem } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { plural } from '../../shared/format';
import { useHost, useOpen } from '../host';
import { describeTool, shortPath } from '../tools/describe';

const nestedLimit = 30;

export interface NestedProps {
	readonly item: ToolItem;
	readonly kids: readonly ChatItem[];
	readonly renderRow: (item: ChatItem) => ReactElement;
}

/** What a sub-agent did, folded unless it waits for the user. */
export function Nested({ item, kids, renderRow }: NestedProps): ReactElement {
	const { root } = useHost();
	const isWaiting = kids.some(kid => kid.kind === 'tool' && kid.approval !== null);
	const [isOpen, setIsOpen] = useOpen(`${item.id}:steps`, false);
	const [isAll, setIsAll] = useOpen(`${item.id}:all`, false);
	const shown = isAll ? kids : kids.slice(-nestedLimit);
	const last = kids.at(-1);
	const doing = last?.kind === 'tool' ? describeTool(last, root) : null;
	return (
		<div className="nested">
			<button
				type="button"
				className="nested-toggle"
				aria-expanded={isOpen || isWaiting}
				onClick={() => setIsOpen(!isOpen)}
			>
				<Codicon name={isOpen || isWaiting ? 'chevron-down' : 'chevron-right'} />
				{plural(kids.length, 'step')}
				{!isOpen && doing && item.state === 'running' && (
					<span className="muted nested-doing">
						{doing.name} {doing.path === null ? doing.summary : shortPath(doing.path, root, 1)}
					</span>
				)}
			</button>
			{(isOpen || isWaiting) && (
				<div className="nested-rows">
					{shown.length < kids.length && (
						<button type="button" className="text-button" onClick={() => setIsAll(true)}>
							Show {plural(kids.length - shown.length, 'earlier step')}
						</button>
					)}
					{shown.map(renderRow)}
				</div>
			)}
		</div>
	);
}
