import * as z from 'zod/mini';
import { ExpectedError } from '../base/errors';

const point = z.object({ x: z.number(), y: z.number() });
const value = z.union([z.number(), z.null(), point]);

const chart = z.object({
	type: z.enum(['bar', 'line', 'pie', 'doughnut', 'scatter', 'radar']),
	title: z.optional(z.string().check(z.maxLength(200))),
	data: z.object({
		labels: z.optional(z.array(z.union([z.string(), z.number()])).check(z.maxLength(10_000))),
		datasets: z
			.array(z.object({ label: z.optional(z.string()), data: z.array(value).check(z.maxLength(10_000)) }))
			.check(z.minLength(1), z.maxLength(50)),
	}),
});

/** A chart as data: its kind, its labels, its rows of numbers. Nothing in it is code, a colour or an address. */
export type Chart = z.infer<typeof chart>;

/** Reads a chart. Rejects with `bad-chart`, in a sentence that says where. */
export function parseChart(text: string): Chart {
	let parsed: unknown;
	try {
		parsed = JSON.parse(text);
	} catch (cause) {
		throw new ExpectedError('bad-chart', `The chart is not JSON: ${cause instanceof Error ? cause.message : ''}`, {
			cause,
		});
	}
	const read = chart.safeParse(parsed);
	if (read.success) return read.data;
	const [issue] = read.error.issues;
	const where = issue?.path.join('.') ?? '';
	throw new ExpectedError('bad-chart', `This is no chart${where === '' ? '' : `: look at “${where}”`}.`);
}
