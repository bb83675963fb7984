import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type uPlot from 'uplot';
import type { LiveSeries } from '../../core/dashboard/topics/series';
import { formatMoment, formatTime } from '../../core/ledger/views/format';
import { dataOf, drawChart, linesOf, sizeOf, type Line, type Pointed } from './drawChart';
import { formatMetric } from './numbers';
import { useThemeCount } from '../shared/theme';

/** Values over time, with axes, a legend that tells the newest of them, and what is under the pointer. */
export function Chart({
	series,
	names,
	labelOf,
}: {
	readonly series: LiveSeries;
	readonly names: readonly string[];
	readonly labelOf: (name: string) => string;
}): ReactElement {
	const root = useRef<HTMLDivElement>(null);
	const chart = useRef<uPlot | null>(null);
	const [pointed, setPointed] = useState<Pointed | null>(null);
	const theme = useThemeCount();
	// oxlint-disable-next-line react/exhaustive-deps, react-hooks/exhaustive-deps, react/memo-dependencies -- the colours are the theme's
	const lines = useMemo(() => linesOf(names, labelOf), [names, labelOf, theme]);
	const data = useMemo(() => dataOf(series, names), [series, names]);
	const { span } = series;
	const latest = useRef(data);
	useEffect(() => {
		latest.current = data;
		chart.current?.setData(data);
	}, [data]);
	useEffect(() => {
		const element = root.current;
		if (!element) return undefined;
		const drawn = drawChart(element, lines, latest.current, span, setPointed);
		chart.current = drawn;
		const observer = new ResizeObserver(() => drawn.setSize(sizeOf(element)));
		observer.observe(element);
		return () => {
			observer.disconnect();
			chart.current = null;
			drawn.destroy();
		};
	}, [lines, span]);
	return (
		<div className="chart">
			<Legend lines={lines} data={data} />
			<div className="chart-area">
				<div ref={root} className="chart-root" role="img" aria-label={describe(lines, data)} />
				{pointed && <Tooltip pointed={pointed} lines={lines} data={data} />}
			</div>
		</div>
	);
}

function Legend({ lines, data }: { readonly lines: readonly Line[]; readonly data: uPlot.AlignedData }): ReactElement {
	return (
		<ul className="legend">
			{lines.map((line, index) => {
				const value = data[index + 1]?.at(-1);
				return (
					<li key={line.name}>
						<Swatch line={line} />
						{line.label}
						<span className="legend-value">{typeof value === 'number' ? formatMetric(value, line.unit) : '–'}</span>
					</li>
				);
			})}
		</ul>
	);
}

function Swatch({ line: { colour, isDashed } }: { readonly line: Line }): ReactElement {
	return (
		<svg className="swatch" viewBox="0 0 14 4" aria-hidden="true">
			<path d="M0 2H14" stroke={colour} strokeWidth="3" strokeDasharray={isDashed ? '4 3' : undefined} />
		</svg>
	);
}

function Tooltip({
	pointed: { index, left },
	lines,
	data,
}: {
	readonly pointed: Pointed;
	readonly lines: readonly Line[];
	readonly data: uPlot.AlignedData;
}): ReactElement | null {
	const at = data[0][index];
	if (at === undefined) return null;
	const told = lines.flatMap((line, each) => {
		const value = data[each + 1]?.[index];
		return typeof value === 'number' ? [{ line, text: formatMetric(value, line.unit) }] : [];
	});
	if (told.length === 0) return null;
	return (
		<div className="chart-tooltip" style={{ '--left': `${left}px` } as Record<string, string>} aria-hidden="true">
			<strong>{formatMoment(at * 1000).slice(11)}</strong>
			{told.map(({ line, text }) => (
				<span key={line.name}>
					<Swatch line={line} /> {line.label} <b>{text}</b>
				</span>
			))}
		</div>
	);
}

/** For screen readers: what each line did. */
function describe(lines: readonly Line[], data: uPlot.AlignedData): string {
	const first = data[0][0];
	const last = data[0].at(-1);
	if (first === undefined || last === undefined) return 'Chart without values yet.';
	const parts = lines.map(({ label, unit }, index) => {
		const values = [...(data[index + 1] ?? [])].filter(value => typeof value === 'number');
		const newest = values.at(-1);
		if (newest === undefined) return `${label}: no values`;
		const least = values.reduce((left, right) => Math.min(left, right));
		const most = values.reduce((left, right) => Math.max(left, right));
		return `${label}: ${formatMetric(newest, unit)}, between ${formatMetric(least, unit)} and ${formatMetric(most, unit)}`;
	});
	return `Chart from ${formatTime(first * 1000)} to ${formatTime(last * 1000)}. ${parts.join('. ')}.`;
}
