import { useMemo, type ReactElement } from 'react';
import { Markdown, type MarkdownActions } from '../../shared/components/Markdown';
import { useEditor } from '../context';

/** Markdown with links that the host opens. In a chunk of its own: most flows open without it. */
export function NoteMarkdown({ text }: { readonly text: string }): ReactElement {
	const editor = useEditor();
	const actions = useMemo<MarkdownActions>(
		() => ({
			copy: words => editor.client.call('writeClipboard', { text: words }),
			openLink: href => void editor.attempt('openLink', { href }),
		}),
		[editor],
	);
	return <Markdown text={text} actions={actions} />;
}
