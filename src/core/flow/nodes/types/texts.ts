import { z } from 'zod';
import type { Json } from '../../../base/json';
import { referencesOf } from '../../expressions/references';
import { defineNode, type Ports } from '../nodeType';
import { choice, count, flag, needed, text } from '../params';
import { asText, failure, neededPort, port, textAt } from '../support';

export const templateNode = defineNode({
	type: 'text.template',
	version: 1,
	title: 'Template',
	category: 'Text',
	icon: 'symbol-snippet',
	summary: 'A text with places that are filled',
	help: 'Fills `{{ input.name }}` and other expressions in a text; each name behind `input.` is a port. Lists and objects are put in as JSON. Example: `Review {{ input.file }}:\\n{{ input.diff }}`.',
	aliases: ['Prompt Template', 'String Template', 'Mustache', 'Jinja'],
	params: z.object({ template: text('Template', 'With `{{ input.… }}`.', { widget: 'multiline' }) }),
	ports: ({ template }): Ports => ({
		inputs: inputNames(template).map(name => port(name, name, 'any')),
		outputs: [port('text', 'Text', 'text')],
	}),
	effects: 'pure',
	run: (_, { template }) => ({ text: template }),
});

function inputNames(template: unknown): readonly string[] {
	if (typeof template !== 'string') return ['value'];
	const names = [...new Set(referencesOf(template).inputs)];
	return names.length === 0 ? ['value'] : names;
}

export const combineText = defineNode({
	type: 'text.combine',
	version: 1,
	title: 'Combine Text',
	category: 'Text',
	icon: 'combine',
	summary: 'Several texts as one',
	help: 'Joins what arrives, in the order of the edges, with something between, before or behind. What is no text becomes one; null is left out, `0` and false are not. Example: three summaries with a blank line between them.',
	aliases: ['combine-text', 'Concatenate', 'Join Text', 'Append'],
	params: z.object({
		separator: text('Between', 'Written between two texts.', { default: '\n' }),
		prefix: text('Before each', 'Written before each text.'),
		suffix: text('Behind each', 'Written behind each text.'),
		isSkippingEmpty: flag('Without empty ones', 'Empty texts are left out.'),
	}),
	ports: {
		inputs: [{ ...neededPort('texts', 'Texts', 'any'), isMany: true }],
		outputs: [port('text', 'Text', 'text'), port('count', 'Count', 'number')],
	},
	effects: 'pure',
	run({ texts }, { separator, prefix, suffix, isSkippingEmpty }) {
		const all = (Array.isArray(texts) ? (texts as readonly Json[]) : [texts ?? null]).flatMap(part =>
			Array.isArray(part) ? (part as readonly Json[]) : [part],
		);
		const parts = all.filter(part => part !== null).map(asText);
		const kept = isSkippingEmpty ? parts.filter(part => part !== '') : parts;
		return { text: kept.map(part => prefix + part + suffix).join(separator), count: kept.length };
	},
});

export const splitText = defineNode({
	type: 'text.split',
	version: 1,
	title: 'Split Text',
	category: 'Text',
	icon: 'split-horizontal',
	summary: 'A text in parts',
	help: 'Splits a text at lines, at blank lines, at a separator, or into parts of a size that end at a line or a space and may overlap. Example: parts of 8000 characters, 200 of overlap, for a *Map* over a long document.',
	aliases: ['Chunk Text', 'Text Splitter', 'Lines'],
	params: z.object({
		by: choice('At', 'Where it is split.', ['lines', 'paragraphs', 'separator', 'size']),
		separator: text('Separator', 'For `separator`.', { default: ',' }),
		size: count('Characters', 'Of a part, for `size`.', { min: 1, max: 10_000_000, default: 4000 }),
		overlap: count('Overlap', 'Characters that a part shares with the one before, for `size`.', {
			min: 0,
			max: 1_000_000,
			default: 0,
		}),
		isTrimmed: flag('Trimmed', 'Without space around the parts and without empty parts.', true),
	}),
	ports: {
		inputs: [neededPort('text', 'Text', 'text')],
		outputs: [port('parts', 'Parts', 'list'), port('count', 'Count', 'number')],
	},
	effects: 'pure',
	run(inputs, { by, separator, size, overlap, isTrimmed }) {
		const parts = splitBy(textAt(inputs, 'text'), { by, separator, size, overlap });
		const kept = isTrimmed ? parts.map(part => part.trim()).filter(part => part !== '') : parts;
		return { parts: kept, count: kept.length };
	},
});

interface Split {
	readonly by: 'lines' | 'paragraphs' | 'separator' | 'size';
	readonly separator: string;
	readonly size: number;
	readonly overlap: number;
}

