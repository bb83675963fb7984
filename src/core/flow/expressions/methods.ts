import type { Json } from '../../base/json';
import type { Budget } from './budget';
import { ExpressionError } from './errors';
import { listMethods } from './listMethods';
import { Arguments, type Method } from './method';
import { textOf } from './text';
import { numberMethods, textMethods } from './textMethods';
import { isList, kindOf, type Argument, type Value } from './values';

/** Calls a function of a value by its name. */
export function callMethod(target: Json, name: string, args: readonly Argument[], budget: Budget): Value {
	const given = new Arguments(args, name);
	if (typeof target === 'string') {
		const method = textMethods.get(name);
		if (method) return method.run(target, given, budget);
	} else if (isList(target)) {
		const method = listMethods.get(name);
		if (method) return method.run(target, given, budget);
	} else if (typeof target === 'number') {
		const method = numberMethods.get(name);
		if (method) return method.run(target, given, budget);
	}
	if (name === 'toString') return textOf(target, budget);
	throw new ExpressionError('unknown', `${capital(kindOf(target))} has no function \`${name}\`.`);
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** All functions of a kind of value, for completion and for the check of a text. */
export function methodsOf(kind: 'text' | 'list' | 'number'): ReadonlyMap<string, Method> {
	return kind === 'text' ? textMethods : kind === 'list' ? listMethods : numberMethods;
}
