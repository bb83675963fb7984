import { useEffect, useState, type ReactElement } from 'react';
import type { ExpressionPreview as Preview } from '../../../core/flow/editorProtocol';
import type { NodeId } from '../../../core/flow/model/flow';
import { useEditor } from '../context';
import { useStored } from '../state/store';

const askMs = 350;

/** What a text with expressions gives with the values of the run that is shown. */
export function ExpressionPreview({
	node,
	text,
}: {
	readonly node: NodeId;
	readonly text: string;
}): ReactElement | null {
	const editor = useEditor();
	const run = useStored(editor.runs.run, now => now?.id ?? null);
	const [preview, setPreview] = useState<Preview | null>(null);
	useEffect(() => {
		if (!editor.has('completions')) return undefined;
		let isGone = false;
		const timer = setTimeout(() => {
			editor.client.call('preview', { node, text, run }).then(
				answer => {
					if (!isGone) setPreview(answer);
				},
				() => {
					if (!isGone) setPreview(null);
				},
			);
		}, askMs);
		return () => {
			isGone = true;
			clearTimeout(timer);
		};
	}, [editor, node, text, run]);
	if (!preview) return null;
	if (preview.state === 'value') {
		const shown = typeof preview.value === 'string' ? preview.value : JSON.stringify(preview.value);
		return (
			<output className="preview" title={shown.slice(0, 2000)}>
				= {shown === '' ? <em>empty text</em> : shown.slice(0, 300)}
			</output>
		);
	}
	return <output className={`preview preview-${preview.state}`}>{preview.reason}</output>;
}
