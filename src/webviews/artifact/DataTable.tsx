import Papa from 'papaparse';
import { useMemo, useState, type ReactElement } from 'react';
import { TableVirtuoso } from 'react-virtuoso';

/** A table of text: its first row names the columns, a press on one sorts. Only the rows in sight are drawn. */
export function DataTable({ text, isTabbed }: { readonly text: string; readonly isTabbed: boolean }): ReactElement {
	const { head, rows } = useMemo(() => read(text, isTabbed), [text, isTabbed]);
	const [order, setOrder] = useState<Order | null>(null);
	const sorted = useMemo(() => (order === null ? rows : sortRows(rows, order.column, order.isDown)), [rows, order]);
	if (head.length === 0) return <p className="muted">The table is empty.</p>;
	const press = (column: number): void =>
		setOrder(order?.column === column ? (order.isDown ? null : { column, isDown: true }) : { column, isDown: false });
	return (
		<TableVirtuoso
			className="artifact-table"
			data={sorted}
			fixedHeaderContent={() => headRow(head, order, press)}
			itemContent={(_, row) => head.map((_name, column) => <td key={column}>{row[column] ?? ''}</td>)}
		/>
	);
}

interface Order {
	readonly column: number;
	readonly isDown: boolean;
}

function headRow(head: readonly string[], order: Order | null, press: (column: number) => void): ReactElement {
	const sortOf = (column: number): 'none' | 'ascending' | 'descending' =>
		order?.column !== column ? 'none' : order.isDown ? 'descending' : 'ascending';
	const signs = { none: '', ascending: ' ↑', descending: ' ↓' };
	return (
		<tr>
			{head.map((name, column) => (
				<th key={column} aria-sort={sortOf(column)}>
					<button type="button" className="text-button" onClick={() => press(column)}>
						{name || `Column ${column + 1}`}
						{signs[sortOf(column)]}
					</button>
				</th>
			))}
		</tr>
	);
}

function read(
	text: string,
	isTabbed: boolean,
): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
	const { data } = Papa.parse<string[]>(text.replace(/^[\r\n\uFEFF]+/u, ''), {
		skipEmptyLines: true,
		...(isTabbed ? { delimiter: '\t' } : {}),
	});
	const [first = [], ...rows] = data;
	const width = Math.max(first.length, ...rows.slice(0, 1000).map(row => row.length));
	return { head: Array.from({ length: data.length === 0 ? 0 : width }, (_, at) => first[at] ?? ''), rows };
}

/** Numbers by their value, everything else as people sort. */
function sortRows(
	rows: readonly (readonly string[])[],
	column: number,
	isDown: boolean,
): readonly (readonly string[])[] {
	const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
	const sorted = rows.toSorted((left, right) => {
		const [a, b] = [left[column] ?? '', right[column] ?? ''];
		const [x, y] = [Number(a), Number(b)];
		return a !== '' && b !== '' && !Number.isNaN(x) && !Number.isNaN(y) ? x - y : collator.compare(a, b);
	});
	return isDown ? sorted.toReversed() : sorted;
}
