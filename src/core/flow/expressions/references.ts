import type { Json } from '../../base/json';
import { ExpressionError } from './errors';
import { functionsOf, isNamespace } from './functions';
import { methodsOf } from './methods';
import { allTemplates, expressionTexts, type ModeOf, type TextMode } from './resolve';
import { knownNames } from './scope';
import type { Expr, Part } from './syntax';
import { bareExpression, parseTemplate } from './template';

/** What the expressions of a text name. */
export interface References {
	/** Ids of nodes with the port that is read; `null` for all of its ports. */
	readonly nodes: readonly { readonly id: string; readonly port: string | null }[];
	/** Ports of this node. */
	readonly inputs: readonly string[];
	/** Inputs of the flow. */
	readonly flow: readonly string[];
	/** All names, `nodes` and `input` among them. */
	readonly names: readonly string[];
}

/** A thing that is wrong with a text before anything runs. */
export interface TextProblem {
	readonly message: string;
	/** Where in the text. */
	readonly start: number;
	readonly end: number;
}

interface Piece {
	readonly start: number;
	readonly end: number;
	readonly parsed: Expr | ExpressionError;
}

function pieces(text: string, mode: TextMode): readonly Piece[] {
	if (mode === 'code') return [];
	if (mode === 'expression') return [{ start: 0, end: text.length, parsed: readBare(text) }];
	return parseTemplate(text).parts.flatMap(part => (part.kind === 'expression' ? [part] : []));
}

function readBare(text: string): Expr | ExpressionError {
	try {
		return bareExpression(text);
	} catch (error) {
		if (error instanceof ExpressionError) return error;
		throw error;
	}
}

/** What a text names. Expressions that cannot be read name nothing. */
export function referencesOf(text: string, mode: TextMode = 'template'): References {
	const found = new Collector();
	for (const { parsed } of pieces(text, mode)) if (!(parsed instanceof ExpressionError)) found.visit(parsed, []);
	return found;
}

/** Ids of the nodes that parameters read, without duplicates. Never throws. */
export function dependenciesOf(params: Json, modeOf: ModeOf = allTemplates): readonly string[] {
	const ids = new Set<string>();
	for (const { text, mode } of expressionTexts(params, modeOf)) {
		for (const { id } of referencesOf(text, mode).nodes) ids.add(id);
	}
	return [...ids];
}

/** Whether a text asks for something that differs from run to run. */
export function isVolatile(text: string, mode: TextMode = 'template'): boolean {
	return referencesOf(text, mode).names.some(name => name === 'now' || name === 'run' || name === 'today()');
}

/** What is wrong with a text: what cannot be read, names and functions that do not exist. @param names also known here */
export function problemsOf(
	text: string,
	mode: TextMode = 'template',
	names: readonly string[] = [],
): readonly TextProblem[] {
	return pieces(text, mode).flatMap(({ start, end, parsed }): readonly TextProblem[] => {
		if (parsed instanceof ExpressionError) {
			const at = parsed.offset === undefined ? start : Math.min(end, start + parsed.offset);
			return [{ message: parsed.message, start: at, end: at === start ? end : Math.min(end, at + 1) }];
		}
		const found = new Collector(new Set(names));
		found.visit(parsed, []);
		return [...new Set(found.problems)].map(message => ({ message, start, end }));
	});
}

/** Walks an expression without recursion of its own depth: the parser has bounded that already. */
class Collector implements References {
	readonly nodes: { readonly id: string; readonly port: string | null }[] = [];
	readonly inputs: string[] = [];
	readonly flow: string[] = [];
	readonly names: string[] = [];
	readonly problems: string[] = [];
	readonly #known: ReadonlySet<string>;

	constructor(known: ReadonlySet<string> = new Set()) {
		this.#known = known;
	}

