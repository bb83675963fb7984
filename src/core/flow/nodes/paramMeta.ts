import { z } from 'zod';
import type { Json } from '../../base/json';
import type { ModeOf, TextMode } from '../expressions/resolve';
import type { NodeType, ParamMeta } from './nodeType';
import { asText } from './support';

type Schema = Readonly<Record<string, unknown>>;

const schemas = new WeakMap<NodeType, Schema>();

/** The JSON schema of a type's parameters as a document may hold them: the form, the checks and the docs are made of it. */
export function paramsSchema(type: NodeType): Schema {
	const known = schemas.get(type);
	if (known) return known;
	const { $schema: _, ...schema } = z.toJSONSchema(type.params, { io: 'input', unrepresentable: 'any' }) as Record<
		string,
		unknown
	>;
	schemas.set(type, schema);
	return schema;
}

/** How one parameter is edited; `path` goes into lists and objects: `['cases', 0, 'when']`. */
export function paramMeta(type: NodeType, path: readonly (string | number)[]): ParamMeta & Schema {
	let at: unknown = paramsSchema(type);
	let meta: Schema = {};
	for (const key of path) {
		at = step(at, key);
		if (!isRecord(at)) return meta;
		// What holds for a list holds for its entries, unless they say otherwise.
		const { isRaw, widget, language } = at;
		meta = { ...inherited(meta), ...at, ...(isRaw === undefined && meta['isRaw'] === true ? inherited(meta) : {}) };
		if (widget !== undefined) meta = { ...meta, widget, language };
	}
	return meta;
}

function inherited(meta: Schema): Schema {
	return meta['isRaw'] === true ? { isRaw: true, widget: meta['widget'], language: meta['language'] } : {};
}

function step(schema: unknown, key: string | number): unknown {
	if (!isRecord(schema)) return undefined;
	const { properties, items, additionalProperties, anyOf, oneOf } = schema;
	if (typeof key === 'string' && isRecord(properties) && Object.hasOwn(properties, key)) return properties[key];
	if (typeof key === 'number' && isRecord(items)) return items;
	if (typeof key === 'string' && isRecord(additionalProperties)) return additionalProperties;
	for (const part of [anyOf, oneOf].filter(Array.isArray).flat()) {
		const found = step(part, key);
		if (found !== undefined) return found;
	}
	return undefined;
}

interface TextPlace {
	readonly mode: TextMode;
	/** The one type of JSON that the schema allows there. */
	readonly only: string | undefined;
}

const places = new WeakMap<NodeType, (path: readonly (string | number)[]) => TextPlace>();

/** How the texts of a type's parameters are read. */
export function modesOf(type: NodeType): ModeOf {
	const placeOf = placesOf(type);
	return path => placeOf(path).mode;
}

/**
 * Makes the value of an expression what the parameter takes: a text where a text stands, a number of digits where a
 * number stands. What cannot be made so stays, and the check of the parameters says it.
 */
export function fitsOf(type: NodeType): (path: readonly (string | number)[], value: Json) => Json {
	const placeOf = placesOf(type);
	return (path, value) => {
		const { only } = placeOf(path);
		if (only === 'string') return value === null ? '' : asText(value);
		if (typeof value !== 'string' || value.trim() === '') return value;
		if (only === 'number' || only === 'integer') return Number.isNaN(Number(value)) ? value : Number(value);
		return only === 'boolean' && (value === 'true' || value === 'false') ? value === 'true' : value;
	};
}

function placesOf(type: NodeType): (path: readonly (string | number)[]) => TextPlace {
	const known = places.get(type);
	if (known) return known;
	const seen = new Map<string, TextPlace>();
	const placeOf = (path: readonly (string | number)[]): TextPlace => {
		const key = path.map(part => (typeof part === 'number' ? 0 : part)).join('\n');
		const before = seen.get(key);
		if (before !== undefined) return before;
		const meta = paramMeta(
			type,
			path.map(part => (typeof part === 'number' ? 0 : part)),
		);
		const place = { mode: modeOfMeta(meta), only: typeof meta['type'] === 'string' ? meta['type'] : undefined };
		// Names of open objects are without an end.
		if (seen.size < 500) seen.set(key, place);
		return place;
	};
	places.set(type, placeOf);
	return placeOf;
}

function modeOfMeta({ isRaw, widget }: ParamMeta): TextMode {
	if (isRaw !== true) return 'template';
	if (widget === 'expression') return 'expression';
	return widget === 'code' ? 'code' : 'raw';
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
