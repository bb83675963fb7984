import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/base/json';
import { Budget } from '../../../../src/core/flow/expressions/budget';
import { ExpressionError } from '../../../../src/core/flow/expressions/errors';
import { problemsOf, referencesOf } from '../../../../src/core/flow/expressions/references';
import { evaluateText, resolveText } from '../../../../src/core/flow/expressions/resolve';
import { scopeOf } from '../../../../src/core/flow/expressions/scope';
import { completionsAt } from '../../../../src/core/flow/expressions/complete';
import { cpuTime } from '../../cpuTime';

const polluted = JSON.parse('{"__proto__": {"x": 1}, "constructor": "mine", "a": 1}') as Json;
const scope = scopeOf({
	input: { o: polluted, list: [1, 2, 3], s: 'text', n: 5, long: 'a'.repeat(100_000) },
	nodes: {},
});
const evaluate = (text: string): unknown => evaluateText(text, scope);

/** Either no value or a sentence, and never a thing of the host. */
function isHarmless(text: string): boolean {
	try {
		const value = evaluate(text);
		return value === undefined || ['string', 'number', 'boolean'].includes(typeof value) || value === null;
	} catch (error) {
		return error instanceof ExpressionError;
	}
}

describe('an expression reaches nothing of the host', () => {
	test.each([
		'input.list.constructor',
		'input.list["constructor"]',
		'input.list["const" + "ructor"]["constructor"]("return process")()',
		'input.s.constructor.constructor("return 1")()',
		'input.s.__proto__',
		'input.n.__proto__.toString',
		'input.o.hasOwnProperty("a")',
		'input.o.__lookupGetter__("a")',
		'input.list.map.call(input.list, x => x)',
		'input.list.map(x => x).constructor',
		'input.list.map(x => x.constructor).at(0)',
		'Math.constructor',
		'Math["constructor"]',
		'JSON.parse("{}").constructor',
		'JSON.__proto__',
		'Object.getPrototypeOf(input.list)',
		'Object.prototype',
		'Object.assign(input.o, { b: 1 })',
		'globalThis',
		'process',
		'require("fs")',
		'constructor',
		'__proto__',
		'toString()',
		'hasOwnProperty("input")',
		'input.constructor.name',
		'nodes.constructor',
		'nodes.__proto__',
		'[].at.constructor',
		'"".at.call',
		'`${input.list.constructor}`',
		'input.list.reduce((a, b) => a.constructor, 1)',
		'input.list.sort((a, b) => a.constructor)[0].constructor',
	])('%s', text => {
		expect(isHarmless(text)).toBe(true);
	});

	test('keys that name prototypes are keys like any other', () => {
		expect(evaluate('input.o.constructor')).toBe('mine');
		const made = evaluate('{ ...input.o, ["__proto__"]: 2 }') as Record<string, Json>;
		expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
		expect(Object.hasOwn(made, '__proto__')).toBe(true);
		expect(evaluate('Object.fromEntries([["__proto__", 3]])["__proto__"]')).toBe(3);
		expect(({} as Record<string, unknown>)['x']).toBeUndefined();
	});

	test('values of the scope are never changed', () => {
		const list = Object.freeze([3, 1, 2]);
		const frozen = scopeOf({ input: Object.freeze({ list }) });
		for (const text of ['input.list.sort()', 'input.list.reverse()', 'input.list.concat(4)', '[...input.list, 1]']) {
			evaluateText(text, frozen);
		}
		expect(list).toEqual([3, 1, 2]);
	});
});

