import { z } from 'zod';
import type { Json } from '../../base/json';
import type { ParamMeta } from './nodeType';

type More = Omit<ParamMeta, 'title' | 'description'>;

/** A text; '' when it is left out. */
export function text(title: string, description: string, more: More & { readonly default?: string } = {}) {
	const { default: value = '', ...meta } = more;
	return z
		.string()
		.default(value)
		.meta({ title, description, ...meta });
}

/** A text that the node cannot run without. */
export function needed(title: string, description: string, more: More = {}) {
	return z
		.string()
		.min(1, `“${title}” is empty.`)
		.meta({ title, description, ...more });
}

/** An expression that the node works out itself, for each item or once. */
export function expression(title: string, description: string, value?: string) {
	const meta = { title, description, widget: 'expression', isRaw: true } as const;
	return z
		.string()
		.default(value ?? '')
		.meta(meta);
}

export function flag(title: string, description: string, value = false, more: More = {}) {
	return z
		.boolean()
		.default(value)
		.meta({ title, description, ...more });
}

/** One of a few words; the first is the default. */
export function choice<const T extends readonly [string, ...string[]]>(
	title: string,
	description: string,
	values: T,
	more: More = {},
) {
	return z
		.enum(values as unknown as [T[number], ...T[number][]])
		.default(values[0] as never)
		.meta({ title, description, ...more });
}

/** A whole number. */
export function count(title: string, description: string, limits: Limits, more: More = {}) {
	const { min, max, default: value } = limits;
	return z
		.number()
		.int()
		.min(min)
		.max(max)
		.default(value)
		.meta({ title, description, ...more });
}

export interface Limits {
	readonly min: number;
	readonly max: number;
	readonly default: number;
}

/** A number that stays away unless it is set, so that whoever is asked keeps their own default. `0` is a value. */
export function maybeNumber(title: string, description: string, min: number, max: number, more: More = {}) {
	return z
		.number()
		.min(min)
		.max(max)
		.optional()
		.meta({ title, description, ...more });
}

export function texts(title: string, description: string, more: More = {}) {
	return z
		.array(z.string())
		.default([])
		.meta({ title, description, ...more });
}

/** Texts by name: headers, environment. */
export function textMap(title: string, description: string, more: More = {}) {
	return z
		.record(z.string(), z.string())
		.default({})
		.meta({ title, description, ...more });
}

/** Any values by name. */
export function valueMap(title: string, description: string, more: More = {}) {
	return z
		.record(z.string(), z.unknown())
		.default({})
		.meta({ title, description, ...more });
}

/** Any JSON value. */
export function anything(title: string, description: string, more: More = {}) {
	return z
		.unknown()
		.optional()
		.meta({ title, description, ...more });
}

/** What a parameter of any kind holds: documents are JSON, so nothing else can stand there. */
export function asJson(value: unknown): Json {
	return (value ?? null) as Json;
}

/** Parameters by name. */
export function record(value: unknown): Readonly<Record<string, Json>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Readonly<Record<string, Json>>)
		: {};
}
