import { kindOf, typeError, type Value } from './values';

const unitMs: Readonly<Record<string, number>> = {
	millisecond: 1,
	second: 1000,
	minute: 60_000,
	hour: 3_600_000,
	day: 86_400_000,
	week: 604_800_000,
};

/** Milliseconds since 1970 of a date as text or number. Dates are UTC where the text says no zone. */
export function moment(value: Value): number {
	if (typeof value === 'number' && Number.isFinite(value)) return value;
	if (typeof value === 'string' && value.length < 100) {
		const hasZone = /(?:Z|[+-]\d{2}:?\d{2}|GMT|UTC)$/iu.test(value.trim());
		const at = Date.parse(hasZone || !value.includes(':') ? value : `${value}Z`);
		if (!Number.isNaN(at)) return at;
		const local = Date.parse(value);
		if (!Number.isNaN(local)) return local;
	}
	throw typeError(`A date is needed there, as 2026-01-31T12:00:00Z, not ${kindOf(value)}.`);
}

const pieces: Readonly<Record<string, (date: Date) => number>> = {
	YYYY: date => date.getUTCFullYear(),
	MM: date => date.getUTCMonth() + 1,
	DD: date => date.getUTCDate(),
	HH: date => date.getUTCHours(),
	mm: date => date.getUTCMinutes(),
	ss: date => date.getUTCSeconds(),
	SSS: date => date.getUTCMilliseconds(),
};

export function dateText(at: number, pattern: string): string {
	const date = valid(at);
	return pattern.replaceAll(/YYYY|MM|DD|HH|mm|SSS|ss/gu, piece =>
		String(pieces[piece]?.(date) ?? piece).padStart(piece.length, '0'),
	);
}

export function dateAdd(at: number, amount: number, unit: string): string {
	const name = unitName(unit);
	const date = valid(at);
	if (name === 'month' || name === 'year') {
		const day = date.getUTCDate();
		date.setUTCDate(1);
		date.setUTCMonth(date.getUTCMonth() + Math.trunc(amount) * (name === 'year' ? 12 : 1));
		// The 31st of January and a month is the last of February.
		const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
		date.setUTCDate(Math.min(day, last));
		return valid(date.getTime()).toISOString();
	}
	return valid(at + amount * (unitMs[name] ?? 0)).toISOString();
}

export function dateDifference(from: number, to: number, unit: string): number {
	const name = unitName(unit);
	const ms = unitMs[name];
	if (ms !== undefined) return Math.trunc((to - from) / ms);
	const [first, second] = [valid(Math.min(from, to)), valid(Math.max(from, to))];
	let months = (second.getUTCFullYear() - first.getUTCFullYear()) * 12 + second.getUTCMonth() - first.getUTCMonth();
	if (Date.parse(dateAdd(first.getTime(), months, 'months')) > second.getTime()) months -= 1;
	const whole = name === 'year' ? Math.trunc(months / 12) : months;
	return to < from ? -whole : whole;
}

function unitName(unit: string): string {
	const name = unit.toLowerCase().replace(/s$/u, '');
	if (Object.hasOwn(unitMs, name) || name === 'month' || name === 'year') return name;
	throw typeError('A unit is one of seconds, minutes, hours, days, weeks, months and years.');
}

function valid(at: number): Date {
	const date = new Date(at);
	if (Number.isNaN(date.getTime())) throw typeError('The date is out of range.');
	return date;
}
