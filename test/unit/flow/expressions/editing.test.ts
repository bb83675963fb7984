import { describe, expect, test } from 'vitest';
import { completionsAt, type ScopeTypes } from '../../../../src/core/flow/expressions/complete';
import { previewOf } from '../../../../src/core/flow/expressions/preview';
import { dependenciesOf, isVolatile, problemsOf, referencesOf } from '../../../../src/core/flow/expressions/references';

const types: ScopeTypes = {
	input: {
		kind: 'object',
		entries: { items: { kind: 'list', sample: [{ age: 3, name: 'Ada' }] }, text: { kind: 'text' } },
	},
	nodes: {
		kind: 'object',
		entries: {
			fetch: { kind: 'object', entries: { body: { kind: 'any', sample: { users: [] } }, status: { kind: 'number' } } },
			'fetch-diff': { kind: 'object', entries: { body: { kind: 'text' } } },
		},
	},
};

/** Completions at the `|` of a text. */
function at(marked: string, isBare = false): readonly string[] {
	const offset = marked.indexOf('|');
	return completionsAt(marked.replace('|', ''), offset, types, isBare).map(({ label }) => label);
}

describe('completion', () => {
	test('offers names at the start, and nothing outside of the braces or inside quotes', () => {
		expect(at('{{ | }}')).toEqual(expect.arrayContaining(['input', 'nodes', 'Math', 'today']));
		expect(at('{{ in| }}')).toEqual(['input']);
		expect(at('in| {{ 1 }}')).toEqual([]);
		expect(at('{{ "in|" }}')).toEqual([]);
		expect(at('in|', true)).toEqual(['input']);
		expect(at('{{ in|')).toEqual(['input']);
	});

	test('follows ports, entries of samples, and functions', () => {
		expect(at('{{ input.| }}')).toEqual(['items', 'text']);
		expect(at('{{ nodes.fetch.| }}')).toEqual(expect.arrayContaining(['body', 'status']));
		expect(at('{{ nodes.fetch.body.| }}')).toEqual(['users']);
		expect(at('{{ nodes.fetch.body.users.fi| }}')).toEqual(['filter', 'find', 'findIndex', 'findLast']);
		expect(at('{{ input.items[0].| }}')).toEqual(['age', 'name']);
		expect(at('{{ input.text.toU| }}')).toEqual(['toUpperCase']);
		expect(at('{{ input.text?.trim().toU| }}')).toEqual(['toUpperCase']);
		expect(at('{{ Math.ma| }}')).toEqual(['max']);
		expect(at('{{ nodes["fetch-diff"].b| }}')).toEqual(['body']);
	});

	test('knows the entry that a function gets', () => {
		expect(at('{{ input.items.map(item => item.| ) }}')).toEqual(['age', 'name']);
		expect(at('{{ input.items.map(entry => ent| ) }}')).toEqual(['entry']);
	});

	test('writes ids with dashes in brackets', () => {
		const text = '{{ nodes.fe }}';
		const dashed = completionsAt(text, 11, types).find(({ label }) => label === 'fetch-diff');
		expect(dashed).toMatchObject({ insert: '["fetch-diff"]', from: 8, to: 11 });
		expect(text.slice(0, 8) + dashed!.insert).toBe('{{ nodes["fetch-diff"]');
	});
});

describe('what a text names', () => {
	test('nodes with ports, inputs and names', () => {
		const found = referencesOf('{{ nodes.a.x + nodes["b-c"]?.y.z }} {{ input.list.map(i => i.k + flow.repo + item) }}');
		expect(found.nodes).toEqual([
			{ id: 'a', port: 'x' },
			{ id: 'b-c', port: 'y' },
		]);
		expect(found.inputs).toEqual(['list']);
		expect(found.flow).toEqual(['repo']);
		expect(found.names).toContain('item');
		expect(found.names).not.toContain('i');
	});

	test('parameters depend on nodes, deep and once', () => {
		const params = {
			a: '{{ nodes.x.out }}',
			b: [{ c: 'hi {{ nodes.y.out ?? nodes.x.out }}' }],
			d: 'nodes.z.out',
			e: '{{ nodes. }}',
		};
		expect(dependenciesOf(params)).toEqual(['x', 'y']);
		const modeOf = (path: readonly (string | number)[]): 'expression' | 'code' | 'template' =>
			path[0] === 'd' ? 'expression' : path[0] === 'b' ? 'code' : 'template';
		expect(dependenciesOf(params, modeOf)).toEqual(['x', 'z']);
	});

	test('what differs from run to run is known', () => {
		expect(isVolatile('{{ now }}')).toBe(true);
		expect(isVolatile('{{ today() }}')).toBe(true);
		expect(isVolatile('{{ input.now }}')).toBe(false);
	});

	test.each<[string, RegExp]>([
		['{{ foo.bar }}', /no `foo`/],
		['{{ nodes.fetch-diff.body }}', /nodes\["fetch-diff"\]/],
		['{{ nodes[input.x].y }}', /must be known before the run/],
		['{{ input.x.eval() }}', /no function `eval`/],
		['{{ evil() }}', /no function `evil`/],
		['{{ 1 + }}', /cannot be read/],
		['{{ 1', /no end/],
	])('%s has a problem', (text, message) => {
		expect(problemsOf(text).map(problem => problem.message)).toEqual([expect.stringMatching(message)]);
	});

	test('what is right has none', () => {
		expect(problemsOf('{{ input.a.map(x => x.b + Math.PI).join(", ") }} {{ nodes["a-b"].c ?? now }}')).toEqual([]);
		expect(problemsOf('acc + 1', 'expression', ['acc'])).toEqual([]);
	});
});

describe('a preview', () => {
	test('shows the value, or why there is none', () => {
		const samples = { input: { a: 0, long: 'x'.repeat(2000) } };
		expect(previewOf('{{ input.a }}', samples)).toEqual({ isOk: true, value: 0, text: '0' });
		expect(previewOf('input.a > 1', samples, 'expression')).toEqual({ isOk: true, value: false, text: 'false' });
		expect(previewOf('{{ input.b }}', samples)).toEqual({
			isOk: false,
			problem: '`input.b` has no value yet.',
			isMissing: true,
		});
		expect(previewOf('{{ x }}', samples)).toMatchObject({ isOk: false, isMissing: false });
		expect(previewOf('{{ input.long }}', samples)).toMatchObject({ text: `${'x'.repeat(500)}…` });
	});
});
