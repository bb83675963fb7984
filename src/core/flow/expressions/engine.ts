import type { ExpressionEngine, ExpressionScope } from '../engine/expressionPort';
import { fitsOf, modesOf } from '../nodes/paramMeta';
import type { Json } from '../../base/json';
import { dependenciesOf, referencesOf } from './references';
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
	outside(params, scope, type) {
		const values: Record<string, Json> = {};
		for (const { text, mode } of expressionTexts(params, modesOf(type))) {
			if (mode === 'template') continue;
			const { nodes, names } = referencesOf(text, mode);
			for (const { id } of nodes) values[`nodes ${id}`] = (scope.node(id) ?? null) as Json;
			for (const name of names) if (!ofPorts.has(name)) values[name] = scope.name(name) ?? null;
		}
		return Object.keys(values).length === 0 ? null : values;
	},
	evaluate: (expression, scope) => evaluateText(expression, toScope(scope)),
};

/** What comes from the ports, or from each of their items, is in the key already. */
const ofPorts: ReadonlySet<string> = new Set(['input', 'nodes', 'item', 'index', 'count', 'today()']);

/** Ports without a value are absent keys or `undefined`: both read as missing. */
function toScope(scope: ExpressionScope): Scope {
	return {
		node: id => scope.node(id) as Json | undefined,
		name: name => (name === 'input' ? (scope.input as Json) : scope.name(name)),
	};
}