function splitBy(given: string, { by, separator, size, overlap }: Split): readonly string[] {
	switch (by) {
		case 'lines':
			return given.split(/\r\n|\n|\r/u);
		case 'paragraphs':
			return given.split(/(?:\r\n|\n|\r)[^\S\n\r]*(?:\r\n|\n|\r)\s*/u);
		case 'separator':
			return given.split(separator);
		default:
			return sized(given, size, Math.min(overlap, size - 1));
	}
}

function sized(given: string, size: number, overlap: number): readonly string[] {
	const parts: string[] = [];
	let at = 0;
	while (at < given.length) {
		let end = Math.min(given.length, at + size);
		if (end < given.length) {
			const part = given.slice(at, end);
			// A good end is a line's, or a word's, if it does not cost more than half of the part.
			const good = Math.max(part.lastIndexOf('\n'), part.lastIndexOf(' '));
			if (good > size / 2 && good + 1 > overlap) end = at + good + 1;
		}
		parts.push(given.slice(at, end));
		if (end >= given.length) break;
		at = Math.max(at + 1, end - overlap);
	}
	return parts;
}

const pattern = {
	pattern: needed('Pattern', 'A regular expression of JavaScript, without slashes.', {
		isRaw: true,
		widget: 'code',
		language: 'regex',
	}),
	flags: text('Flags', '`i` for any case, `m` for lines, `s` for a dot over lines.', {
		default: 'i',
		isAdvanced: true,
	}),
};

/** A pattern of a user can take for ever: it runs where it can be ended. */
const matchScript = `
const found = [];
for (const match of text.matchAll(new RegExp(pattern, flags))) {
	found.push({ text: match[0], index: match.index, groups: match.slice(1).map(part => part ?? null), named: { ...match.groups } });
	if (found.length >= 10000) break;
}
return found;`;

const replaceScript = 'return text.replace(new RegExp(pattern, flags), replacement);';

function checkedFlags(flags: string): string {
	if (!/^[dimsuvy]*$/u.test(flags.replaceAll('g', '')))
		throw failure('input', `“${flags}” has a flag that does not exist.`);
	return [...new Set(`${flags}g`)].join('');
}

export const matchText = defineNode({
	type: 'text.match',
	version: 1,
	title: 'Match Text',
	category: 'Text',
	icon: 'regex',
	summary: 'Finds places by a regular expression',
	help: 'Finds all places of a text that a regular expression fits, with their groups. It runs in the sandbox, so a bad pattern cannot hang the run. Example: `#(?<issue>\\d+)`; then `{{ input.first.named.issue }}`.',
	aliases: ['Regex', 'Extract Regex', 'Find'],
	params: z.object(pattern),
	ports: {
		inputs: [neededPort('text', 'Text', 'text')],
		outputs: [
			port('matches', 'Matches', 'list', { description: '`{ text, index, groups, named }` of each' }),
			port('first', 'First match', 'any', { description: 'null when there is none' }),
			port('isMatch', 'Found', 'boolean'),
		],
	},
	effects: 'pure',
	async run(inputs, params, context) {
		const values = { text: textAt(inputs, 'text'), pattern: params.pattern, flags: checkedFlags(params.flags) };
		const found = await context.script(matchScript, values);
		const matches = Array.isArray(found) ? (found as readonly Json[]) : [];
		return { matches, first: matches[0] ?? null, isMatch: matches.length > 0 };
	},
});

export const replaceText = defineNode({
	type: 'text.replace',
	version: 1,
	title: 'Replace Text',
	category: 'Text',
	icon: 'replace-all',
	summary: 'Replaces places by a regular expression or a text',
	help: 'Replaces every place that fits; in the replacement of a regular expression `$1` and `$<name>` stand for groups. Example: pattern `\\s+$`, flags `m`, replacement empty: no space at the ends of lines.',
	aliases: ['Find and Replace', 'Substitute'],
	params: z.object({
		...pattern,
		isPlain: flag('Plain text', 'The pattern is a text, not a regular expression.'),
		replacement: text('Replacement', 'Written instead.'),
	}),
	ports: { inputs: [neededPort('text', 'Text', 'text')], outputs: [port('text', 'Text', 'text')] },
	effects: 'pure',
	async run(inputs, params, context) {
		const given = textAt(inputs, 'text');
		if (params.isPlain) return { text: given.replaceAll(params.pattern, () => params.replacement) };
		const values = {
			text: given,
			pattern: params.pattern,
			flags: checkedFlags(params.flags),
			replacement: params.replacement,
		};
		return { text: asText(await context.script(replaceScript, values)) };
	},
});
