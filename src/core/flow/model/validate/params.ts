import type { core } from 'zod';
import type { Json } from '../../../base/json';
import { expressionTexts } from '../../expressions/resolve';
import { modesOf, paramMeta, paramsSchema } from '../../nodes/paramMeta';
import type { NodeType } from '../../nodes/nodeType';
import type { FlowNode, NodeId } from '../flow';
import { nearest } from '../nearest';
import type { FlowFix, FlowProblem, JsonPath } from '../problem';
import { quoted, valueAt } from './values';

type Issue = core.$ZodIssue;
type Params = Readonly<Record<string, Json>>;

/** What is wrong with a node's parameters, whatever stands around it. */
export function checkParams(id: NodeId, type: NodeType, params: Params, isMigrated: boolean): readonly FlowProblem[] {
	const problems: FlowProblem[] = [];
	const own = isMigrated ? [] : unknownParams(id, type, params);
	problems.push(...own);
	const parsed = type.params.safeParse(params);
	for (const issue of parsed.error?.issues ?? []) {
		const path = issue.path.filter(step => typeof step !== 'symbol') as JsonPath;
		// What an expression gives is known when it runs.
		if (!hasExpression(type, path, valueAt(params, path))) problems.push(paramProblem(id, issue, path, params));
	}
	if (parsed.success && problems.length === 0) problems.push(...doubtsOf(id, type, parsed.data));
	return problems;
}

function doubtsOf(id: NodeId, type: NodeType, params: unknown): readonly FlowProblem[] {
	return (type.doubts?.(params) ?? []).map(({ param, message }) => ({
		code: 'bad-param',
		severity: 'warning',
		message: `'${param}' of '${id}': ${message}`,
		path: ['nodes', id, 'params', param],
		node: id,
		param,
	}));
}

function unknownParams(id: NodeId, type: NodeType, params: Params): readonly FlowProblem[] {
	const { properties, additionalProperties } = paramsSchema(type);
	const isOpen = typeof additionalProperties === 'object' || additionalProperties === true;
	if (isOpen || typeof properties !== 'object' || properties === null) return [];
	const known = Object.keys(properties);
	return Object.keys(params)
		.filter(name => !known.includes(name))
		.map((name): FlowProblem => {
			const near = nearest(name, known);
			const isFree = near !== undefined && !Object.hasOwn(params, near);
			const list = known.length === 0 ? 'it has no parameters' : `it has ${quoted(known.slice(0, 20))}`;
			const remove: FlowFix = { title: `Remove '${name}'`, ops: [{ op: 'setParam', id, name, value: null }] };
			const rename: FlowFix | undefined = isFree
				? {
						title: `Rename to '${near}'`,
						ops: [
							{ op: 'setParam', id, name, value: null },
							{ op: 'setParam', id, name: near, value: params[name]! },
						],
					}
				: undefined;
			return {
				code: 'unknown-param',
				severity: 'warning',
				message: `'${id}' has no parameter '${name}'${near === undefined ? `: ${list}.` : `. Did you mean '${near}'?`}`,
				path: ['nodes', id, 'params', name],
				isKey: true,
				node: id,
				param: name,
				fixes: rename ? [rename, remove] : [remove],
			};
		});
}

function hasExpression(type: NodeType, path: JsonPath, value: Json | undefined): boolean {
	if (value === undefined) return false;
	for (const { mode } of expressionTexts(value, modesOf(type), path)) if (mode === 'template') return true;
	return false;
}

function paramProblem(id: NodeId, issue: Issue, path: JsonPath, params: Params): FlowProblem {
	const [name] = path;
	const value = valueAt(params, path);
	const isMissing = value === undefined && issue.code !== 'unrecognized_keys';
	const where = path.length === 0 ? `The parameters of '${id}'` : `'${path.join('.')}' of '${id}'`;
	const fixes: FlowFix[] = [];
	if (path.length === 1 && typeof name === 'string' && typeof value === 'string' && issue.code === 'invalid_value') {
		const near = nearest(
			value,
			issue.values.filter(item => typeof item === 'string'),
		);
		if (near !== undefined)
			fixes.push({ title: `Change to '${near}'`, ops: [{ op: 'setParam', id, name, value: near }] });
	}
	if (typeof name === 'string' && Object.hasOwn(params, name)) {
		fixes.push({ title: `Remove '${name}'`, ops: [{ op: 'setParam', id, name, value: null }] });
	}
	return {
		code: isMissing ? 'missing-param' : 'bad-param',
		severity: 'error',
		message: `${where} ${isMissing ? 'needs a value' : sentence(issue, value)}.`,
		path: ['nodes', id, 'params', ...path],
		node: id,
		...(typeof name === 'string' ? { param: name } : {}),
		...(fixes.length > 0 ? { fixes } : {}),
	};
}

