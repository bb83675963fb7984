import { describe, expect, test } from 'vitest';
import type { ExpressionScope } from '../../../../src/core/flow/engine/expressionPort';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';

const type = (name: string) => builtInCatalog.find(name)!;
const scope: ExpressionScope = {
	input: { value: 0, list: [1] },
	node: id => (id === 'a-b' ? { out: 'x' } : undefined),
	name: name => (name === 'flow' ? { repo: 'r' } : undefined),
};

describe('the language as the engine uses it', () => {
	test('raw parameters are dependencies and are not replaced', () => {
		const params = { condition: 'nodes["a-b"].out === 1', whenTrue: '{{ nodes.c.out }}' };
		expect(expressionEngine.dependencies(params, type('control.if'))).toEqual(['a-b', 'c']);
		expect(expressionEngine.hasExpressions({ condition: 'input.value' }, type('control.if'))).toBe(false);
		expect(expressionEngine.hasExpressions(params, type('control.if'))).toBe(true);
		const code = { code: 'return `{{ nodes.x.y }}`' };
		expect(expressionEngine.dependencies(code, type('code.javascript'))).toEqual([]);
		expect(expressionEngine.resolve(code, scope, type('code.javascript'))).toBe(code);
	});

	test('a value becomes what the parameter takes', () => {
		const resolve: typeof expressionEngine.resolve = (...all) => expressionEngine.resolve(...all);
		expect(resolve({ text: '{{ input.list }}' }, scope, type('text.static'))).toEqual({ text: '[\n  1\n]' });
		expect(resolve({ most: '{{ "5" }}' }, scope, type('data.limit'))).toEqual({ most: 5 });
		expect(resolve({ isOnlyThese: '{{ "true" }}' }, scope, type('data.set'))).toEqual({ isOnlyThese: true });
		expect(resolve({ value: '{{ input.list }}' }, scope, type('data.value'))).toEqual({ value: [1] });
		expect(resolve({ headers: { n: '{{ input.value }}' } }, scope, type('http.request'))).toEqual({
			headers: { n: '0' },
		});
	});

	test('what raw parameters read beside the ports is told, for the cache', () => {
		const outside = (condition: string) => expressionEngine.outside?.({ condition }, scope, type('control.if'));
		expect(outside('input.value > 1')).toBeNull();
		expect(outside('nodes["a-b"].out === flow.repo')).toEqual({ 'nodes a-b': { out: 'x' }, flow: { repo: 'r' } });
		expect(outside('nodes.none?.out ?? today()')).toEqual({ 'nodes none': null, now: null });
	});
});
