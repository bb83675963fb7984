import { useMemo, useState, type ReactElement } from 'react';
import type { Json } from '../../../core/base/json';
import { columnsOf } from './looks';

const rowHeight = 24;
const shownRows = 40;

/** Objects as rows; of a long list only what is seen is in the document. */
export function Table({ rows }: { readonly rows: readonly Json[] }): ReactElement {
	const columns = useMemo(() => columnsOf(rows), [rows]);
	const [scroll, setScroll] = useState(0);
	const first = Math.max(0, Math.min(rows.length - 1, Math.floor(scroll / rowHeight) - 5));
	const shown = rows.slice(first, first + shownRows);
	const after = Math.max(0, rows.length - first - shown.length);
	return (
		<div
			className="value-table"
			tabIndex={0}
			role="region"
			aria-label={`Table of ${rows.length} rows`}
			onScroll={event => setScroll(event.currentTarget.scrollTop)}
		>
			<table aria-rowcount={rows.length + 1}>
				<thead>
					<tr>
						{columns.map(name => (
							<th key={name} scope="col">
								{name}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{first > 0 && <tr style={{ height: first * rowHeight }} aria-hidden="true" />}
					{shown.map((row, index) => (
						<tr key={first + index} aria-rowindex={first + index + 2}>
							{columns.map(name => (
								<td key={name}>{cell(row, name)}</td>
							))}
						</tr>
					))}
					{after > 0 && <tr style={{ height: after * rowHeight }} aria-hidden="true" />}
				</tbody>
			</table>
		</div>
	);
}

function cell(row: Json, name: string): string {
	if (typeof row !== 'object' || row === null || !Object.hasOwn(row, name)) return '';
	const value = (row as { readonly [key: string]: Json })[name];
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
	return text.slice(0, 200);
}
