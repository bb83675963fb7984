import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { listRuns } from '../../../src/core/flow/engine/readJournal';
import { parseLine } from '../../../src/core/ledger/journal/line';
import { BuiltCli, edge, jsonLines, Workspace } from './support';

const cli = new BuiltCli();
let work: Workspace;

beforeAll(() => cli.build(), 60_000);
beforeEach(() => {
	work = new Workspace(cli);
});
afterEach(() => work.dispose());

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

const shell = (command: string) => ({ type: 'shell.command@1', params: { command } });

describe('quarterdeck run', { timeout: 60_000 }, () => {
	test('runs a flow with typed inputs and prints what comes out of it', async () => {
		work.write('sum.flow.json', {
			inputs: { a: { type: 'number' }, b: { type: 'list', default: [1, 2] } },
			nodes: {
				sum: { type: 'data.value@1', params: { value: '{{ flow.a + flow.b.length }}' } },
				out: { type: 'flow.output@1' },
			},
			edges: [edge('sum.value -> out.value')],
		});
		expect(await work.run('run', 'sum.flow.json', '--input', 'a=40', '-q')).toMatchObject({
			code: 0,
			out: '42\n',
			err: '',
		});
		const wrong = await work.run('run', 'sum.flow.json', '--input', 'a=many');
		expect(wrong).toMatchObject({ code: 2, out: '' });
		expect(wrong.err).toContain("The input 'a' is a number");
		const missing = await work.run('run', 'sum.flow.json');
		expect(missing).toMatchObject({ code: 2 });
		expect(missing.err).toContain("needs the input 'a'");
	});

	test('refuses a command, and runs it when the flag allows its tier', async () => {
		work.write('make.flow.json', { nodes: { make: shell('touch made.txt') } });
		const refused = await work.run('run', 'make.flow.json');
		expect(refused.code).toBe(3);
		expect(refused.err).toContain('--yes-to yellow');
		expect(work.has('made.txt')).toBe(false);
		const allowed = await work.run('run', 'make.flow.json', '--yes-to', 'yellow');
		expect(allowed.code).toBe(0);
		expect(work.has('made.txt')).toBe(true);
	});

	test('no flag allows what cannot be undone', async () => {
		work.write('wipe.flow.json', { nodes: { wipe: shell('git push --force origin main') } });
		const refused = await work.run('run', 'wipe.flow.json', '--yes-to', 'orange');
		expect(refused.code).toBe(3);
		expect(refused.err).toContain('No flag allows that');
		const red = await work.run('run', 'wipe.flow.json', '--yes-to', 'red');
		expect(red.code).toBe(2);
		expect(red.err).toContain('never allowed by a flag');
	});

	test('every decision is in the ledger', async () => {
		work.write('make.flow.json', { nodes: { make: shell('touch made.txt') } });
		await work.run('run', 'make.flow.json', '--yes-to', 'yellow');
		const folder = join(work.home, 'ledger', 'journal');
		const events = readdirSync(folder)
			.filter(name => name.endsWith('.jsonl'))
			.flatMap(name => {
				const bytes = readFileSync(join(folder, name));
				const lines: object[] = [];
				for (let start = 0, end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start)) {
					const parsed = parseLine(bytes, start, end);
					if (parsed.kind === 'line') lines.push(parsed.line.event);
				}
				return lines;
			});
		expect(events).toContainEqual(
			expect.objectContaining({ type: 'execution.started', kind: 'flow', trigger: 'user' }),
		);
		expect(events).toContainEqual(
			expect.objectContaining({ type: 'approval.decided', decision: 'allowed', by: '--yes-to yellow' }),
		);
		expect(events).toContainEqual(expect.objectContaining({ type: 'execution.ended', status: 'succeeded' }));
	});

	test('--json prints an event a line and the result last', async () => {
		work.write('two.flow.json', {
			nodes: {
				text: { type: 'text.static@1', params: { text: 'a\nb' } },
				out: { type: 'flow.output@1', params: { name: 'said' } },
			},
			edges: [edge('text.text -> out.value')],
		});
		const { code, out } = await work.run('run', 'two.flow.json', '--json');
		const lines = jsonLines(out);
		expect(code).toBe(0);
		expect(lines[0]).toMatchObject({ type: 'run.started', inputs: {} });
		expect(lines.filter(({ type }) => type === 'node.ended')).toHaveLength(2);
		expect(lines.at(-1)).toMatchObject({ type: 'result', status: 'succeeded', exitCode: 0, outputs: { said: 'a\nb' } });
	});

	test('Ctrl+C stops the flow and every process it started', async () => {
		work.write('long.flow.json', { nodes: { long: shell('echo $$ > pid.txt; sleep 300') } });
		const started = work.start(['run', 'long.flow.json', '--yes-to', 'yellow']);
		await vi.waitFor(() => expect(work.has('pid.txt') && work.read('pid.txt')).toMatch(/^\d+\n$/));
		const pid = Number(work.read('pid.txt'));
		started.kill('SIGINT');
		const { code, err } = await started.ended;
		expect(code).toBe(130);
		expect(err).toContain('stopped');
		await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
	});

	test('a killed run is gone on with: what has ended does not run again, what was cut off asks', async () => {
		work.write('steps.flow.json', {
			nodes: {
				first: shell('echo first >> effects.txt'),
				second: {
					type: 'shell.command@1',
					params: {
						command:
							'echo $$ > pid.txt; echo second >> effects.txt; until [ -f go ]; do sleep 0.05; done; echo {{ input.value.length }}',
					},
				},
				out: { type: 'flow.output@1' },
			},
			edges: [edge('first.output -> second.value'), edge('second.output -> out.value')],
		});
		const started = work.start(['run', 'steps.flow.json', '--yes-to', 'yellow']);
		await vi.waitFor(() => expect(work.has('effects.txt') && work.read('effects.txt')).toBe('first\nsecond\n'));
		const pid = Number(work.read('pid.txt'));
		started.kill('SIGKILL');
		expect((await started.ended).signal).toBe('SIGKILL');
		await vi.waitFor(() => expect(isAlive(pid)).toBe(false));

		const listed = await work.run('runs', '--json');
		expect(jsonLines(listed.out)).toMatchObject([{ flow: 'Test' }]);
		const asks = await work.run('resume', '--yes-to', 'yellow');
		expect(asks.code).toBe(5);
		expect(asks.err).toContain('--answer second=again');
		work.write('go', '');
		const resumed = await work.run('resume', '--yes-to', 'yellow', '--answer', 'second=again', '-q');
		expect(resumed).toMatchObject({ code: 0, out: '0\n' });
		expect(work.read('effects.txt')).toBe('first\nsecond\nsecond\n');
		expect((await work.run('resume')).code).toBe(2);
	});

	test('what a person is asked is answered by a flag, or waits', async () => {
		work.write('ask.flow.json', {
			nodes: {
				ask: { type: 'people.approval@1', params: { title: 'Publish?' } },
				out: { type: 'flow.output@1' },
			},
			edges: [edge('ask.approved -> out.value')],
		});
		const waits = await work.run('run', 'ask.flow.json');
		expect(waits.code).toBe(5);
		expect(waits.err).toContain('Publish?');
		const answered = await work.run('resume', '--answer', 'ask=yes');
		expect(answered.code).toBe(0);
		expect((await work.run('run', 'ask.flow.json', '--answer', 'ask=yes, go')).code).toBe(0);
	});

	test('a cap that is reached is an exit code of its own', async () => {
		work.write('loop.flow.json', {
			limits: { maxSteps: 3 },
			nodes: {
				list: { type: 'data.value@1', params: { value: [1, 2, 3, 4, 5, 6] } },
				each: { type: 'control.map@1' },
				pass: { type: 'control.pass@1', in: 'each' },
			},
			edges: [edge('list.value -> each.items'), edge('each.item -> pass.value'), edge('pass.value -> each.result')],
		});
		const ended = await work.run('run', 'loop.flow.json');
		expect(ended.code).toBe(4);
		expect(ended.err).toContain('3 runs of nodes');
	});

	test('code runs in the sandbox, sub-flows and custom nodes of the folder are found', async () => {
		work.write('inner.flow.json', {
			inputs: { n: { type: 'number' } },
			nodes: {
				js: { type: 'code.javascript@1', params: { code: 'return flow.n * 2;' } },
				out: { type: 'flow.output@1', params: { name: 'twice' } },
			},
			edges: [edge('js.result -> out.value')],
		});
		work.write('outer.flow.json', {
			nodes: {
				call: { type: 'flow.call@1', params: { path: 'inner.flow.json', values: { n: 21 } } },
				out: { type: 'flow.output@1' },
			},
			edges: [edge('call.twice -> out.value')],
		});
		expect(await work.run('run', 'outer.flow.json', '-q')).toMatchObject({ code: 0, out: '42\n' });
		const journals = join(work.home, 'flows');
		const [kept = ''] = readdirSync(journals).filter(name => name.startsWith('outer'));
		expect(await listRuns({ journals: join(journals, kept, 'runs'), blobs: '' })).toHaveLength(1);
	});
});
