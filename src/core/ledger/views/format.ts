import { localDay } from '../../base/clock';
import { formatEnergy } from '../../base/energy';
import { formatCost, type CostBasis, type NanoDollars } from '../../base/money';
import type { ExecutionKind, ExecutionStatus, StepKind, StepStatus, Usage } from '../events';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `12 ms`, `0.8 s`, `12 s`, `1 min 05 s`, `2 h 03 min`, `3 days 4 h`. A clock that went backwards reads as `0 ms`. */
export function formatDuration(milliseconds: number): string {
	const ms = Math.max(0, milliseconds);
	if (ms < 100) return `${Math.floor(ms)} ms`;
	if (ms < 9_950) return `${(ms / second).toFixed(1)} s`;
	const seconds = Math.round(ms / second);
	if (seconds < 60) return `${seconds} s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
	const hours = Math.floor(minutes / 60);
	return `${plural(Math.floor(hours / 24), 'day')} ${hours % 24} h`;
}

/** Like `formatDuration`, without tenths: for a clock that ticks once a second. */
export function formatRunningDuration(milliseconds: number): string {
	return milliseconds < 10 * second
		? `${Math.floor(Math.max(0, milliseconds) / second)} s`
		: formatDuration(milliseconds);
}

/** `950`, `1.2k`, `12k`, `1.2M`. */
export function formatTokens(count: number): string {
	if (count < 1000) return String(count);
	const [value, unit] = count < 999_500 ? [count / 1000, 'k'] : [count / 1_000_000, 'M'];
	return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)}${unit}`;
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then the date. */
export function formatRelative(at: number, now: number): string {
	const ago = now - at;
	if (ago < minute) return 'just now';
	if (ago < hour) return `${Math.floor(ago / minute)} min ago`;
	if (ago < day) return `${Math.floor(ago / hour)} h ago`;
	const days = Math.floor(ago / day);
	return days < 7 ? plural(days, 'day') + ' ago' : dateOf(at, now);
}

/** `14:05`, in local time. */
export function formatTime(at: number): string {
	const date = new Date(at);
	return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `14:05:09.042`, in local time: for logs. */
export function formatClock(at: number): string {
	const date = new Date(at);
	return `${formatTime(at)}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `2026-11-03 14:05:09`, in local time. */
export function formatMoment(at: number): string {
	return `${localDay(at)} ${formatTime(at)}:${two(new Date(at).getSeconds())}`;
}

/** `Today`, `Yesterday`, a weekday of the last six days, else the date. `dayText` is `YYYY-MM-DD`. */
export function dayLabel(dayText: string, now: number): string {
	const noon = new Date(`${dayText}T12:00:00`).getTime();
	if (Number.isNaN(noon)) return dayText;
	const todayNoon = new Date(`${localDay(now)}T12:00:00`).getTime();
	// Rounded, because a day of a clock change has 23 or 25 hours.
	const distance = Math.round((todayNoon - noon) / day);
	if (distance === 0) return 'Today';
	if (distance === 1) return 'Yesterday';
	if (distance > 1 && distance < 7) return new Intl.DateTimeFormat('en', { weekday: 'long' }).format(noon);
	return dateOf(noon, now);
}

/** `November 2026` of `2026-11`. */
export function monthLabel(month: string): string {
	const date = new Date(`${month}-15T12:00:00`);
	if (Number.isNaN(date.getTime())) return month;
	return new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric' }).format(date);
}

/** The local day that lies `days` before (or, negative, after) a moment's. */
export function dayBefore(now: number, days: number): string {
	const date = new Date(now);
	return localDay(new Date(date.getFullYear(), date.getMonth(), date.getDate() - days, 12).getTime());
}

/** `1 run`, `2 runs`. */
export function plural(count: number, noun: string): string {
	return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** The sum of several executions, of which some may have no price: `≥ $0.1200 · 1 unpriced`, `2 unpriced`. */
export function formatCostSum(cost: NanoDollars, unpriced: number): string {
	if (unpriced === 0) return formatCost(cost);
	if (cost === 0) return `${unpriced.toLocaleString('en')} unpriced`;
	return `≥ ${formatCost(cost)} · ${unpriced.toLocaleString('en')} unpriced`;
}

/** One execution's cost; nothing while nothing is known to have been used. */
export function formatRunCost(cost: NanoDollars | null, basis: CostBasis | null): string {
	if (basis === 'unpriced') return cost === null || cost === 0 ? 'unpriced' : `≥ ${formatCost(cost)} · partly unpriced`;
	return cost === null ? '' : formatCost(cost);
}

/** All tokens, whatever their kind. */
export function totalTokens(usage: Usage): number {
	return usage.input + usage.output + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
}

/** `12k in, 800 out, 45k cache read, 2k cache write, 0.4 Wh of the GPU`; kinds that are 0 are left out. */
export function formatUsage(usage: Usage): string {
	const write = usage.cacheWrite5m + usage.cacheWrite1h;
	const parts: readonly (readonly [number, string])[] = [
		[usage.input, 'in'],
		[usage.output, 'out'],
		[usage.cacheRead, 'cache read'],
		[write, 'cache write'],
	];
	const energy = usage.gpuJoules === undefined ? [] : [`${formatEnergy(usage.gpuJoules)} of the GPU`];
	return [
		...parts.filter(([count]) => count > 0).map(([count, name]) => `${formatTokens(count)} ${name}`),
		...energy,
	].join(', ');
}

/** The last part of a folder's path, for both separators. */
export function folderName(path: string): string {
	return path.split(/[\\/]+/).findLast(part => part !== '') ?? path;
}

/** What a step is called; an approval is named by the tier of what it asks. */
export function stepName(step: { readonly kind: StepKind; readonly name: string }): string {
	return step.kind === 'approval' ? `Approval (${step.name})` : step.name;
}

/** What a step does, beside its name: without the name that many a title repeats, `''` when nothing else is left. */
export function stepTitle(step: { readonly name: string; readonly title: string }): string {
	const { name, title } = step;
	if (title === name || title === `Response of ${name}`) return '';
	return title.startsWith(`${name}: `) ? title.slice(name.length + 2) : title;
}

export const statusLabels: Readonly<Record<ExecutionStatus | StepStatus, string>> = {
	running: 'Running',
	waiting: 'Waiting for you',
	succeeded: 'Succeeded',
	failed: 'Failed',
	refused: 'Refused',
	stopped: 'Stopped',
	interrupted: 'Interrupted',
};

export const kindLabels: Readonly<Record<ExecutionKind, string>> = {
	chat: 'Chat',
	flow: 'Flow',
	schedule: 'Schedule',
	runbook: 'Runbook',
};

function dateOf(at: number, now: number): string {
	const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
	const options: Intl.DateTimeFormatOptions = {
		month: 'short',
		day: 'numeric',
		...(isThisYear ? {} : { year: 'numeric' }),
	};
	return new Intl.DateTimeFormat('en', options).format(at);
}

function two(value: number): string {
	return String(value).padStart(2, '0');
}
