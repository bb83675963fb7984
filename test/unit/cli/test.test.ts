import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BuiltCli, edge, jsonLines, Workspace } from './support';

const cli = new BuiltCli();
let work: Workspace;

beforeAll(() => cli.build(), 60_000);
beforeEach(() => {
	work = new Workspace(cli);
	work.write('greet.flow.json', {
		inputs: { name: { type: 'text' } },
		nodes: {
			check: { type: 'control.if@1', params: { condition: 'flow.name.length > 0' } },
			text: { type: 'text.template@1', params: { template: 'Hello {{ flow.name }}!' } },
			out: { type: 'flow.output@1', params: { name: 'said' } },
		},
		edges: [edge('check.true -> text.value'), edge('text.text -> out.value')],
	});
});
afterEach(() => work.dispose());

const rows = (...all: readonly object[]): string => all.map(row => `${JSON.stringify(row)}\n`).join('');
const row = (name: string, ...assertions: object[]): object => ({ name, inputs: { name }, assertions });

describe('quarterdeck test', { timeout: 60_000 }, () => {
	test('runs the rows beside a flow and says what differs and what was not covered', async () => {
		work.write(
			'greet.flow.dataset.jsonl',
			rows(
				row('Ada', { output: 'said', equals: 'Hello Ada!' }),
				row('Grace', { output: 'said', contains: 'Bye' }, { output: 'said', regex: '^Hello \\w+!$' }),
			),
		);
		const failed = await work.run('test', 'greet.flow.json');
		expect(failed).toMatchObject({ code: 1, err: '' });
		expect(failed.out).toMatch(/^greet\.flow\.dataset\.jsonl: 2 tests\n/);
		expect(failed.out).toMatch(/✓ Ada \(/);
		expect(failed.out).toMatch(
			/✗ Grace \(.*\)\n {4}'said' does not contain "Bye"\.\n {4}expected: Bye\n {4}actual: {3}Hello Grace!/,
		);
		expect(failed.out).toContain('covered: 3 of 3 nodes, 1 of 2 branches; not check.false\n');
		expect(failed.out).toContain('2 tests: 1 passed, 1 failed in ');
		const one = await work.run('test', 'greet.flow.dataset.jsonl', '--only', 'ada', '-q');
		expect(one.code).toBe(0);
		expect(one.out).toMatch(/^1 tests: 1 passed in /);
	});

	test('--json and --junit are for programs', async () => {
		work.write('greet.flow.dataset.jsonl', rows(row('<Ada>', { equals: 'x' }), { name: 'none', inputs: { name: '' } }));
		const { code, out } = await work.run('test', 'greet.flow.json', '--json', '--junit', 'report.xml');
		const lines = jsonLines(out);
		expect(code).toBe(1);
		expect(lines.find(({ name }) => name === '<Ada>')).toMatchObject({
			type: 'test',
			file: 'greet.flow.dataset.jsonl',
			line: 1,
			status: 'failed',
			outputs: { said: 'Hello <Ada>!' },
			failures: [{ message: "'said' is another value.", expected: 'x', actual: 'Hello <Ada>!' }],
		});
		expect(lines.find(({ type }) => type === 'coverage')).toMatchObject({ nodes: [3, 3], branches: [2, 2] });
		expect(lines.at(-1)).toMatchObject({ type: 'result', tests: 2, passed: 1, failed: 1, exitCode: 1 });
		const xml = work.read('report.xml');
		expect(xml).toContain('<testsuites tests="2" failures="1" errors="0" skipped="0"');
		expect(xml).toContain('name="&lt;Ada&gt;"');
		expect(xml).toContain('expected: x');
	});

	test('a baseline is accepted by a flag, and held against afterwards', async () => {
		work.write('greet.flow.dataset.jsonl', rows({ name: 'Ada', inputs: { name: 'Ada' } }, row('x', { equals: 'y' })));
		const accepted = await work.run('test', 'greet.flow.json', '--update-baseline');
		expect(accepted.code).toBe(1);
		expect(JSON.parse(work.read('greet.flow.baseline.json'))).toEqual({
			baseline: 1,
			rows: { Ada: { said: 'Hello Ada!' } },
		});
		work.write('greet.flow.json', work.read('greet.flow.json').replace('Hello', 'Hi'));
		const changed = await work.run('test', 'greet.flow.json', '--only', 'Ada');
		expect(changed.code).toBe(1);
		expect(changed.out).toContain('The outputs are not those that were accepted.');
		expect((await work.run('test', 'greet.flow.json', '--update-baseline', '--only', 'Ada')).code).toBe(0);
		expect((await work.run('test', 'greet.flow.json', '--only', 'Ada')).code).toBe(0);
	});

	test('a file that cannot be read, or does not fit its flow, is told as a compiler does', async () => {
		expect(await work.run('test', 'greet.flow.json')).toMatchObject({
			code: 2,
			err: 'There is no file greet.flow.dataset.jsonl.\n',
		});
		expect(await work.run('test', 'notes.txt')).toMatchObject({ code: 2 });
		work.write('greet.flow.dataset.jsonl', `{"inputs":{"nam":"a"}}\n{"input":1}\n`);
		const wrong = await work.run('test', 'greet.flow.json');
		expect(wrong).toMatchObject({ code: 1, out: '' });
		expect(wrong.err).toContain(
			'greet.flow.dataset.jsonl:2:2: error: There is no key "input" here. Is "inputs" meant?',
		);
		expect(wrong.err).toContain("greet.flow.dataset.jsonl:1:1: error: The flow has no input 'nam'. Is 'name' meant?");
		expect(await work.run('test', 'greet.flow.json', '--concurrency', '0')).toMatchObject({ code: 2 });
	});

	const command = (text: string): void => {
		work.write('make.flow.json', { nodes: { make: { type: 'shell.command@1', params: { command: text } } } });
		work.write('make.flow.dataset.jsonl', rows({ name: 'makes' }));
	};

	test('refuses what takes a person’s word, unless the flag allows it', async () => {
		command('touch made.txt');
		const refused = await work.run('test', 'make.flow.json');
		expect(refused.code).toBe(1);
		expect(refused.out).toContain('refused');
		expect(refused.err).toContain('--yes-to yellow');
		expect((await work.run('test', 'make.flow.json', '--yes-to', 'yellow')).code).toBe(0);
		expect(work.has('made.txt')).toBe(true);
	});

	test('Ctrl+C stops what runs; nothing is left to go on with', async () => {
		command('sleep 300');
		const started = work.start(['test', 'make.flow.json', '--json']);
		await vi.waitFor(() => expect(work.journals().join('')).toContain('node.started'), {
			timeout: 30_000,
			interval: 50,
		});
		started.kill('SIGINT');
		const { code, out } = await started.ended;
		expect(code).toBe(130);
		expect(jsonLines(out)[0]).toMatchObject({ name: 'makes', status: 'stopped' });
		expect((await work.run('runs')).out).toBe('');
	});
});

describe('results of nodes', { timeout: 60_000 }, () => {
	const states = (out: string): readonly unknown[] =>
		jsonLines(out).flatMap(({ type, state }) => (type === 'node.ended' ? [state] : []));

	test('are taken from an earlier run with the same inputs, until they are cleared or the flag says no', async () => {
		const args = ['run', 'greet.flow.json', '--input', 'name=Ada', '--json'] as const;
		expect(states((await work.run(...args)).out)).toEqual(['succeeded', 'succeeded', 'succeeded']);
		// What asks for the inputs of the run in an expression of its own is worked out again.
		expect(states((await work.run(...args)).out)).toEqual(['succeeded', 'cached', 'cached']);
		expect(states((await work.run(...args, '--no-cache')).out)).toEqual(['succeeded', 'succeeded', 'succeeded']);
		expect((await work.run('clear-cache')).err).toBe('2 results are forgotten\n');
		expect(states((await work.run(...args)).out)).toEqual(['succeeded', 'succeeded', 'succeeded']);
	});
});
