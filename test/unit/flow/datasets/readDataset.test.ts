import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/base/json';
import { noBaseline, parseBaseline, printBaseline, withAccepted } from '../../../../src/core/flow/datasets/baseline';
import { checkDataset } from '../../../../src/core/flow/datasets/checkDataset';
import { datasetPathOf, datasetProblemLine, flowPathOf } from '../../../../src/core/flow/datasets/dataset';
import { mostRows, readDataset } from '../../../../src/core/flow/datasets/readDataset';
import { emptyFlow, type Flow } from '../../../../src/core/flow/model/flow';

const problemsOf = (text: string): readonly string[] =>
	readDataset(text).problems.map(problem => datasetProblemLine('t', problem));
const row = (value: object): string => JSON.stringify(value);
const asserted = (assertion: object): string => row({ assertions: [assertion] });

const flow: Flow = {
	...emptyFlow('review', 'Review'),
	inputs: { diff: { type: 'text' }, strict: { type: 'boolean', default: false } },
	nodes: { fetch: { type: 'http.request@1' }, result: { type: 'flow.output@1', params: { name: 'summary' } } },
};

describe('a file of tests', () => {
	test('has a row a line; empty lines are none, and both kinds of line ends are read', () => {
		const text = `${row({ name: 'first', inputs: { diff: 'a' }, mocks: { fetch: { body: 'b' } } })}\r\n\n  \n${row({
			inputs: { diff: 'x' },
			assertions: [{ output: 'summary', path: 'a[0].b', not: true, contains: 'y' }],
			fails: 'no',
			skip: true,
		})}\n`;
		const { rows, problems } = readDataset(text);
		expect(problems).toEqual([]);
		expect(rows).toMatchObject([
			{ line: 0, key: 'first', title: 'first', inputs: { diff: 'a' }, mocks: { fetch: { body: 'b' } }, fails: false },
			{
				line: 3,
				title: 'diff: "x"',
				assertions: [{ output: 'summary', path: 'a[0].b', isNot: true, check: { kind: 'contains', value: 'y' } }],
				fails: 'no',
				isSkipped: true,
			},
		]);
	});

	test('knows a row without a name by what it gives, whatever the order of its keys', () => {
		const key = (text: string): string | undefined => readDataset(text).rows[0]?.key;
		const first = key('{"inputs":{"a":1,"b":{"c":2,"d":3}}}');
		expect(first).toMatch(/^#[\da-f]{12}$/);
		expect(key('{"assertions":[],"inputs":{"b":{"d":3,"c":2},"a":1}}')).toBe(first);
		expect(key('{"inputs":{"a":2,"b":{"c":2,"d":3}}}')).not.toBe(first);
	});

	test.each([
		['{"name": "a",', 't:1:14: error: A key in double quotes is expected here; there is perhaps a comma too many.'],
		['{\n}', 't:1:2: error: One test stands on one line of JSON.'],
		['[]', 't:1:1: error: A test is an object'],
		['{"assert": []}', 't:1:2: error: There is no key "assert" here. Is "assertions" meant?'],
		['{"name": ""}', 't:1:10: error: The name of a test is a text.'],
		['{"inputs": []}', 't:1:12: error: "inputs" is an object'],
		['{"mocks": {"a": 1}}', "t:1:17: error: The mock of 'a' is an object"],
		['{"fails": 1}', 't:1:11: error: "fails" is true'],
		['{"skip": 1}', 't:1:10: error: "skip" is true or false.'],
		['{"assertions": {}}', 't:1:16: error: "assertions" is a list'],
		['{"assertions": [1]}', 't:1:17: error: An assertion is an object'],
		['{"assertions": [{}]}', 't:1:17: error: An assertion says one of equals'],
		['{"assertions": [{"equals": 1, "regex": "a"}]}', 't:1:31: error: An assertion says only one of'],
		['{"assertions": [{"equal": 1}]}', 't:1:18: error: There is no key "equal" here. Is "equals" meant?'],
		[asserted({ regex: '(' }), 't:1:25: error: This is no regular expression'],
		[asserted({ regex: { pattern: 'a', flags: 'xx' } }), 't:1:25: error: This is no regular expression'],
		[asserted({ within: { value: 1 } }), 't:1:26: error: "within" is'],
		[asserted({ judge: { criteria: '' } }), 't:1:25: error: "judge" is'],
		[asserted({ judge: { criteria: 'a', atLeast: 2 } }), 't:1:25: error: "judge" is'],
		[asserted({ baseline: 1 }), 't:1:28: error: "baseline" is true'],
		[
			asserted({ schema: { properties: { a: { pattern: '^a' } } } }),
			't:1:26: error: A schema of a test has no "pattern"',
		],
		['// no', 't:1:1: error:'],
	])('%s is told where it is wrong', (text, problem) => {
		expect(problemsOf(text)[0]).toContain(problem);
		expect(readDataset(text).rows).toEqual([]);
	});

	test('takes a property that is called like a keyword', () => {
		const schema = { properties: { pattern: { type: 'string' } }, enum: [{ pattern: 1 }] };
		expect(problemsOf(asserted({ schema }))).toEqual([]);
	});

	test('the same test twice, deep nesting and too many rows are told', () => {
		expect(problemsOf('{"name":"a"}\n{"name":"a"}')).toEqual([
			't:2:1: error: Line 1 is the same test: give them different names.',
		]);
		expect(problemsOf(`{"inputs":{"a":${'['.repeat(200)}${']'.repeat(200)}}}`)[0]).toContain('nested too deeply');
		const many = Array.from({ length: mostRows + 5 }, (_, at) => `{"name":"${at}"}`).join('\n');
		expect(readDataset(many).rows).toHaveLength(mostRows);
		expect(problemsOf(many)).toHaveLength(1);
	});

	test('is held against its flow', () => {
		const text = [
			{ inputs: {} },
			{ inputs: { diff: 1 } },
			{ inputs: { diff: 'a', strikt: true } },
			{ name: 'mock', inputs: { diff: 'a' }, mocks: { fetsh: {} } },
			{ name: 'output', inputs: { diff: 'a' }, assertions: [{ output: 'sumary', equals: 1 }] },
			{ name: 'good', inputs: { diff: 'a' }, assertions: [{ equals: 1 }] },
		]
			.map(row)
			.join('\n');
		expect(checkDataset(readDataset(text), flow, text).map(problem => `${problem.line}: ${problem.message}`)).toEqual([
			"0: The flow needs the input 'diff'.",
			"1: The input 'diff' is not of the kind text.",
			"2: The flow has no input 'strikt'. Is 'strict' meant?",
			"3: The flow has no node 'fetsh' to stand in for. Is 'fetch' meant?",
			"4: The flow has no output 'sumary'. Is 'summary' meant?",
		]);
	});
});

describe('the baseline', () => {
	test('is one text for the same outputs, and comes back as it was', () => {
		const outputs = { b: { $lines: ['x'] }, a: 'one\ntwo' };
		const baseline = withAccepted(
			noBaseline,
			new Map<string, Readonly<Record<string, Json>>>([
				['z', outputs],
				['a', {}],
			]),
			new Set(['z', 'a']),
		);
		const text = printBaseline(baseline);
		expect(text).toMatchInlineSnapshot(`
			"{
			  "baseline": 1,
			  "rows": {
			    "a": {},
			    "z": {
			      "a": {
			        "$lines": [
			          "one",
			          "two"
			        ]
			      },
			      "b": {
			        "$$lines": [
			          "x"
			        ]
			      }
			    }
			  }
			}
			"
		`);
		expect(parseBaseline(text)).toEqual({ rows: { a: {}, z: outputs } });
	});

	test('a row may be called as what every object has', () => {
		const text = printBaseline(withAccepted(noBaseline, new Map([['__proto__', { a: 1 }]]), new Set(['__proto__'])));
		const read = parseBaseline(text);
		expect(read).toMatchObject({ rows: {} });
		expect(typeof read === 'string' ? [] : Object.entries(read.rows)).toEqual([['__proto__', { a: 1 }]]);
	});

	test('forgets rows that are no longer there', () => {
		const before = { rows: { gone: { a: 1 }, stays: { a: 2 } } };
		const after = withAccepted(before, new Map([['new', { a: 3 }]]), new Set(['stays', 'new']));
		expect(Object.keys(after.rows).toSorted()).toEqual(['new', 'stays']);
	});

	test.each([
		['{', 'Line 1'],
		['[]', 'begins with'],
		['{"baseline":2}', 'newer format'],
		['{"baseline":1,"rows":[]}', 'must be an object'],
		['{"baseline":1,"rows":{"a":1}}', 'The outputs of "a"'],
	])('%s is not read', (text, why) => expect(parseBaseline(text)).toContain(why));

	test('stands beside', () => {
		expect(datasetPathOf('a/review.flow.json')).toBe('a/review.flow.dataset.jsonl');
		expect(flowPathOf('a/review.flow.dataset.jsonl')).toBe('a/review.flow.json');
	});
});
