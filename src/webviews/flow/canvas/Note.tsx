import { NodeResizer, type NodeProps } from 'reactflow';
import { lazy, memo, Suspense, useState, type ReactElement } from 'react';
import { useEditor } from '../context';
import { useResize } from '../gestures/useResize';
import { leastSize } from '../../../core/flow/layout/sizes';
import { useStored } from '../state/store';
import { useNodeClasses } from './NodeCard';
import { noteText, noteTextParam } from './noteText';
import type { SceneNode } from './scene';

const NoteMarkdown = lazy(async () => ({ default: (await import('./NoteMarkdown')).NoteMarkdown }));

/** Markdown on the canvas, for people. A double press edits it. */
export const Note = memo(function Note({ id, data, selected }: NodeProps<SceneNode>): ReactElement {
	const { box } = data;
	const editor = useEditor();
	const classes = useNodeClasses(id, box.node, selected);
	const canEdit = useStored(editor.doc, () => editor.canEdit);
	const resize = useResize(id);
	const text = noteText(box.node);
	const [draft, setDraft] = useState<string | null>(null);
	const least = leastSize('note');
	const keep = (): void => {
		if (draft !== null && draft !== text)
			editor.apply('Edit note', [{ op: 'setParam', id, name: noteTextParam, value: draft }]);
		setDraft(null);
	};
	return (
		<div
			className={`note ${classes}`}
			id={`node-${id}`}
			data-id={id}
			onDoubleClick={() => {
				if (canEdit) setDraft(text);
			}}
		>
			{selected && canEdit && (
				<NodeResizer
					minWidth={least.width}
					minHeight={least.height}
					onResize={resize.onResize}
					onResizeEnd={resize.onEnd}
				/>
			)}
			{draft === null ? (
				<div className="note-text">
					<Suspense fallback={<pre>{text}</pre>}>
						<NoteMarkdown text={text === '' ? '*Empty note*' : text} />
					</Suspense>
				</div>
			) : (
				<textarea
					className="note-editor nodrag nopan nowheel"
					aria-label="Note, in Markdown"
					autoFocus
					value={draft}
					onChange={event => setDraft(event.currentTarget.value)}
					onBlur={keep}
					onKeyDown={event => {
						if (event.key === 'Escape') setDraft(null);
					}}
				/>
			)}
		</div>
	);
});
