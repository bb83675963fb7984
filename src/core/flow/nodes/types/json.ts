import { z } from 'zod';
import { errorText } from '../../../base/errors';
import type { Json } from '../../../base/json';
import { defineNode } from '../nodeType';
import { choice, count, needed, text } from '../params';
import { asText, failure, neededPort, port } from '../support';
import { valueAt } from './paths';

export const parseJson = defineNode({
	type: 'json.parse',
	version: 1,
	title: 'Parse JSON',
	category: 'Data',
	icon: 'json',
	summary: 'A text read as JSON, also out of an answer of a model',
	help: 'Reads JSON: the whole text, or the first object or list in it, as in an answer that has words or a code block around it. *Field* takes a part by its path. What is no text is passed on as it is. Example: field `result.items.0.name`.',
	aliases: ['json-parse', 'JSON Parser', 'Extract JSON', 'util-json-parser'],
	params: z.object({
		field: text('Field', 'A path: `user.name`, `rows.0`; empty for all.'),
		whenInvalid: choice('When it is no JSON', 'Or when the field is not there: fails, or gives null.', [
			'fail',
			'null',
		]),
	}),
	ports: { inputs: [neededPort('text', 'Text', 'any')], outputs: [port('value', 'Value', 'any')] },
	effects: 'pure',
	run({ text: given }, { field, whenInvalid }) {
		const isLenient = whenInvalid === 'null';
		const parsed = typeof given === 'string' ? findJson(given) : given;
		if (parsed === undefined) {
			if (isLenient) return { value: null };
			throw failure('input', `There is no JSON in the text: ${JSON.stringify(asText(given ?? '').slice(0, 80))}`);
		}
		const value = valueAt(parsed, field);
		if (value === undefined && !isLenient) throw failure('not-found', `The JSON has no “${field}”.`);
		return { value: value ?? null };
	},
});

/** The JSON that a text is, or the first that stands in it. */
export function findJson(given: string): Json | undefined {
	const whole = read(given.trim());
	if (whole !== undefined) return whole;
	const block = /```(?:json[c5]?)?\s*\n(?<inner>[^]*?)```/iu.exec(given)?.groups?.['inner'];
	const inBlock = block === undefined ? undefined : read(block.trim());
	if (inBlock !== undefined) return inBlock;
	let tries = 0;
	for (let at = 0; at < given.length && tries < 50; at++) {
		if (given[at] !== '{' && given[at] !== '[') continue;
		tries += 1;
		const end = closing(given, at);
		const found = end === undefined ? undefined : read(given.slice(at, end + 1));
		if (found !== undefined) return found;
	}
	return undefined;
}

function read(given: string): Json | undefined {
	try {
		return JSON.parse(given) as Json;
	} catch {
		return undefined; // Not JSON: the caller says so, or looks further.
	}
}

/** Where the bracket at `start` closes. */
function closing(given: string, start: number): number | undefined {
	let depth = 0;
	let isInText = false;
	for (let at = start; at < given.length; at++) {
		const char = given[at];
		if (isInText) {
			if (char === '\\') at += 1;
			else if (char === '"') isInText = false;
		} else if (char === '"') isInText = true;
		else if (char === '{' || char === '[') depth += 1;
		else if (char === '}' || char === ']') {
			depth -= 1;
			if (depth === 0) return at;
		}
	}
	return undefined;
}

export const queryJson = defineNode({
	type: 'json.query',
	version: 1,
	title: 'Query JSON',
	category: 'Data',
	icon: 'search',
	summary: 'Finds and reshapes parts of a value with JMESPath',
	help: "Asks a value with [JMESPath](https://jmespath.org), the language of the AWS command line. What is not there gives null. Example: `issues[?state=='open'].{title: title, by: user.login}`.",
	aliases: ['JMESPath', 'JSONPath', 'jq', 'Extract Object Path'],
	params: z.object({
		query: needed('Query', 'JMESPath: `items[].name`.', { isRaw: true, widget: 'code', language: 'jmespath' }),
	}),
	ports: { inputs: [neededPort('value', 'Value', 'any')], outputs: [port('value', 'Result', 'any')] },
	effects: 'pure',
	async run({ value }, { query }) {
		const { search } = await import('jmespath');
		try {
			// What it finds may be of the host: `constructor` is a name like any other to it.
			return { value: JSON.parse(JSON.stringify(search(value ?? null, query)) ?? 'null') as Json };
		} catch (error) {
			throw failure('input', `The query cannot be answered: ${errorText(error)}`);
		}
	},
});

export const writeJson = defineNode({
	type: 'json.write',
	version: 1,
	title: 'Write JSON',
	category: 'Data',
	icon: 'bracket',
	summary: 'A value as JSON text',
	help: 'Makes JSON text of any value, in one line or indented. Example: indented by 2, connected to the `text` of *Write File*.',
	aliases: ['Stringify', 'To JSON'],
	params: z.object({ indent: count('Indent', 'Spaces; 0 for one line.', { min: 0, max: 10, default: 2 }) }),
	ports: { inputs: [neededPort('value', 'Value', 'any')], outputs: [port('text', 'Text', 'text')] },
	effects: 'pure',
	run: ({ value }, { indent }) => ({ text: JSON.stringify(value ?? null, null, indent) }),
});
