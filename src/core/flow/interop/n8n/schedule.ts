import { durationMs } from '../../nodes/support';
import { isObject, listAt, numberAt, textAt, type JsonObject } from '../json';

/** Seconds, and minutes that no hour holds, are an interval: a cron line cannot say them. */
export function everyOf(parameters: JsonObject): string | undefined {
	const [rule] = listAt(parameters, 'rule', 'interval').filter(isObject);
	const field = rule && textAt(rule, 'field');
	const [seconds, minutes] = rule ? [numberAt(rule, 'secondsInterval'), numberAt(rule, 'minutesInterval')] : [];
	if (field === 'seconds') return `${seconds ?? 30} s`;
	return field === 'minutes' && minutes !== undefined && minutes > 59 ? `${minutes} min` : undefined;
}

/** A rule of n8n's schedule as a cron line; `undefined` when there is none for it. */
export function cronOf(parameters: JsonObject): string | undefined {
	const [rule] = listAt(parameters, 'rule', 'interval').filter(isObject);
	if (!rule) return '0 0 * * *';
	const [minute, hour] = [numberAt(rule, 'triggerAtMinute') ?? 0, numberAt(rule, 'triggerAtHour') ?? 0];
	const days = listAt(rule, 'triggerAtDay').filter(day => typeof day === 'number');
	switch (textAt(rule, 'field', 'days')) {
		case 'cronExpression':
			return textAt(rule, 'expression').replace(/^=/u, '').trim();
		case 'minutes':
			return `*/${numberAt(rule, 'minutesInterval') ?? 5} * * * *`;
		case 'hours':
			return `${minute} */${numberAt(rule, 'hoursInterval') ?? 1} * * *`;
		case 'days': {
			const every = numberAt(rule, 'daysInterval') ?? 1;
			return `${minute} ${hour} ${every > 1 ? `*/${every}` : '*'} * *`;
		}
		case 'weeks':
			return (numberAt(rule, 'weeksInterval') ?? 1) === 1
				? `${minute} ${hour} * * ${days.length > 0 ? days.join(',') : '0'}`
				: undefined;
		case 'months':
			return `${minute} ${hour} ${numberAt(rule, 'triggerAtDayOfMonth') ?? 1} */${numberAt(rule, 'monthsInterval') ?? 1} *`;
		default:
			return undefined;
	}
}

/** When it fires: every so often in whole minutes, where that is said, or at the times of the cron line. */
export function ruleOf(cron: string, every: string): JsonObject {
	// What is no duration is a problem of the flow, and told there.
	const ms = /^(?:\d+(?:\.\d+)? *(?:ms|s|min|m|h|d) *)+$/iu.test(every) ? durationMs(every) : null;
	if (ms === null) return { field: 'cronExpression', expression: cron };
	if (ms < 60_000) return { field: 'seconds', secondsInterval: Math.max(1, Math.round(ms / 1000)) };
	return { field: 'minutes', minutesInterval: Math.round(ms / 60_000) };
}
