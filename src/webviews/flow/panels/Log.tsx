import { useEffect, useRef, type ReactElement } from 'react';
import { reach } from '../commands/go';
import { useCanvas, useEditor } from '../context';
import { nameOf } from '../state/describe';
import { useStored } from '../state/store';

/** The last lines that the run has written; it follows the end as long as the end is seen. */
export function Log(): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const log = useStored(editor.runs.run, run => run?.log);
	const list = useRef<HTMLOListElement>(null);
	const isAtEnd = useRef(true);
	useEffect(() => {
		if (isAtEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight });
	});
	if (!log) return <p className="side-empty">No run is shown.</p>;
	if (log.length === 0) return <p className="side-empty">The run has written nothing.</p>;
	return (
		<ol
			ref={list}
			className="log-list"
			tabIndex={0}
			aria-label="Log of the run"
			onScroll={event => {
				const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
				isAtEnd.current = scrollTop + clientHeight >= scrollHeight - 8;
			}}
		>
			{log.map(({ at, node, text }, index) => (
				// oxlint-disable-next-line react/no-array-index-key -- lines have no identity beside their place
				<li key={index}>
					<time className="muted">{new Date(at).toLocaleTimeString()}</time>
					{node !== null && (
						<button type="button" className="text-button" onClick={() => reach({ editor, canvas }, node, null)}>
							{nameOf(editor, node)}
						</button>
					)}
					<span className="log-text">{text}</span>
				</li>
			))}
		</ol>
	);
}