describe('an expression ends', () => {
	const thousand = 'Object.keys(JSON.parse("[" + "0,".repeat(999) + "0]").map(x => x))';
	test.each([
		['"x".repeat(1e9)'],
		['"x".padStart(1e9)'],
		['"x".padEnd(1e308)'],
		['input.long.replaceAll("", input.long)'],
		['input.long.split("").map(x => input.long + x)'],
		['input.long.split("").map(x => input.long.split(""))'],
		['input.list.reduce((a, b) => [a, a], 1).flat(99)'],
		['"1".repeat(60).split("").reduce((a, b) => [a, a], [1])'],
		['"1".repeat(60).split("").reduce((a, b) => ({ x: a, y: a }), 1)'],
		['"1".repeat(60).split("").reduce((a, b) => a + a, "x")'],
		['`${"1".repeat(60).split("").reduce((a, b) => [a, a], [1])}`'],
		['JSON.stringify("1".repeat(60).split("").reduce((a, b) => [a, a], [1]))'],
		['"1".repeat(60).split("").reduce((a, b) => [a, a], [1]).flat(Infinity)'],
		['"1".repeat(2000).split("").map(a => "1".repeat(2000).split("").map(b => a + b))'],
		['"1".repeat(3000).split("").filter(a => "1".repeat(3000).split("").every(b => a == b))'],
		['"1".repeat(5000).split("").filter(a => input.long.includes("b"))'.replace('5000', '99999')],
		['input.long.split("").sort((a, b) => input.long.indexOf("b"))'],
		['input.long.split("").join(input.long)'],
		['encodeURIComponent(input.long.repeat(100))'],
		[`${thousand}.at(0)`],
		['('.repeat(5000)],
		['!'.repeat(9000) + 'true'],
		['a=>'.repeat(2500) + '1'],
		['['.repeat(4000) + ']'.repeat(4000)],
		['1' + '+1'.repeat(4900)],
		['1' + '?1:1'.repeat(2000)],
		['input' + '.a'.repeat(4000)],
		['input' + '?.a'.repeat(3000)],
		['`${'.repeat(2000)],
		['{a:'.repeat(2000)],
		['x'.repeat(20_000)],
	])('%s', text => {
		const took = cpuTime(() => {
			try {
				evaluate(text);
			} catch (error) {
				expect(error).toBeInstanceOf(ExpressionError);
			}
		});
		expect(took).toBeLessThan(8000);
	});

	test('the sentence says what was too much', () => {
		expect(() => evaluate('"x".repeat(1e9)')).toThrow(/too large/);
		expect(() =>
			evaluate('"1".repeat(3000).split("").filter(a => "1".repeat(3000).split("").every(b => a == b))'),
		).toThrow(/more than 1,000,000 steps/);
		expect(() => evaluateText('1+1+1+1', scope, new Budget({ steps: 3, size: 10, depth: 10 }))).toThrow(/steps/);
	});
});

describe('whatever is written', () => {
	const words = fc.constantFrom(
		'input',
		'nodes',
		'a',
		'.',
		'?.',
		'[',
		']',
		'(',
		')',
		'{',
		'}',
		'{{',
		'}}',
		'=>',
		'...',
		',',
		':',
		'?',
		'??',
		'+',
		'-',
		'*',
		'/',
		'&&',
		'"',
		"'",
		'`',
		'${',
		'\\',
		'0',
		'1',
		'map',
		'length',
		' ',
		'constructor',
		'\n',
		'x',
	);
	const texts = fc.oneof(
		fc.array(words, { maxLength: 30 }).map(parts => parts.join('')),
		fc.string({ maxLength: 60 }),
	);

	test('it has a value or a sentence', () => {
		fc.assert(
			fc.property(texts, text => {
				for (const run of [
					() => evaluateText(text, scope),
					() => resolveText(`{{${text}}}`, scope),
					() => resolveText(text, scope),
				]) {
					try {
						run();
					} catch (error) {
						expect(error).toBeInstanceOf(ExpressionError);
					}
				}
			}),
			{ numRuns: 1500 },
		);
	});

	test('what it names is told and what may follow is offered, without a failure', () => {
		fc.assert(
			fc.property(texts, fc.nat(40), (text, offset) => {
				const whole = `a {{ ${text} }} b`;
				referencesOf(whole);
				for (const { start, end } of problemsOf(whole)) expect(start <= end && end <= whole.length).toBe(true);
				completionsAt(whole, Math.min(offset, whole.length), { input: { kind: 'object', sample: { a: [1] } } });
			}),
			{ numRuns: 500 },
		);
	});

	test('text without braces stays as it is', () => {
		fc.assert(
			fc.property(fc.string(), text => {
				fc.pre(!text.includes('{{'));
				expect(resolveText(text, scope)).toBe(text);
			}),
		);
	});

	test('every JSON value passes through unchanged', () => {
		fc.assert(
			fc.property(fc.jsonValue(), value => {
				const json = value as Json;
				const one = scopeOf({ input: { value: json } });
				expect(resolveText('{{ input.value }}', one)).toBe(json);
				expect(resolveText('{{ [input.value] }}', one)).toEqual([json]);
				expect(resolveText('{{ JSON.parse(JSON.stringify(input.value)) }}', one)).toEqual(
					JSON.parse(JSON.stringify(json)),
				);
			}),
		);
	});
});
