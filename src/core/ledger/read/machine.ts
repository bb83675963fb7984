import { asId, type AlertId } from '../../base/ids';
import type { SqlRow } from '../../storage/sqlDatabase';
import type { Alert, HealthState, ServiceHour } from '../machineEvents';
import { unpackId } from '../projection/packing';
import { codeOf, words } from '../projection/schema';
import type { AlertFilter, MetricMinutes, MetricQuery, ServiceChangeRow } from '../queries';
import type { ReadContext } from './executions';

/** The machine's minutes in order. Of a minute that two windows recorded, the one that says more holds. */
export function readMetrics({ database }: ReadContext, { from, to, metrics }: MetricQuery): MetricMinutes {
	const rows = database
		.prepare(
			'SELECT minute, metrics FROM system_metrics WHERE minute >= ? AND minute < ? ORDER BY minute, length(metrics), metrics',
		)
		.all([from, to]);
	const byMinute = new Map(rows.map(([minute, text]) => [Number(minute), String(text)]));
	const minutes = [...byMinute.keys()];
	const told = [...byMinute.values()].map(text => JSON.parse(text) as Record<string, readonly [number, number]>);
	const wanted = metrics ?? [...new Set(told.flatMap(values => Object.keys(values)))];
	const valueOf = (values: (typeof told)[number], metric: string): readonly [number, number] | null =>
		Object.hasOwn(values, metric) ? values[metric]! : null;
	return {
		minutes,
		values: Object.fromEntries(wanted.map(metric => [metric, told.map(values => valueOf(values, metric))])),
	};
}

/** Hours of services in order; those that several windows saw are added up. */
export function readServiceHours(
	{ database, names }: ReadContext,
	{ from, to, service }: { readonly from: number; readonly to: number; readonly service?: string },
): readonly ServiceHour[] {
	const rows = database
		.prepare(
			`SELECT service, hour, seconds, checks, failures, latency_sum, latency_max FROM health_hours
			WHERE hour >= ? AND hour < ? ${service === undefined ? '' : 'AND service = ?'} ORDER BY service, hour`,
		)
		.all(service === undefined ? [from, to] : [from, to, names.find(service)]);
	const hours: ServiceHour[] = [];
	for (const row of rows) {
		const hour = toHour(names.textOf(row[0]), row);
		const last = hours.at(-1);
		if (last?.service === hour.service && last.hour === hour.hour) hours[hours.length - 1] = added(last, hour);
		else hours.push(hour);
	}
	return hours.toSorted((left, right) => (left.service === right.service ? 0 : left.service < right.service ? -1 : 1));
}

function toHour(service: string, row: SqlRow): ServiceHour {
	return {
		service,
		hour: Number(row[1]),
		seconds: JSON.parse(String(row[2])) as ServiceHour['seconds'],
		checks: Number(row[3]),
		failures: Number(row[4]),
		latencySum: Number(row[5]),
		latencyMax: Number(row[6]),
	};
}

function added(left: ServiceHour, right: ServiceHour): ServiceHour {
	const seconds: Partial<Record<HealthState, number>> = { ...left.seconds };
	for (const state of words.healthState) {
		const more = right.seconds[state];
		if (more !== undefined) seconds[state] = (seconds[state] ?? 0) + more;
	}
	return {
		...left,
		seconds,
		checks: left.checks + right.checks,
		failures: left.failures + right.failures,
		latencySum: left.latencySum + right.latencySum,
		latencyMax: Math.max(left.latencyMax, right.latencyMax),
	};
}

/** Changes of state, newest first. */
export function readServiceChanges(
	{ database, names }: ReadContext,
	{ service, limit }: { readonly service?: string; readonly limit: number },
): readonly ServiceChangeRow[] {
	return database
		.prepare(
			`SELECT at, service, state, previous, reason, intent FROM health_history
			${service === undefined ? '' : 'WHERE service = ?'} ORDER BY at DESC, seq DESC LIMIT ?`,
		)
		.all(service === undefined ? [limit] : [names.find(service), limit])
		.map(row => ({
			at: Number(row[0]),
			service: names.textOf(row[1]),
			state: words.healthState[Number(row[2])]!,
			previous: words.healthState[Number(row[3])]!,
			reason: String(row[4]),
			intent: words.intent[Number(row[5])]!,
		}));
}

/** Alerts, newest first. */
export function findAlerts({ database, names }: ReadContext, { isOpen, limit }: AlertFilter): readonly Alert[] {
	const resolved = codeOf(words.alertState, 'resolved');
	const condition = isOpen === undefined ? '' : `WHERE state ${isOpen ? '<>' : '='} ${resolved}`;
	return database
		.prepare(
			`SELECT id, rule, severity, state, title, cause, subject, started_at, ended_at, until, changed_by FROM alerts
			${condition} ORDER BY started_at DESC, id LIMIT ?`,
		)
		.all([limit ?? 200])
		.map(row => ({
			id: asId<AlertId>(unpackId(row[0])),
			rule: names.textOf(row[1]),
			severity: words.severity[Number(row[2])]!,
			state: words.alertState[Number(row[3])]!,
			title: String(row[4]),
			cause: String(row[5]),
			subject: names.textOf(row[6]),
			startedAt: Number(row[7]),
			endedAt: row[8] === null ? null : Number(row[8]),
			until: row[9] === null ? null : Number(row[9]),
			by: String(row[10]),
		}));
}
