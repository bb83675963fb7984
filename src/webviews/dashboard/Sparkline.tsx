import { useMemo, type ReactElement } from 'react';
import { seriesTopic, type LiveSeries } from '../../core/dashboard/topics/series';
import { useTopic } from './context';

const width = 200;
const height = 40;
/** More points than this are drawn together: a small chart has no room for them. */
const mostPoints = 120;

/** What one or two metrics did lately, without axes. The numbers stand beside it: it is drawn for the eyes. */
export function Sparkline({
	metrics,
	minutes,
	most,
	device,
}: {
	readonly metrics: readonly string[];
	readonly minutes: number;
	/** The value at the top; without it the greatest that there is. */
	readonly most?: number;
	/** What stands after the colon of a metric's name. */
	readonly device?: string;
}): ReactElement {
	const { data } = useTopic(seriesTopic, { metrics, minutes });
	const paths = useMemo(() => {
		const names = metrics.map(metric => (device === undefined ? metric : `${metric}:${device}`));
		return data ? pathsOf(data, names, most) : [];
		// oxlint-disable-next-line react/exhaustive-deps -- a list is made anew with each drawing
	}, [data, metrics.join(), most, device]);
	return (
		<svg className="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
			{paths.map(({ line, area }, index) => (
				// oxlint-disable-next-line react/no-array-index-key -- a line is its place
				<g key={index} className={`line-${index}`}>
					{index === 0 && <path className="area" d={area} />}
					<path className="line" d={line} vectorEffect="non-scaling-stroke" />
				</g>
			))}
		</svg>
	);
}

interface Drawn {
	readonly line: string;
	readonly area: string;
}

function pathsOf(series: LiveSeries, names: readonly string[], most: number | undefined): readonly Drawn[] {
	const end = series.at.at(-1);
	if (end === undefined) return [];
	const shown = names.map(name => thinned(series.at, series.values[name] ?? []));
	const top = most ?? Math.max(1, ...shown.flat().map(([, value]) => value));
	return shown.map(points => drawn(points, { end, top, span: series.span }));
}

type Point = readonly [at: number, value: number];

/** Means of as many neighbours as have to share a point. */
function thinned(at: readonly number[], values: readonly (number | null)[]): readonly Point[] {
	const size = Math.max(1, Math.ceil(at.length / mostPoints));
	const points: Point[] = [];
	for (let start = 0; start < at.length; start += size) {
		const part = values.slice(start, start + size).filter(value => value !== null && value !== undefined);
		const middle = at[Math.min(at.length - 1, start + Math.floor(size / 2))];
		if (part.length > 0 && middle !== undefined)
			points.push([middle, part.reduce((sum, value) => sum + value, 0) / part.length]);
	}
	return points;
}

function drawn(
	points: readonly Point[],
	{ end, top, span }: { readonly end: number; readonly top: number; readonly span: number },
): Drawn {
	const gap = Math.max(10_000, Math.min(150_000, span / 12));
	let line = '';
	let area = '';
	let before: number | undefined;
	let startX = 0;
	let lastX = 0;
	const close = (): void => {
		if (before !== undefined) area += `L${lastX} ${height}L${startX} ${height}Z`;
	};
	for (const [at, value] of points) {
		const x = round(((at - (end - span)) / span) * width);
		const y = round(height - (Math.min(value, top) / top) * (height - 2) - 1);
		if (before === undefined || at - before > gap) {
			close();
			line += `M${x} ${y}`;
			area += `M${x} ${y}`;
			startX = x;
		} else {
			line += `L${x} ${y}`;
			area += `L${x} ${y}`;
		}
		before = at;
		lastX = x;
	}
	close();
	return { line, area };
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
