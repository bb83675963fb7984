import { useMemo, type ReactElement } from 'react';
import type { Json } from '../../../core/base/json';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { cellText, partAt, tableOf } from '../../../core/dashboard/topics/feed';
import type { webhookWidget } from '../../../core/dashboard/widgets/webhook';
import { formatRelative } from '../../../core/ledger/views/format';
import { Feed } from '../Feed';
import { Empty } from '../Live';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof webhookWidget.settings>;

const most = { rows: 200, columns: 12 };

export function Webhook({ settings, onOpenSettings }: WidgetProps<Settings>): ReactElement {
	const { url, seconds } = settings;
	return (
		<Feed url={url} seconds={seconds} icon="radio-tower" onOpenSettings={onOpenSettings}>
			{(value, at) => <Value value={value} at={at} settings={settings} />}
		</Feed>
	);
}

function Value({
	value,
	at,
	settings,
}: {
	readonly value: Json;
	readonly at: number;
	readonly settings: Settings;
}): ReactElement {
	const now = useNow(60_000);
	const part = useMemo(() => partAt(value, settings.path), [value, settings.path]);
	if (part === undefined)
		return <Empty icon="radio-tower">The address answers, and has nothing at “{settings.path}”.</Empty>;
	return (
		<>
			<Shown value={part} settings={settings} />
			<p className="widget-foot">{formatRelative(at, now)}</p>
		</>
	);
}

function Shown({
	value,
	settings: { shape, unit },
}: {
	readonly value: Json;
	readonly settings: Settings;
}): ReactElement {
	const isNested = typeof value === 'object' && value !== null;
	if (shape === 'table' || (shape === 'auto' && isNested)) {
		const table = tableOf(value, most);
		if (table) return <Table {...table} />;
	}
	const number =
		typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
	if (shape === 'number' || (shape === 'auto' && Number.isFinite(number))) {
		const text = Number.isFinite(number)
			? number.toLocaleString(undefined, { maximumFractionDigits: 4 })
			: cellText(value);
		return (
			<div className="web-number">
				<span className="figure-value">{text}</span>
				{unit !== '' && <span className="figure-label">{unit}</span>}
			</div>
		);
	}
	return <pre className="web-text mono">{typeof value === 'string' ? value : JSON.stringify(value, null, '\t')}</pre>;
}

function Table({
	columns,
	rows,
}: {
	readonly columns: readonly string[];
	readonly rows: readonly (readonly string[])[];
}): ReactElement {
	if (rows.length === 0) return <Empty icon="table">The list is empty.</Empty>;
	return (
		<table className="table web-table">
			<thead>
				<tr>
					{columns.map(column => (
						<th key={column} scope="col">
							{column}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{rows.map((cells, row) => (
					// oxlint-disable-next-line react/no-array-index-key -- rows of a feed have no names
					<tr key={row}>
						{cells.map((cell, column) => (
							<td key={columns[column]} title={cell}>
								{cell}
							</td>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}
