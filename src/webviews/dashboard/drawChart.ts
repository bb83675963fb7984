import uPlot from 'uplot';
import type { LiveSeries } from '../../core/dashboard/topics/series';
import { unitOf, type MetricUnit } from '../../core/hardware/metrics';
import { formatMetric } from './numbers';

/** One line of a chart. */
export interface Line {
	readonly name: string;
	readonly label: string;
	readonly unit: MetricUnit | undefined;
	readonly colour: string;
	readonly isDashed: boolean;
}

/** What is under the pointer. */
export interface Pointed {
	readonly index: number;
	/** Pixels from the left of the chart. */
	readonly left: number;
}

const palette = ['blue', 'green', 'yellow', 'purple', 'red', 'orange'];

/** The lines of what is shown, with colours of the theme; beyond the colours, dashes tell them apart. */
export function linesOf(names: readonly string[], labelOf: (name: string) => string): readonly Line[] {
	const style = getComputedStyle(document.body);
	return names.map((name, index) => ({
		name,
		label: labelOf(name),
		unit: unitOf(name),
		colour: style.getPropertyValue(`--vscode-charts-${palette[index % palette.length]}`).trim() || style.color,
		isDashed: index >= palette.length,
	}));
}

/** Times in seconds, as uPlot counts, and a value for each line; where nothing was told for long, the line breaks. */
export function dataOf(series: LiveSeries, names: readonly string[]): uPlot.AlignedData {
	const gap = gapOf(series);
	const at: number[] = [];
	const values: (number | null)[][] = names.map(() => []);
	series.at.forEach((time, index) => {
		const before = series.at[index - 1];
		if (before !== undefined && time - before > gap) {
			at.push((before + 1) / 1000);
			for (const line of values) line.push(null);
		}
		at.push(time / 1000);
		names.forEach((name, line) => values[line]!.push(series.values[name]?.[index] ?? null));
	});
	return [at, ...values];
}

/** A longer time without a value is a gap: the machine slept, or nobody looked. */
function gapOf({ step, span }: LiveSeries): number {
	return step >= 60_000 ? 3 * step : Math.max(10_000, Math.min(75_000, span / 20));
}

/**
 * Draws into `root`, and says what the pointer is at.
 * @param span milliseconds that the chart goes back
 */
export function drawChart(
	root: HTMLElement,
	lines: readonly Line[],
	data: uPlot.AlignedData,
	span: number,
	onPoint: (pointed: Pointed | null) => void,
): uPlot {
	const units = [...new Set(lines.map(({ unit }) => unit ?? 'count'))];
	const options: uPlot.Options = {
		...sizeOf(root),
		legend: { show: false },
		cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
		padding: [6, units.length > 1 ? 0 : 8, 0, 0],
		scales: {
			// As long as was asked for, also where less is known.
			x: { time: true, range: (_chart, _least, most) => [most - span / 1000, most] },
			...Object.fromEntries(units.map(unit => [unit, { auto: true, range: rangeOf(unit) }])),
		},
		axes: [timeAxis(), ...units.slice(0, 2).map((unit, side) => valueAxis(unit, side))],
		series: [{}, ...lines.map(seriesOf)],
		hooks: {
			setCursor: [
				chart => {
					const { idx, left } = chart.cursor;
					onPoint(typeof idx === 'number' && left !== undefined && left >= 0 ? { index: idx, left } : null);
				},
			],
		},
	};
	return new uPlot(options, data, root);
}

export function sizeOf(root: HTMLElement): { readonly width: number; readonly height: number } {
	return { width: Math.max(40, root.clientWidth), height: Math.max(40, root.clientHeight) };
}

function seriesOf({ label, unit, colour, isDashed }: Line): uPlot.Series {
	return {
		label,
		scale: unit ?? 'count',
		stroke: colour,
		width: 1.5,
		...(isDashed ? { dash: [4, 3] } : {}),
		points: { show: false },
		spanGaps: false,
	};
}

/** Shares go from nothing to all; anything else begins at nothing, unless it goes below. */
function rangeOf(unit: string): uPlot.Scale.Range {
	if (unit === 'percent') return [0, 100];
	return (_chart, least, most) => {
		if (least === null || most === null) return [0, 1];
		const top = most <= 0 ? 1 : most * 1.1;
		return [Math.min(0, least), top];
	};
}

function timeAxis(): uPlot.Axis {
	return { ...axisColours(), size: 24, space: 70, values: (_chart, ticks) => timeTexts(ticks) };
}

function valueAxis(unit: MetricUnit, side: number): uPlot.Axis {
	return {
		...axisColours(),
		scale: unit,
		side: side === 0 ? 3 : 1,
		size: 56,
		space: 26,
		grid: { ...axisColours().grid, show: side === 0 },
		values: (_chart, ticks) => ticks.map(tick => formatMetric(tick, unit)),
	};
}

function axisColours(): Pick<uPlot.Axis, 'stroke' | 'ticks' | 'font'> & { readonly grid: uPlot.Axis.Grid } {
	const style = getComputedStyle(document.body);
	const line = style.getPropertyValue('--vscode-charts-lines').trim() || style.color;
	const text = style.getPropertyValue('--vscode-descriptionForeground').trim() || style.color;
	return {
		stroke: text,
		font: `11px ${style.fontFamily}`,
		grid: { stroke: faint(line), width: 1 },
		ticks: { stroke: faint(line), width: 1, size: 4 },
	};
}

/** Themes draw lines of charts as strong as text; a grid lies behind. */
function faint(colour: string): string {
	return `color-mix(in srgb, ${colour} 22%, transparent)`;
}

function timeTexts(ticks: readonly number[]): string[] {
	const step = (ticks[1] ?? Infinity) - (ticks[0] ?? 0);
	const seconds = step < 60 ? ({ second: '2-digit' } as const) : {};
	const format = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false, ...seconds });
	return ticks.map(tick => format.format(tick * 1000));
}
