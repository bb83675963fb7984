import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/base/json';
import { evaluateText, resolveParams, resolveText } from '../../../../src/core/flow/expressions/resolve';
import { scopeOf } from '../../../../src/core/flow/expressions/scope';

const samples: Readonly<Record<string, Json>> = {
	input: { name: 'Ada', zero: 0, empty: '', no: false, nothing: null, list: [3, 1, 2], price: '12.5' },
	nodes: { fetch: { body: { users: [{ age: 3 }, { age: 30, tags: ['a', 'b'] }] } }, 'fetch-diff': { body: 'diff' } },
	flow: { repo: 'quarterdeck' },
	run: { id: 'r1' },
	now: '2026-01-31T23:30:00.000Z',
};
const scope = scopeOf(samples);
const evaluate = (text: string): unknown => evaluateText(text, scope);
const resolve = (text: string): Json => resolveText(text, scope);

describe('an expression', () => {
	test.each<[string, unknown]>([
		['input.name', 'Ada'],
		['nodes.fetch.body.users[1].age', 30],
		['nodes["fetch-diff"].body', 'diff'],
		["nodes['fetch-diff']['body'].length", 4],
		['input.zero', 0],
		['input.zero ?? 5', 0],
		['input.zero || 5', 5],
		['input.empty', ''],
		['input.no', false],
		['input.nothing', null],
		['input.nothing ?? "x"', 'x'],
		['input.none ?? "x"', 'x'],
		['input.none?.deep.deeper', undefined],
		['input.none?.map(x => x.y).length ?? 7', 7],
		['1 + 2 * 3 ** 2 - 4 / 2 % 3', 17],
		['-input.zero', -0],
		['!input.no && input.name === "Ada"', true],
		['input.price * 2', 25],
		['"a" + 1 + [1]', 'a1[1]'],
		['1 < 2 ? "yes" : "no"', 'yes'],
		['`Hello ${input.name}, ${input.list}`', 'Hello Ada, [3,1,2]'],
		['[...input.list, ...[4]]', [3, 1, 2, 4]],
		[
			'{ ...flow, name: input.name, "a-b": 1, [input.name]: 2 }',
			{ repo: 'quarterdeck', name: 'Ada', 'a-b': 1, Ada: 2 },
		],
		['{ a: { b: 1 } }', { a: { b: 1 } }],
		['({ none: input.none }).none', undefined],
		['input.list.map((x, i) => x * i)', [0, 1, 4]],
		['input.list.filter(x => x > 1).sort()', [2, 3]],
		['[10, 9, 1].sort()', [1, 9, 10]],
		['["b", "a"].sort((a, b) => a < b ? 1 : -1).join("")', 'ba'],
		['input.list.reduce((sum, x) => sum + x, 0)', 6],
		['nodes.fetch.body.users.find(u => u.age > 10).tags.at(-1)', 'b'],
		['nodes.fetch.body.users.filter(u => u.size > 1)', []],
		['nodes.fetch.body.users.flatMap(u => u.tags ?? []).includes("b")', true],
		['nodes.fetch.body.users.map(u => ({ ...u, old: u.age > 10 }))[0]', { age: 3, old: false }],
		['[[1, [2]], 3].flat()', [1, [2], 3]],
		['Object.entries({ a: 1 })', [['a', 1]]],
		['Object.fromEntries([["a", 1]])', { a: 1 }],
		['Object.keys(flow)', ['repo']],
		['JSON.parse("[0]")[0]', 0],
		['JSON.stringify({ a: [null] })', '{"a":[null]}'],
		['Math.max(...input.list)', 3],
		['Math.round(Math.PI * 100) / 100', 3.14],
		['"a,b".split(",")', ['a', 'b']],
		['" x ".trim().toUpperCase().padStart(3, "-")', '--X'],
		['"aXbX".replace("X", "$&").replaceAll("X", "")', 'a$&b'],
		['(3.14159).toFixed(2)', '3.14'],
		['Number("") + Number("4")', 4],
		['String(input.zero)', '0'],
		['Boolean(input.empty)', false],
		['today()', '2026-01-31'],
		['formatDate(now, "DD.MM.YYYY HH:mm")', '31.01.2026 23:30'],
		['dateAdd(now, 1, "month")', '2026-02-28T23:30:00.000Z'],
		['dateDiff("2026-01-01", now, "days")', 30],
		['"\\u0041\\n\\x42"', 'A\nB'],
		['shellQuote("it\'s; rm -rf $(x)")', `'it'\\''s; rm -rf $(x)'`],
		['null == undefined', true],
		['1 === "1"', false],
		['1 == "1"', true],
		['input["name"].at(0)', 'A'],
		['[1, 2].map(x => [3].map(y => x + y))', [[4], [5]]],
		['encodeURIComponent("a b&\uD800")', 'a%20b%26%EF%BF%BD'],
	])('%s', (text, value) => {
		expect(evaluate(text)).toEqual(value);
	});

	test.each<[string, RegExp]>([
		['nodes.fetch.none.deep', /^`nodes\.fetch\.none` has no value yet, so `deep` cannot be read from it\.$/],
		['nodes.other.body', /^`nodes\.other` has no value yet/],
		['input.nothing.x', /^`input\.nothing` is null/],
		['input.none + 1', /^`input\.none` has no value yet\.$/],
		['input.list * 2', /^`input\.list` is a list, not a number\.$/],
		['input.name.map(x => x)', /^A text has no function `map`\.$/],
		['oops', /^There is no `oops` here\. There are: input, nodes/],
		['nodes', /`nodes` is no value/],
		['Math', /holds functions/],
		['Math.random()', /There is no function `Math\.random`/],
		['fetch("x")', /There is no function `fetch`/],
		['input.list.map(3)', /needs a function/],
		['[x => x]', /stands only among the arguments/],
		['1 / 0', /no number that can be passed on/],
		['input.list < 3', /A list and a number cannot be compared/],
		['JSON.parse("{")', /The text is not JSON/],
		['', /empty/],
		['1 +', /cannot be read: Expected expression after \+/],
		['a b', /more than one/],
		['x = 1', /cannot be read/],
		['/a+/', /cannot be read/],
		['this.x', /no `this`/],
		['new Date()', /more than one/],
		['(() => 1)()', /Only functions that have a name/],
		['`${input.none}`', /`input\.none` has no value yet/],
	])('%s fails with a sentence', (text, sentence) => {
		expect(() => evaluate(text)).toThrow(sentence);
	});
});

