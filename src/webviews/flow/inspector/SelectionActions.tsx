import type { ReactElement } from 'react';
import { commandOf, type CommandId } from '../../../core/flow/editorCommands';
import { IconButton } from '../../shared/components/IconButton';
import { useCommands, useEditor } from '../context';
import { GroupFields } from './GroupFields';

const rows: readonly (readonly (readonly [CommandId, string])[])[] = [
	[
		['align.left', 'layout-sidebar-left'],
		['align.center', 'split-vertical'],
		['align.right', 'layout-sidebar-right'],
		['align.top', 'layout-menubar'],
		['align.middle', 'split-horizontal'],
		['align.bottom', 'layout-panel'],
	],
	[
		['distribute.horizontal', 'arrow-both'],
		['distribute.vertical', 'unfold'],
		['layout.selection', 'type-hierarchy-sub'],
	],
];
const buttons: readonly CommandId[] = [
	'group',
	'ungroup',
	'duplicate',
	'extract',
	'mute',
	'bypass',
	'delete.reconnect',
	'delete',
];

/** What can be done with several nodes at once. */
export function SelectionActions(): ReactElement {
	const editor = useEditor();
	const commands = useCommands();
	const isOffered = (id: CommandId): boolean =>
		(id !== 'extract' || editor.has('extract')) && (id !== 'layout.selection' || editor.has('layout'));
	return (
		<div className="selection-actions">
			<GroupFields />
			{rows.map(row => (
				<div key={row[0]?.[0]} className="action-row">
					{row
						.filter(([id]) => isOffered(id))
						.map(([id, icon]) => (
							<IconButton
								key={id}
								icon={icon}
								label={commandOf(id).title}
								isDisabled={!editor.canEdit}
								onClick={() => commands.run(id)}
							/>
						))}
				</div>
			))}
			{buttons.filter(isOffered).map(id => (
				<button
					key={id}
					type="button"
					className="text-button"
					disabled={!editor.canEdit}
					onClick={() => commands.run(id)}
				>
					{commandOf(id).title}
				</button>
			))}
		</div>
	);
}
