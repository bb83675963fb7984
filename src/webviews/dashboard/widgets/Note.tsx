import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { longestNote, type noteWidget } from '../../../core/dashboard/widgets/note';
import { IconButton } from '../../shared/components/IconButton';
import { Button, ProgressRing } from '../../shared/components/toolkit';
import { Empty } from '../Live';
import { MarkdownText } from '../MarkdownText';
import type { WidgetProps } from '../widget';

export function Note({
	settings: { text },
	onSettings,
}: WidgetProps<SettingsOf<typeof noteWidget.settings>>): ReactElement {
	const [draft, setDraft] = useState<string | null>(null);
	if (draft !== null) {
		const keep = (): void => {
			if (draft !== text) onSettings({ text: draft });
			setDraft(null);
		};
		return <Editor draft={draft} onDraft={setDraft} onKeep={keep} onDrop={() => setDraft(null)} />;
	}
	if (text.trim() === '') {
		return (
			<Empty icon="note">
				<p>Nothing is written yet.</p>
				<Button onClick={() => setDraft('')}>Write</Button>
			</Empty>
		);
	}
	return (
		<div className="note" onDoubleClick={() => setDraft(text)}>
			<MarkdownText text={text} fallback={<ProgressRing label="Drawing the note" />} />
			<IconButton icon="edit" label="Edit note" className="note-edit" onClick={() => setDraft(text)} />
		</div>
	);
}

function Editor({
	draft,
	onDraft,
	onKeep,
	onDrop,
}: {
	readonly draft: string;
	readonly onDraft: (draft: string) => void;
	readonly onKeep: () => void;
	readonly onDrop: () => void;
}): ReactElement {
	const field = useRef<HTMLTextAreaElement>(null);
	useEffect(() => field.current?.focus(), []);
	return (
		<textarea
			ref={field}
			className="form-input note-field"
			aria-label="Note in Markdown: Control and Enter keeps it, Escape drops what was changed"
			placeholder="Markdown · Ctrl+Enter keeps · Escape drops"
			maxLength={longestNote}
			value={draft}
			onChange={event => onDraft(event.currentTarget.value)}
			onBlur={onKeep}
			onKeyDown={event => {
				if (event.key === 'Escape') onDrop();
				else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onKeep();
				else return;
				event.stopPropagation();
			}}
		/>
	);
}
