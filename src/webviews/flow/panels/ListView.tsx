import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { reach } from '../commands/go';
import { useCanvas, useCommands, useEditor } from '../context';
import { listOrder, type ListRow } from '../graph/listOrder';
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
		const to = rowAfter(event.key, at, page, rows.length);
		if (to !== null) go(to);
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
					<Row
						key={row.id}
						row={row}
						at={first + index}
						count={rows.length}
						isCurrent={row.id === current}
						onPick={() => go(first + index)}
					/>
				))}
			</div>
		</div>
	);
}

/** The row that a key leads to; `null` for a key that leads nowhere. */
function rowAfter(key: string, at: number, page: number, count: number): number | null {
	const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
	if (key === 'Home') return 0;
	if (key === 'End') return count - 1;
	const step = steps[key];
	return step === undefined ? null : at + step;
}

function Row({
	row,
	at,
	count,
	isCurrent,
	onPick,
}: {
	readonly row: ListRow;
	readonly at: number;
	readonly count: number;
	readonly isCurrent: boolean;
	readonly onPick: () => void;
}): ReactElement {
	const editor = useEditor();
	return (
		<div
			id={`row-${row.id}`}
			role="option"
			aria-selected={isCurrent}
			aria-setsize={count}
			aria-posinset={at + 1}
			className={`list-row${isCurrent ? ' selected' : ''}`}
			style={{ top: at * rowHeight, paddingInlineStart: 8 + row.depth * 16 }}
			onClick={onPick}
		>
			{describeNode(editor, row.id)}
		</div>
	);
}
