import type { ExpressionEngine, ExpressionScope } from '../engine/expressionPort';
import { fitsOf, modesOf } from '../nodes/paramMeta';
import type { Json } from '../../base/json';
import { dependenciesOf } from './references';
import { evaluateText, expressionTexts, resolveParams } from './resolve';
import type { Scope } from './scope';

/** The language, as the engine uses it. */
export const expressionEngine: ExpressionEngine = {
	dependencies: (params, type) => dependenciesOf(params, modesOf(type)),
	hasExpressions(params, type) {
		for (const { mode } of expressionTexts(params, modesOf(type))) if (mode === 'template') return true;
		return false;
	},
	resolve: (params, scope, type) => resolveParams(params, toScope(scope), modesOf(type), fitsOf(type)),
	evaluate: (expression, scope) => evaluateText(expression, toScope(scope)),
};

/** Ports without a value are absent keys or `undefined`: both read as missing. */
function toScope(scope: ExpressionScope): Scope {
	return {
		node: id => scope.node(id) as Json | undefined,
		name: name => (name === 'input' ? (scope.input as Json) : scope.name(name)),
	};
}
