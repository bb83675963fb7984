import { customFolder } from '../../custom/newNode';
import { isObject, listAt, objectAt, textAt, type JsonObject } from '../json';

/** A custom node of ClaraVerse as a file of ours. */
export interface ClaraCustomNode {
	/** Our type, without `custom.`. */
	readonly name: string;
	readonly path: string;
	readonly text: string;
	/** Our port names by their ids and names. */
	readonly inputs: Readonly<Record<string, string>>;
	readonly outputs: Readonly<Record<string, string>>;
}

const kinds: Readonly<Record<string, string>> = {
	string: 'text',
	text: 'text',
	number: 'number',
	boolean: 'boolean',
	array: 'list',
	object: 'object',
	json: 'object',
	file: 'file',
	image: 'image',
};

/** `Max Words` as `maxWords`, free among `taken`. */
function portName(name: string, taken: Set<string>): string {
	const words = name
		.normalize('NFKD')
		.replaceAll(/[^A-Za-z0-9]+/gu, ' ')
		.trim()
		.split(' ');
	const joined = words
		.map((word, at) => (at === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
		.join('');
	const base = (/^[a-z]/u.test(joined) ? joined : `port${joined}`).slice(0, 36);
	let free = base;
	for (let number = 2; taken.has(free); number++) free = `${base}${number}`;
	taken.add(free);
	return free;
}

interface ClaraPort {
	readonly port: string;
	readonly name: string;
	readonly id: string;
	readonly raw: JsonObject;
}

function ports(definition: JsonObject, side: 'inputs' | 'outputs'): readonly ClaraPort[] {
	const taken = new Set<string>();
	return listAt(definition, side)
		.filter(isObject)
		.map(raw => {
			const name = textAt(raw, 'name') || textAt(raw, 'id');
			return { port: portName(name, taken), name, id: textAt(raw, 'id') || name, raw };
		});
}

function byTheirs(list: readonly ClaraPort[]): Readonly<Record<string, string>> {
	return Object.fromEntries(
		list.flatMap(({ port, name, id }) => [
			[id, port],
			[name, port],
			[name.toLowerCase(), port],
		]),
	);
}

function portText({ port, name, raw }: ClaraPort, isInput: boolean): string {
	const kind = kinds[textAt(raw, 'dataType')] ?? 'any';
	const required = isInput && raw['required'] === true ? ', required: true' : '';
	return `\t\t\t{ name: ${quoted(port)}, title: ${quoted(name.slice(0, 80) || port)}, kind: ${quoted(kind)}${required} },`;
}

function quoted(text: string): string {
	return JSON.stringify(text);
}

/** The properties as a JSON schema. */
function schema(definition: JsonObject): JsonObject {
	const properties = listAt(definition, 'properties')
		.filter(isObject)
		.map(property => [textAt(property, 'id') || textAt(property, 'name'), propertySchema(property)] as const);
	return { type: 'object', properties: Object.fromEntries(properties) };
}

function propertySchema(property: JsonObject): JsonObject {
	const type = textAt(property, 'type');
	const values = listAt(property, 'options').map(option => (isObject(option) ? (option['value'] ?? '') : option));
	const { min, max } = objectAt(property, 'validation');
	const shape: JsonObject =
		type === 'number'
			? {
					type: 'number',
					...(typeof min === 'number' ? { minimum: min } : {}),
					...(typeof max === 'number' ? { maximum: max } : {}),
				}
			: type === 'boolean'
				? { type: 'boolean' }
				: type === 'select' && values.length > 0
					? { enum: values }
					: type === 'multiselect'
						? { type: 'array', items: values.length > 0 ? { enum: values } : {} }
						: type === 'json'
							? {}
							: { type: 'string' };
	const { defaultValue } = property;
	return {
		...shape,
		title: textAt(property, 'name') || textAt(property, 'id'),
		...(textAt(property, 'description') === '' ? {} : { description: textAt(property, 'description') }),
		...(defaultValue === undefined || defaultValue === null ? {} : { default: defaultValue }),
	};
}

/** The file's name and type: small letters, digits and dashes. */
function fileName(type: string): string {
	const plain = type
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/gu, '-')
		.replaceAll(/^[^a-z]+|-+$/gu, '')
		.slice(0, 60);
	return plain === '' ? 'custom' : plain;
}

/**
 * Writes the file. ClaraVerse's code is a function `execute(inputs, properties, context)` that names what comes in by
 * the port's id, its name or its name in small letters with underscores: all three are given.
 */
export function customNodeFile(definition: JsonObject): ClaraCustomNode | undefined {
	const type = textAt(definition, 'type') || textAt(definition, 'id');
	const code = textAt(definition, 'executionCode');
	if (type === '' || code.trim() === '') return undefined;
	const name = fileName(type);
	const [inputs, outputs] = [ports(definition, 'inputs'), ports(definition, 'outputs')];
	const names = Object.fromEntries(
		inputs.map(({ port, id, name: title }) => [
			port,
			[...new Set([id, title, title.toLowerCase().replaceAll(/\s+/gu, '_')])],
		]),
	);
	const results = Object.fromEntries(
		outputs.map(({ port, id, name: title }) => [
			port,
			[...new Set([id, title, title.toLowerCase().replaceAll(/\s+/gu, '_')])],
		]),
	);
	const summary = textAt(definition, 'description').replaceAll(/\s+/gu, ' ').slice(0, 200);
	const text = `/// <reference path="./quarterdeck.d.ts" />
// From a custom node of ClaraVerse.

const names = ${JSON.stringify(names)};
const results = ${JSON.stringify(results)};

${code.trim()}

/** @type {QuarterdeckNode} */
export default {
	type: ${quoted(name)},
	title: ${quoted((textAt(definition, 'name') || type).slice(0, 80))},
	summary: ${quoted(summary)},
	params: ${JSON.stringify(schema(definition))},
	ports: {
		inputs: [
${inputs.map(port => portText(port, true)).join('\n')}
		],
		outputs: [
${outputs.map(port => portText(port, false)).join('\n')}
		],
	},
	capabilities: [],

	async run(inputs, params, context) {
		const given = {};
		for (const [port, all] of Object.entries(names)) for (const name of all) given[name] = inputs[port];
		const log = (...parts) => context.log(parts.map(part => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '));
		const result = (await execute(given, params, { log, warn: log, error: log, info: log })) ?? {};
		const found = {};
		for (const [port, all] of Object.entries(results)) {
			const name = all.find(key => result !== null && typeof result === 'object' && key in result);
			if (name !== undefined) found[port] = result[name];
		}
		const [first] = Object.keys(results);
		if (Object.keys(found).length === 0 && first !== undefined) found[first] = result;
		return found;
	},
};
`;
	return { name, path: `${customFolder}/${name}.js`, text, inputs: byTheirs(inputs), outputs: byTheirs(outputs) };
}
