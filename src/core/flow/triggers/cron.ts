import { ExpectedError } from '../../base/errors';
import { dayAt, firstMoment, type Day } from './zone';

/** Numbers that fit, by field. */
export interface Cron {
	readonly minutes: readonly number[];
	readonly hours: readonly number[];
	readonly days: ReadonlySet<number>;
	readonly months: ReadonlySet<number>;
	/** Sunday is 0. */
	readonly weekdays: ReadonlySet<number>;
	/** The days of the month, and those of the week, are named: one of both is enough. */
	readonly isEither: boolean;
	/** It means every so many hours or minutes, and not a time of the day. */
	readonly isRepeating: boolean;
}

interface Field {
	readonly name: string;
	readonly from: number;
	readonly to: number;
	readonly words?: readonly string[];
}

const monthWords = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const fields: readonly Field[] = [
	{ name: 'minute', from: 0, to: 59 },
	{ name: 'hour', from: 0, to: 23 },
	{ name: 'day of the month', from: 1, to: 31 },
	{ name: 'month', from: 1, to: 12, words: ['', ...monthWords] },
	{ name: 'day of the week', from: 0, to: 7, words: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
];
const nicknames: Readonly<Record<string, string>> = {
	'@hourly': '0 * * * *',
	'@daily': '0 0 * * *',
	'@midnight': '0 0 * * *',
	'@weekly': '0 0 * * 0',
	'@monthly': '0 0 1 * *',
	'@yearly': '0 0 1 1 *',
	'@annually': '0 0 1 1 *',
};
const example =
	'For example, `0 9 * * 1-5` is nine o’clock on working days, and `*/15 * * * *` every quarter of an hour.';
/** The 29th of February on a named day of the week may be decades away; what is further never comes. */
const mostDays = 366 * 40;

/** Reads a cron line. Throws an `ExpectedError` that says what is wrong, where, and shows a right one. */
export function parseCron(text: string): Cron {
	const line = nicknames[text.trim().toLowerCase()] ?? text.trim();
	const parts = line === '' ? [] : line.split(/\s+/);
	if (parts.length !== fields.length) {
		const hint = parts.length === 6 ? ' Seconds are not known: leave the first one out.' : '';
		throw bad(`“${text}” has ${parts.length} parts, and a cron line has five: ${listOfFields()}.${hint}`);
	}
	const [minutes, hours, days, months, weekdays] = parts.map((part, at) => numbersOf(part, fields[at]!, text)) as [
		number[],
		number[],
		number[],
		number[],
		number[],
	];
	const isNamed = (at: number): boolean => !parts[at]!.startsWith('*');
	return {
		minutes,
		hours,
		days: new Set(days),
		months: new Set(months),
		weekdays: new Set(weekdays.map(day => day % 7)),
		isEither: isNamed(2) && isNamed(4),
		isRepeating: !isNamed(1),
	};
}

/**
 * The first moment after `after` (milliseconds since 1970) that fits, or `null` when none ever comes. Where clocks are
 * put forward, a time of the day that is left out comes at the moment of the change; where they are put back, it comes
 * once. What repeats every so often keeps its pace through both.
 */
export function nextTime(cron: Cron, after: number, zone: string): number | null {
	let day = dayAt(after, zone);
	for (let count = 0; count < mostDays; count++, day = dayAfter(day)) {
		if (!fits(cron, day)) continue;
		const found = firstMoment(day, cron, zone, after);
		if (found !== undefined) return found;
	}
	return null;
}

function fits({ days, months, weekdays, isEither }: Cron, { year, month, day }: Day): boolean {
	if (!months.has(month)) return false;
	const isDay = days.has(day);
	const isWeekday = weekdays.has(new Date(Date.UTC(year, month - 1, day)).getUTCDay());
	return isEither ? isDay || isWeekday : isDay && isWeekday;
}

function dayAfter({ year, month, day }: Day): Day {
	const date = new Date(Date.UTC(year, month - 1, day + 1));
	return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function numbersOf(part: string, field: Field, text: string): number[] {
	const found = new Set<number>();
	for (const item of part.split(',')) {
		const [range = '', step, ...rest] = item.split('/');
		const where = `the ${field.name} “${item}” of “${text}”`;
		if (rest.length > 0 || range === '') throw bad(`${where} cannot be read.`);
		const by = step === undefined ? 1 : Number(step);
		if (!Number.isInteger(by) || by < 1) throw bad(`${where} needs a whole number from 1 on behind the slash.`);
		const [from, to] = boundsOf(range, field, where, step !== undefined);
		for (let number = from; number <= to; number += by) found.add(number);
	}
	return [...found].sort((left, right) => left - right);
}

function boundsOf(range: string, field: Field, where: string, hasStep: boolean): readonly [number, number] {
	if (range === '*') return [field.from, field.to];
	const [first = '', last, ...rest] = range.split('-');
	if (rest.length > 0) throw bad(`${where} cannot be read.`);
	const from = numberOf(first, field, where);
	if (last === undefined) return [from, hasStep ? field.to : from];
	const to = numberOf(last, field, where);
	if (to < from) throw bad(`${where} begins after it ends: write it as two parts, with a comma.`);
	return [from, to];
}

function numberOf(text: string, { from, to, words, name }: Field, where: string): number {
	const word = words?.indexOf(text.toUpperCase()) ?? -1;
	if (text !== '' && word >= 0) return word;
	const number = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
	if (number >= from && number <= to) return number;
	const names = words ? `, or ${words.filter(each => each !== '').join(', ')}` : '';
	throw bad(`${where} must be from ${from} to ${to}${names}; “${text}” is no ${name}.`);
}

function listOfFields(): string {
	return fields.map(({ name }) => name).join(', ');
}

function bad(why: string): ExpectedError {
	const sentence = `${why[0]!.toUpperCase()}${why.slice(1)}`;
	return new ExpectedError('bad-cron', `${sentence} ${example}`);
}