describe('a text with expressions', () => {
	test.each<[string, Json]>([
		['plain', 'plain'],
		['{{ input.zero }}', 0],
		['{{ input.empty }}', ''],
		['{{ input.no }}', false],
		['{{ input.nothing }}', null],
		['{{ input.list }}', [3, 1, 2]],
		['Hi {{ input.name }}{{ input.zero }}{{ input.no }}{{ input.nothing }}!', 'Hi Ada0falsenull!'],
		['list: {{ input.list }}', 'list: [3,1,2]'],
		[' {{ input.zero }}', ' 0'],
		['{{ {a: {b: 1}} }}', { a: { b: 1 } }],
		['{{ "}}" }}', '}}'],
		['{{ `}} ${"x}}"}` }}', '}} x}}'],
		['\\{{ not }} {{ 1 }}', '{{ not }} 1'],
		['a } b {{ 1 }}', 'a } b 1'],
	])('%s', (text, value) => {
		expect(resolve(text)).toEqual(value);
	});

	test.each<[string, RegExp]>([
		['{{ input.none }}', /^`input\.none` has no value yet\.$/],
		['x {{ nodes.fetch.none }}', /^`nodes\.fetch\.none` has no value yet\.$/],
		['{{ input.none?.x }}', /has no value/],
		['{{ 1 ', /has no end/],
		['{{ } }}', /has no end|cannot be read/],
	])('%s fails with a sentence', (text, sentence) => {
		expect(() => resolve(text)).toThrow(sentence);
	});

	test('parameters are resolved deep, and what has no expression stays the same object', () => {
		const params = {
			url: 'https://x/{{ input.name }}',
			headers: { a: '1' },
			list: ['{{ input.zero }}'],
			code: '{{ }}',
		};
		const resolved = resolveParams(params, scope, path => (path[0] === 'code' ? 'code' : 'template'));
		expect(resolved).toEqual({ url: 'https://x/Ada', headers: { a: '1' }, list: [0], code: '{{ }}' });
		expect(resolved['headers']).toBe(params.headers);
		expect(resolveParams({ a: 'b' }, scope)).toEqual({ a: 'b' });
	});

	test('the sentence names the parameter', () => {
		expect(() => resolveParams({ body: { rows: ['{{ input.none }}'] } }, scope)).toThrow(
			'Parameter “body.rows.0”: `input.none` has no value yet.',
		);
	});
});
