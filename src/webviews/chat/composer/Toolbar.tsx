import type { ReactElement } from 'react';
import type { ConversationView, Effort, PermissionMode } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { MenuButton, type MenuItem } from '../../shared/components/Menu';
import { useHost } from '../host';
import { isBusy } from '../state';
import { ModelPicker } from './ModelPicker';

export interface ToolbarProps {
	readonly conversation: ConversationView;
	readonly isEmpty: boolean;
	readonly onSend: () => void;
	readonly onMention: () => void;
	readonly onPickFiles: () => void;
}

/** Below the text: what to add, how to work, and send or stop. */
export function Toolbar({ conversation, isEmpty, onSend, onMention, onPickFiles }: ToolbarProps): ReactElement {
	const { attempt } = useHost();
	const busy = isBusy(conversation) && conversation.readOnly === null;
	return (
		<div className="toolbar">
			<IconButton
				icon="attach"
				label="Attach files (or drop them here; from the explorer hold Shift)"
				onClick={onPickFiles}
			/>
			<IconButton icon="mention" label="Add a file or symbol" onClick={onMention} />
			<ModePicker conversation={conversation} />
			<ModelPicker conversation={conversation} />
			<EffortPicker conversation={conversation} />
			<span className="toolbar-space" />
			{busy && (
				<IconButton
					className="stop"
					icon="debug-stop"
					label="Stop (Escape)"
					onClick={() => void attempt('stop', { conversation: conversation.id })}
				/>
			)}
			{(!busy || !isEmpty) && (
				<IconButton
					className="send"
					icon="send"
					label={busy ? 'Queue (Enter)' : 'Send (Enter)'}
					isDisabled={isEmpty}
					onClick={onSend}
				/>
			)}
		</div>
	);
}

interface PickerProps {
	readonly conversation: ConversationView;
}

const modes: readonly (MenuItem & { readonly id: PermissionMode })[] = [
	{ id: 'default', label: 'Ask', icon: 'shield', description: 'Asks before it changes files or runs commands' },
	{ id: 'acceptEdits', label: 'Auto-edit', icon: 'edit', description: 'Edits files in the workspace without asking' },
	{ id: 'plan', label: 'Plan', icon: 'list-ordered', description: 'Reads only, then proposes a plan' },
];

/** Only where our own loop runs the conversation. */
const autonomous: (typeof modes)[number] = {
	id: 'autonomous',
	label: 'Autonomous',
	icon: 'rocket',
	description: 'Works on inside the workspace without asking, within its limits',
};

function ModePicker({ conversation }: PickerProps): ReactElement {
	const { attempt } = useHost();
	const offered = conversation.provider === 'claude' ? modes : [...modes, autonomous];
	const mode = offered.find(({ id }) => id === conversation.mode);
	return (
		<MenuButton
			className="mode"
			label={`Permission mode: ${mode?.label ?? conversation.mode}`}
			items={offered.map(item => ({ ...item, isChecked: item.id === conversation.mode }))}
			onPick={id => void attempt('setMode', { conversation: conversation.id, mode: id as PermissionMode })}
		>
			<Codicon name={mode?.icon ?? 'shield'} />
			<span className="picker-text mode-text">{mode?.label ?? conversation.mode}</span>
		</MenuButton>
	);
}

const effortWords: Readonly<Record<Effort, string>> = {
	default: 'Default effort',
	low: 'Low effort',
	medium: 'Medium effort',
	high: 'High effort',
	xhigh: 'Extra high effort',
	max: 'Maximum effort',
};

/** Shown only where the model can be told how hard to think. */
function EffortPicker({ conversation }: PickerProps): ReactElement | null {
	const { attempt } = useHost();
	const { model, models, chosen } = conversation;
	const known = models.find(({ value }) => value === model) ?? (chosen?.value === model ? chosen : null);
	const efforts = known?.efforts ?? [];
	if (efforts.length === 0) return null;
	return (
		<MenuButton
			label={effortWords[conversation.effort]}
			items={efforts.map(effort => ({
				id: effort,
				label: effortWords[effort],
				isChecked: effort === conversation.effort,
			}))}
			onPick={effort => void attempt('setEffort', { conversation: conversation.id, effort: effort as Effort })}
		>
			<Codicon name="dashboard" />
			<span className="picker-text effort">{effortWords[conversation.effort].replace(' effort', '')}</span>
		</MenuButton>
	);
}
