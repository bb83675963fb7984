import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { longestNote, type noteWidget } from '../../../core/dashboard/widgets/note';
import { IconButton } from '../../shared/components/IconButton';
import { Button, ProgressRing } from '../../shared/components/toolkit';
import { usePage } from '../context';
import { Empty } from '../Live';
import type { WidgetProps } from '../widget';

const Markdown = lazy(async () => {
	const { Markdown: drawn } = await import('../../shared/components/Markdown');
	return { default: drawn };
});

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
			<Suspense fallback={<ProgressRing label="Drawing the note" />}>
				<Text text={text} />
			</Suspense>
			<IconButton icon="edit" label="Edit note" className="note-edit" onClick={() => setDraft(text)} />
		</div>
	);
}

function Text({ text }: { readonly text: string }): ReactElement {
	const { client, fail } = usePage();
	const actions = useMemo(
		() => ({
			copy: (code: string) => navigator.clipboard.writeText(code),
			openLink: (href: string) => void client.call('openLink', { href }).catch(fail),
		}),
		[client, fail],
	);
	return <Markdown text={text} actions={actions} />;
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
