import {
	ArcElement,
	BarController,
	BarElement,
	CategoryScale,
	Chart,
	DoughnutController,
	Filler,
	Legend,
	LinearScale,
	LineController,
	LineElement,
	PieController,
	PointElement,
	RadarController,
	RadialLinearScale,
	ScatterController,
	Title,
	Tooltip,
	type ChartConfiguration,
} from 'chart.js';
import { useEffect, useMemo, useRef, type ReactElement } from 'react';
import { parseChart, type Chart as ChartData } from '../../core/artifacts/chart';
import { HighlightedCode } from '../shared/components/CodeBlock';
import { useThemeCount } from '../shared/theme';

Chart.register(
	ArcElement,
	BarController,
	BarElement,
	CategoryScale,
	DoughnutController,
	Filler,
	Legend,
	LinearScale,
	LineController,
	LineElement,
	PieController,
	PointElement,
	RadarController,
	RadialLinearScale,
	ScatterController,
	Title,
	Tooltip,
);

/** A chart of numbers in the theme's colours, with the same numbers as a table for those who cannot see it. */
export function ChartView({ text }: { readonly text: string }): ReactElement {
	const read = useMemo(() => readChart(text), [text]);
	const theme = useThemeCount();
	if (read.chart === null) {
		return (
			<>
				<p className="artifact-failure" role="alert">
					{read.problem}
				</p>
				<HighlightedCode code={text} language="json" label="Source" />
			</>
		);
	}
	// Another theme has other colours: all is drawn anew.
	return <Drawing key={theme} chart={read.chart} />;
}

function Drawing({ chart }: { readonly chart: ChartData }): ReactElement {
	const canvas = useRef<HTMLCanvasElement>(null);
	useEffect(() => {
		if (!canvas.current) return undefined;
		const drawn = new Chart(canvas.current, configuration(chart));
		return () => drawn.destroy();
	}, [chart]);
	return (
		<div className="artifact-chart">
			<canvas ref={canvas} role="img" aria-label={describe(chart)} />
		</div>
	);
}

function readChart(text: string): { readonly chart: ChartData } | { readonly chart: null; readonly problem: string } {
	try {
		return { chart: parseChart(text) };
	} catch (error) {
		return { chart: null, problem: error instanceof Error ? error.message : String(error) };
	}
}

/** Values of one row that are read aloud. */
const readAloud = 50;

function describe({ type, title, data }: ChartData): string {
	const rows = data.datasets.slice(0, 10).map(({ label, data: values }) => {
		const more = values.length > readAloud ? `, and ${values.length - readAloud} more` : '';
		return `${label ?? 'values'}: ${values.slice(0, readAloud).map(valueText).join(', ')}${more}`;
	});
	return `${type} chart${title === undefined ? '' : ` “${title}”`}. ${rows.join('. ')}`;
}

function valueText(value: number | null | { readonly x: number; readonly y: number }): string {
	if (value === null) return 'none';
	return typeof value === 'number' ? String(value) : `${value.x}/${value.y}`;
}

function configuration({ type, title, data }: ChartData): ChartConfiguration {
	const style = getComputedStyle(document.body);
	const colour = (name: string): string => style.getPropertyValue(name).trim() || style.color;
	const palette = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'].map(name => colour(`--vscode-charts-${name}`));
	const text = colour('--vscode-foreground');
	const line = colour('--vscode-charts-lines');
	const isRound = type === 'pie' || type === 'doughnut';
	const axis = { ticks: { color: text }, grid: { color: line } };
	const own = (at: number): string => palette[at % palette.length] ?? text;
	const datasets = data.datasets.map((set, at) => ({
		...set,
		label: set.label ?? '',
		borderColor: isRound ? colour('--vscode-editor-background') : own(at),
		backgroundColor: isRound ? set.data.map((_, index) => own(index)) : own(at),
	}));
	return {
		type,
		data: { labels: data.labels ?? [], datasets },
		options: {
			responsive: true,
			maintainAspectRatio: false,
			animation: false,
			color: text,
			plugins: {
				legend: { display: isRound || data.datasets.length > 1, labels: { color: text } },
				title: { display: title !== undefined, text: title ?? '', color: text },
			},
			scales: isRound ? {} : type === 'radar' ? { r: { ...axis, pointLabels: { color: text } } } : { x: axis, y: axis },
		},
	};
}