const typeNames: Readonly<Record<string, string>> = {
	string: 'a text',
	number: 'a number',
	int: 'a whole number',
	boolean: 'true or false',
	object: 'an object',
	record: 'an object',
	array: 'a list',
	null: 'null',
};

function nameOfType(value: Json | undefined): string {
	if (value === null) return 'null';
	return typeNames[Array.isArray(value) ? 'array' : typeof value] ?? 'nothing';
}

/** What follows the parameter's name. */
function sentence(issue: Issue, value: Json | undefined): string {
	switch (issue.code) {
		case 'invalid_type':
			return `must be ${typeNames[issue.expected] ?? issue.expected}, and is ${nameOfType(value)}`;
		case 'too_small':
			return bound(issue.origin, issue.minimum, 'at least');
		case 'too_big':
			return bound(issue.origin, issue.maximum, 'at most');
		case 'invalid_value':
			return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(item => JSON.stringify(item)).join(', ')}`;
		case 'unrecognized_keys':
			return `does not know ${quoted(issue.keys)}`;
		case 'invalid_union':
			return unionSentence(issue, value);
		case 'not_multiple_of':
			return `must be a multiple of ${issue.divisor}`;
		case 'invalid_format':
			return issue.format === 'regex'
				? `has not the form ${issue.pattern ?? 'that it must have'}`
				: `is no ${issue.format}`;
		default:
			return `is not right: ${issue.message.replace(/\.$/, '')}`;
	}
}

function bound(origin: string, limit: number | bigint, words: string): string {
	if (origin === 'string')
		return limit === 1 && words === 'at least' ? 'must not be empty' : `must have ${words} ${limit} characters`;
	if (origin === 'array' || origin === 'set') return `must have ${words} ${limit} entr${limit === 1 ? 'y' : 'ies'}`;
	return `must be ${words} ${limit}`;
}

/** Of the forms a value may have, the one it comes nearest to says what is missing. */
function unionSentence(issue: Extract<Issue, { code: 'invalid_union' }>, value: Json | undefined): string {
	const depth = (issues: readonly Issue[]): number => Math.max(0, ...issues.map(item => item.path.length));
	const [best] = issue.errors.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length);
	const first = best?.[0];
	if (!first || first.path.length === 0) {
		const types = issue.errors
			.flat()
			.flatMap(item => (item.code === 'invalid_type' ? [typeNames[item.expected] ?? item.expected] : []));
		return types.length > 0 ? `must be ${[...new Set(types)].join(' or ')}` : 'has none of the forms that it may have';
	}
	const path = first.path.filter(step => typeof step !== 'symbol') as JsonPath;
	return `is not right at '${path.join('.')}', which ${sentence(first, valueAt(value, path))}`;
}

const withSecrets = new WeakMap<NodeType, boolean>();

/** Names of secrets that parameters use, with where they stand. */
export function secretsOf(
	type: NodeType,
	node: FlowNode,
): readonly { readonly name: string; readonly path: JsonPath }[] {
	let has = withSecrets.get(type);
	if (has === undefined)
		withSecrets.set(type, (has = JSON.stringify(paramsSchema(type)).includes('"widget":"secret"')));
	if (!has || !node.params) return [];
	const found: { name: string; path: JsonPath }[] = [];
	const walk = (value: Json, path: JsonPath): void => {
		if (typeof value === 'string') {
			if (value !== '' && !value.includes('{{') && paramMeta(type, path).widget === 'secret')
				found.push({ name: value, path });
		} else if (Array.isArray(value)) {
			for (const [at, item] of (value as readonly Json[]).entries()) walk(item, [...path, at]);
		} else if (typeof value === 'object' && value !== null) {
			for (const [key, item] of Object.entries(value as Params)) walk(item, [...path, key]);
		}
	};
	walk(node.params, []);
	return found;
}
