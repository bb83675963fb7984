import type { Json } from '../../../base/json';
import { isObject, listAt, objectAt, textAt, type JsonObject } from '../json';
import { asExpression, unknownExpression, type N8nScope } from './expressions';

const comparisons: Readonly<Record<string, (left: string, right: string) => string>> = {
	equals: (left, right) => `${left} === ${right}`,
	notEquals: (left, right) => `${left} !== ${right}`,
	gt: (left, right) => `${left} > ${right}`,
	gte: (left, right) => `${left} >= ${right}`,
	lt: (left, right) => `${left} < ${right}`,
	lte: (left, right) => `${left} <= ${right}`,
	after: (left, right) => `${left} > ${right}`,
	before: (left, right) => `${left} < ${right}`,
	afterOrEquals: (left, right) => `${left} >= ${right}`,
	beforeOrEquals: (left, right) => `${left} <= ${right}`,
	contains: (left, right) => `${left}.includes(${right})`,
	notContains: (left, right) => `!${left}.includes(${right})`,
	startsWith: (left, right) => `${left}.startsWith(${right})`,
	notStartsWith: (left, right) => `!${left}.startsWith(${right})`,
	endsWith: (left, right) => `${left}.endsWith(${right})`,
	notEndsWith: (left, right) => `!${left}.endsWith(${right})`,
	exists: left => `${left} != null`,
	notExists: left => `${left} == null`,
	true: left => `${left} === true`,
	false: left => `${left} === false`,
	empty: left => `(${left} == null || ${left}.length === 0)`,
	notEmpty: left => `(${left} != null && ${left}.length !== 0)`,
	lengthEquals: (left, right) => `${left}.length === ${right}`,
	lengthGt: (left, right) => `${left}.length > ${right}`,
	lengthLt: (left, right) => `${left}.length < ${right}`,
	lengthGte: (left, right) => `${left}.length >= ${right}`,
	lengthLte: (left, right) => `${left}.length <= ${right}`,
};

/** Names of the first version of the node. */
const oldNames: Readonly<Record<string, string>> = {
	equal: 'equals',
	notEqual: 'notEquals',
	larger: 'gt',
	largerEqual: 'gte',
	smaller: 'lt',
	smallerEqual: 'lte',
	isEmpty: 'empty',
	isNotEmpty: 'notEmpty',
};

function comparison(operation: string, left: string, right: string, scope: N8nScope): string {
	const write = comparisons[oldNames[operation] ?? operation];
	if (write) return write(left, right);
	scope.onUnknown(`${left} ${operation} ${right}`);
	return unknownExpression(`${left} ${operation} ${right}`);
}

/** Conditions of an If, a Filter or a rule of a Switch as one expression. */
export function conditionOf(conditions: Json | undefined, combine: string, scope: N8nScope): string {
	const object = objectAt(conditions);
	const parts = Array.isArray(object['conditions'])
		? listAt(object, 'conditions')
				.filter(isObject)
				.map(entry => newCondition(entry, scope))
		: oldConditions(object, scope);
	const word = textAt(object, 'combinator', combine);
	return parts.length === 0 ? 'true' : parts.join(word === 'or' || word === 'any' ? ' || ' : ' && ');
}

function newCondition(entry: JsonObject, scope: N8nScope): string {
	const operation = textAt(objectAt(entry, 'operator'), 'operation', 'equals');
	return comparison(
		operation,
		asExpression(entry['leftValue'], scope),
		asExpression(entry['rightValue'], scope),
		scope,
	);
}

/** `{ string: [{ value1, operation, value2 }], … }`, as the first version wrote them. */
function oldConditions(object: JsonObject, scope: N8nScope): readonly string[] {
	return Object.values(object).flatMap(list =>
		listAt(list)
			.filter(isObject)
			.map(entry => {
				const left = asExpression(entry['value1'], scope);
				return comparison(textAt(entry, 'operation', 'equal'), left, asExpression(entry['value2'], scope), scope);
			}),
	);
}
