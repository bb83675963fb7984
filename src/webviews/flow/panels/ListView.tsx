import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { reach } from '../commands/go';
import { useCanvas, useCommands, useEditor } from '../context';
import { listOrder } from '../graph/listOrder';
import { describeNode } from '../state/describe';
import { useStore, useStored } from '../state/store';

const rowHeight = 24;

/** The flow as a list in the order in which it runs: what the graph shows, in words, for whoever cannot see it. */
export function ListView(): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const commands = useCommands();
	const revision = useStored(editor.doc, doc => doc.revision);
	useStore(editor.runs.tick);
	const current = useStored(editor.selection, selection => selection.current);
	// oxlint-disable-next-line react/exhaustive-deps -- the flow is another one with each revision
	const rows = useMemo(() => listOrder(editor.index), [editor, revision]);
	const list = useRef<HTMLDivElement>(null);
	const [scroll, setScroll] = useState(0);
	const at = rows.findIndex(row => row.id === current);
	useEffect(() => {
		const { current: element } = list;
		if (!element || at < 0) return;
		const top = at * rowHeight;
		if (top < element.scrollTop) element.scrollTop = top;
		else if (top + rowHeight > element.scrollTop + element.clientHeight)
			element.scrollTop = top + rowHeight - element.clientHeight;
	}, [at]);
	if (rows.length === 0) return <p className="side-empty">The flow is empty.</p>;
	const go = (index: number): void => {
		const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
		if (row) reach({ editor, canvas }, row.id, null);
	};
	const key = (event: KeyboardEvent): void => {
		const page = Math.max(1, Math.floor((list.current?.clientHeight ?? 240) / rowHeight) - 1);
		const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
		const step = steps[event.key];
		if (step !== undefined) go(at + step);
		else if (event.key === 'Home') go(0);
		else if (event.key === 'End') go(rows.length - 1);
		else if (event.key === 'Enter') editor.ui.patch({ hasInspector: true });
		else if (event.key === 'Delete') commands.run('delete');
		else return;
		event.preventDefault();
	};
	const first = Math.max(0, Math.floor(scroll / rowHeight) - 5);
	const shown = rows.slice(first, first + 60);
	return (
		<div className="list-view" ref={list} onScroll={event => setScroll(event.currentTarget.scrollTop)}>
			<div
				role="listbox"
				tabIndex={0}
				aria-label={`Nodes of the flow, ${rows.length}`}
				aria-activedescendant={at >= 0 ? `row-${current}` : undefined}
				style={{ height: rows.length * rowHeight }}
				onKeyDown={key}
			>
				{shown.map((row, index) => (
					<div
						key={row.id}
						id={`row-${row.id}`}
						role="option"
						aria-selected={row.id === current}
						aria-setsize={rows.length}
						aria-posinset={first + index + 1}
						className={`list-row${row.id === current ? ' selected' : ''}`}
						style={{ top: (first + index) * rowHeight, paddingInlineStart: 8 + row.depth * 16 }}
						onClick={() => go(first + index)}
					>
						{describeNode(editor, row.id)}
					</div>
				))}
			</div>
		</div>
	);
}
