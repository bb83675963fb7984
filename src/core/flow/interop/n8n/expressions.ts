import type { Json } from '../../../base/json';
import { parseExpression } from '../../expressions/syntax';
import { plainText } from '../flowBuilder';
import { isObject } from '../json';

/** What the names of n8n stand for at one node. */
export interface N8nScope {
	/** The data of the entry that comes in: `input.value`. */
	readonly json: string;
	/** What a node gave, by its name in n8n; `undefined` when there is none. */
	node(name: string): string | undefined;
	readonly workflowName: string;
	/** Told of each expression that could not be translated. */
	onUnknown(source: string): void;
}

const name = String.raw`(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")`;
const ofNode = new RegExp(
	String.raw`\$\(\s*${name}\s*\)\s*\.(?:item|first\(\)|last\(\)|itemMatching\([^()]*\))\s*(\??\.)\s*json\b|\$\(\s*${name}\s*\)\s*\.(?:all\(\)|item|first\(\)|last\(\))(?!\s*\??\.\s*json)|\$node\[\s*${name}\s*\]\s*\.\s*json\b|\$node\.([A-Za-z_]\w*)\.json\b`,
	'gu',
);

/** An expression of n8n, without its braces, in our language; `undefined` when it says what ours cannot. */
export function translateExpression(source: string, scope: N8nScope): string | undefined {
	let isKnown = true;
	const { json, workflowName } = scope;
	const translated = outsideTexts(source, code =>
		code
			.replaceAll(ofNode, (match, ...groups: (string | undefined)[]) => {
				const [a, b, , c, d, e, f, plain] = groups;
				const found = scope.node(unescaped(a ?? b ?? c ?? d ?? e ?? f ?? plain ?? ''));
				if (found === undefined) isKnown = false;
				const isList = match.trimEnd().endsWith('.all()');
				return found === undefined ? match : isList ? `[${found}]` : found;
			})
			.replaceAll(/\$input\s*\.\s*(?:item|first\(\)|last\(\))\s*\??\.\s*json\b/gu, json)
			.replaceAll(/\$input\s*\.\s*all\(\)/gu, `[{ json: ${json} }]`)
			.replaceAll(/\$json\b/gu, json)
			.replaceAll(/\$now\s*\.\s*toISO\(\)|\$now\b(?!\s*\.)/gu, 'now')
			.replaceAll(/\$execution\s*\.\s*id\b/gu, 'run.id')
			.replaceAll(/\$workflow\s*\.\s*name\b/gu, JSON.stringify(workflowName))
			.replaceAll(/\$(?:itemIndex|runIndex)\b/gu, '(index ?? 0)')
			.replaceAll(/\bundefined\b/gu, 'null'),
	);
	if (isKnown && !/\$(?!\{)/u.test(withoutTexts(translated)) && isReadable(translated)) return translated;
	scope.onUnknown(source);
	return undefined;
}

function unescaped(text: string): string {
	return text.replaceAll(/\\(.)/gu, '$1');
}

/** A node's name stands in quotes: only texts that are not one are left alone. */
function outsideTexts(source: string, change: (code: string) => string): string {
	const kept: string[] = [];
	const marked = source.replaceAll(
		/(\$\(\s*|\$node\[\s*)?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/gu,
		(match, of?: string) => {
			if (of !== undefined) return match;
			kept.push(match);
			return `\uE000${kept.length - 1}\uE001`;
		},
	);
	return change(marked).replaceAll(/\uE000(\d+)\uE001/gu, (_, at: string) => kept[Number(at)] ?? '');
}

function withoutTexts(source: string): string {
	return source.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gu, '');
}

/** Our language has fewer functions: what it cannot read is not translated. */
function isReadable(source: string): boolean {
	try {
		parseExpression(source);
		return true;
	} catch {
		return false;
	}
}

interface Part {
	readonly isExpression: boolean;
	readonly text: string;
}

/** A text of n8n that begins with `=`, at its braces. */
function partsOf(text: string): readonly Part[] {
	const parts: Part[] = [];
	let at = 0;
	for (const match of text.matchAll(/\{\{([^]*?)\}\}/gu)) {
		if (match.index > at) parts.push({ isExpression: false, text: text.slice(at, match.index) });
		parts.push({ isExpression: true, text: (match[1] ?? '').trim() });
		at = match.index + match[0].length;
	}
	if (at < text.length) parts.push({ isExpression: false, text: text.slice(at) });
	return parts;
}

/** What cannot be translated stays readable in its place and is a problem there, so that nothing runs with a wrong value. */
export function unknownExpression(source: string): string {
	return `n8n_expression(${JSON.stringify(source)})`;
}

/** A parameter of n8n as one of ours: its expressions translated, all else as it is. */
export function translateValue(value: Json, scope: N8nScope): Json {
	if (typeof value === 'string') {
		if (!value.startsWith('=')) return plainText(value);
		return partsOf(value.slice(1))
			.map(({ isExpression, text }) =>
				isExpression ? `{{ ${translateExpression(text, scope) ?? unknownExpression(text)} }}` : plainText(text),
			)
			.join('');
	}
	if (Array.isArray(value)) return (value as readonly Json[]).map(entry => translateValue(entry, scope));
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, translateValue(entry, scope)]));
}

/** A value of n8n as one expression of ours, for conditions. */
export function asExpression(value: Json | undefined, scope: N8nScope): string {
	if (typeof value !== 'string' || !value.startsWith('=')) return JSON.stringify(value ?? null);
	const parts = partsOf(value.slice(1));
	const inner = parts.map(part =>
		part.isExpression ? (translateExpression(part.text, scope) ?? unknownExpression(part.text)) : part.text,
	);
	const [only] = parts;
	if (parts.length === 1 && only?.isExpression)
		return /^[\w.$[\]"]+$/u.test(inner[0] ?? '') ? (inner[0] ?? '') : `(${inner[0] ?? ''})`;
	return (
		parts
			.map((part, at) => (part.isExpression ? `String(${inner[at] ?? ''})` : JSON.stringify(part.text)))
			.join(' + ') || '""'
	);
}
