import type { HealthState, ServiceHour } from '../ledger/machineEvents';
import type { ServiceChangeRow } from '../ledger/queries';
import { dependentsOf } from './dependencies';
import type { ServiceView } from './health';
import type { HourView, ServiceDetail } from './healthPage';
import type { RecentCheck } from './healthMonitor';
import { hourOf, uptimeOf, uptimes } from './uptime';

const hoursShown = 24;

/** What the page shows of one service. @param hours of this service, of a month */
export function serviceDetail(input: {
	readonly id: string;
	readonly services: readonly ServiceView[];
	readonly hours: readonly ServiceHour[];
	readonly changes: readonly ServiceChangeRow[];
	readonly recent: readonly RecentCheck[];
	readonly now: number;
}): ServiceDetail {
	const { id, services, hours, changes, recent, now } = input;
	const current = hourOf(now);
	const byHour = new Map(hours.map(hour => [hour.hour, hour]));
	const shown = Array.from({ length: hoursShown }, (_, index) => current - hoursShown + 1 + index);
	const needing = dependentsOf(id, services);
	return {
		id,
		uptimes: uptimes(hours, now),
		hours: shown.map(hour => hourView(hour, byHour.get(hour))),
		changes,
		recent: recent.toReversed(),
		neededBy: services.filter(service => needing.has(service.id)).map(({ name }) => name),
	};
}

function hourView(hour: number, known: ServiceHour | undefined): HourView {
	if (!known) return { hour, mean: null, max: null, state: null, up: null };
	const { seconds, checks, failures, latencySum, latencyMax } = known;
	const answered = checks - failures;
	const longest = (Object.entries(seconds) as [HealthState, number][]).toSorted((left, right) => right[1] - left[1])[0];
	const isMeasured = answered > 0 && latencyMax > 0;
	return {
		hour,
		mean: isMeasured ? Math.round(latencySum / answered) : null,
		max: isMeasured ? latencyMax : null,
		state: longest && longest[1] > 0 ? longest[0] : null,
		up: uptimeOf([known])?.percent ?? null,
	};
}