	visit(expr: Expr, locals: readonly string[]): void {
		switch (expr.kind) {
			case 'name':
				this.#name(expr.name, locals);
				return;
			case 'member':
				this.#member(expr, locals);
				return;
			case 'call':
				this.#call(expr, locals);
				return;
			case 'unary':
				this.visit(expr.operand, locals);
				return;
			case 'binary':
				this.visit(expr.left, locals);
				this.visit(expr.right, locals);
				return;
			case 'choice':
				for (const part of [expr.test, expr.yes, expr.no]) this.visit(part, locals);
				return;
			case 'template':
				for (const part of expr.values) this.visit(part, locals);
				return;
			case 'list':
				this.#parts(expr.parts, locals);
				return;
			case 'object':
				for (const entry of expr.entries) {
					for (const part of 'spread' in entry ? [entry.spread] : [entry.key, entry.value]) this.visit(part, locals);
				}
				return;
			case 'lambda':
				this.visit(expr.body, [...locals, ...expr.params]);
				return;
			case 'literal':
		}
	}

	#parts(parts: readonly Part[], locals: readonly string[]): void {
		for (const { value } of parts) this.visit(value, locals);
	}

	#name(name: string, locals: readonly string[]): void {
		if (locals.includes(name)) return;
		this.names.push(name);
		if (name === 'nodes') {
			this.problems.push('`nodes` is no value: name one of them, `nodes.fetch.body` or `nodes["fetch-diff"].body`.');
		} else if (!knownNames.has(name) && !this.#known.has(name)) {
			const hint = isNamespace(name)
				? `\`${name}\` is no value; it holds functions.`
				: `There is no \`${name}\` here.${this.nodes.length > 0 ? ' An id with dashes is written `nodes["fetch-diff"]`.' : ''}`;
			this.problems.push(hint);
		}
	}

	#member({ object, key }: Extract<Expr, { kind: 'member' }>, locals: readonly string[]): void {
		const name = key.kind === 'literal' && typeof key.value === 'string' ? key.value : undefined;
		if (object.kind === 'member' && this.#isRoot(object.object, 'nodes', locals)) {
			this.#node(object.key, name ?? null, locals);
			if (name === undefined) this.visit(key, locals);
			return;
		}
		if (this.#isRoot(object, 'nodes', locals)) {
			this.#node(key, null, locals);
			return;
		}
		for (const [root, list] of [
			['input', this.inputs],
			['flow', this.flow],
		] as const) {
			if (this.#isRoot(object, root, locals) && name !== undefined) list.push(name);
		}
		const isConstant = object.kind === 'name' && isNamespace(object.name) && !locals.includes(object.name);
		if (!isConstant) this.visit(object, locals);
		if (name === undefined) this.visit(key, locals);
	}

	#node(key: Expr, port: string | null, locals: readonly string[]): void {
		this.names.push('nodes');
		if (key.kind === 'literal' && typeof key.value === 'string') {
			this.nodes.push({ id: key.value, port });
			return;
		}
		this.problems.push(
			'Which node is meant must be known before the run: `nodes["fetch-diff"]`, with its id in quotes.',
		);
		this.visit(key, locals);
	}

	#isRoot(expr: Expr, name: string, locals: readonly string[]): boolean {
		return expr.kind === 'name' && expr.name === name && !locals.includes(name);
	}

	#call({ object, name, args }: Extract<Expr, { kind: 'call' }>, locals: readonly string[]): void {
		const namespace = object?.kind === 'name' && isNamespace(object.name) && !locals.includes(object.name);
		if (!object || namespace) {
			const space = object?.kind === 'name' ? object.name : '';
			if (!functionsOf(space).has(name)) {
				this.problems.push(`There is no function \`${space === '' ? name : `${space}.${name}`}\`.`);
			}
			if (name === 'today') this.names.push('today()', 'now');
		} else {
			this.visit(object, locals);
			if (!allMethods.has(name)) this.problems.push(`There is no function \`${name}\` of texts, lists or numbers.`);
		}
		this.#parts(args, locals);
	}
}

const allMethods: ReadonlySet<string> = new Set([
	'toString',
	...(['text', 'list', 'number'] as const).flatMap(kind => [...methodsOf(kind).keys()]),
]);
