import type { ReactElement } from 'react';
import type { HourView } from '../../core/health/healthPage';
import { formatUptime } from '../../core/health/uptime';
import { stateLooks } from '../../core/health/views/healthTree';
import { formatDuration } from '../shared/format';

const width = 480;
const height = 72;
const stripHeight = 10;
const hourMs = 3_600_000;

/** The last 24 hours: how long answers took, and below it the state of each hour. */
export function Hours({ hours }: { readonly hours: readonly HourView[] }): ReactElement | null {
	if (hours.every(({ state }) => state === null)) return null;
	const most = Math.max(...hours.map(({ max }) => max ?? 0));
	const step = width / hours.length;
	const top = (value: number): number => height - (value / most) * (height - 4);
	return (
		<section aria-label="The last 24 hours">
			<h3>Last 24 hours{most > 0 ? `, answers up to ${formatDuration(most)}` : ''}</h3>
			<svg
				className="health-hours"
				viewBox={`0 0 ${width} ${height + stripHeight + 4}`}
				preserveAspectRatio="none"
				role="img"
				aria-label={spoken(hours, most)}
			>
				{hours.map(({ hour, mean, max, state, up }, index) => (
					<g key={hour} transform={`translate(${index * step} 0)`}>
						<title>{titleOf({ hour, mean, max, state, up })}</title>
						<rect className="hour-space" width={step} height={height + stripHeight + 4} />
						{max !== null && (
							<rect className="hour-max" x={1} width={step - 2} y={top(max)} height={height - top(max)} />
						)}
						{mean !== null && (
							<rect className="hour-mean" x={1} width={step - 2} y={top(mean)} height={height - top(mean)} />
						)}
						<rect
							className={`hour-state fill-${state ?? 'none'}`}
							x={1}
							width={step - 2}
							y={height + 4}
							height={stripHeight}
						/>
					</g>
				))}
			</svg>
			<p className="health-hours-ends muted" aria-hidden="true">
				<span>24 h ago</span>
				{hours.some(({ state }) => state === null) && <span>hollow: not watched</span>}
				<span>now</span>
			</p>
		</section>
	);
}

function titleOf({ hour, mean, max, state, up }: HourView): string {
	const time = new Date(hour * hourMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
	if (state === null) return `${time}: not watched`;
	const latency =
		mean === null || max === null ? '' : `, ${formatDuration(mean)} on average, ${formatDuration(max)} at most`;
	return `${time}: ${stateLooks[state].words}${up === null ? '' : `, up ${formatUptime(up)}`}${latency}`;
}

function spoken(hours: readonly HourView[], most: number): string {
	const watched = hours.filter(({ state }) => state !== null).length;
	const down = hours.filter(({ state }) => state === 'unhealthy' || state === 'unreachable').length;
	const latency = most > 0 ? `, the slowest answer took ${formatDuration(most)}` : '';
	return `${watched} of the last 24 hours were watched, in ${down} of them it was mostly down${latency}`;
}
