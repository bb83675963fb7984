import { describe, expect, test } from 'vitest';
import { CancelledError } from '../../../../src/core/base/errors';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import { NodeBench } from './fakeContext';
import { rows, type Row } from './table';

const name = ({ type, what, params, inputs }: Row): string =>
	`${type} (${what}) ${JSON.stringify(params ?? {})} ${JSON.stringify(inputs ?? {})}`.slice(0, 160);

describe('every run of the table', () => {
	test.each(rows.map(row => [name(row), row] as const))('%s', async (_, { type, params, inputs, world, gives }) => {
		const run = new NodeBench(world).run(type, params, inputs);
		if (gives instanceof RegExp) await expect(run).rejects.toThrow(gives);
		else expect(await run).toEqual(gives);
	});
});

describe('each node type', () => {
	// What is not offered has nothing to succeed with: it is there to be drawn, and says so when it is reached.
	const running = builtInCatalog.list().filter(type => type.run !== undefined && type.isOffered !== false);

	test.each(running.map(({ type }) => type))('%s is tried with success, failure and falsy values', type => {
		const kinds = new Set(rows.filter(row => row.type === type).map(row => row.what));
		expect([...kinds].sort()).toEqual(['failure', 'falsy', 'success']);
	});

	const asking = rows.filter((row, index) => {
		const first = rows.findIndex(other => other.type === row.type && other.what === 'success');
		return index === first && !(row.gives instanceof RegExp);
	});

	test.each(asking.map(row => [row.type, row] as const))('%s ends at once when it is stopped', async (type, row) => {
		const bench = new NodeBench(row.world);
		bench.stop.abort();
		const calls = Object.values(bench.seen).flat().length;
		const run = bench.run(type, type === 'control.delay' ? { for: '1 h' } : row.params, row.inputs);
		// What only calculates is over before anybody can stop it; what asks anybody must not go on.
		const outcome = await run.then(
			() => 'done',
			(error: unknown) => (error instanceof CancelledError ? 'stopped' : error),
		);
		const asksNobody =
			/^(?:control|data|flow\.(?:in|out)|json|log|text\.(?!match|replace))/u.test(type) && type !== 'control.delay';
		expect(outcome).toBe(asksNobody ? 'done' : 'stopped');
		expect(calls).toBe(0);
	});

	test('a wait ends when it is stopped in the middle', async () => {
		const bench = new NodeBench();
		const run = bench.run('control.delay', { for: '1 h' });
		expect(bench.clock.waiting).toBe(1);
		bench.stop.abort();
		await expect(run).rejects.toBeInstanceOf(CancelledError);
		expect(bench.clock.waiting).toBe(0);
	});

	test('a wait ends when its time is over, however long', async () => {
		const bench = new NodeBench();
		let isOver = false;
		const run = bench.run('control.delay', { for: '60 d' }).then(() => (isOver = true));
		bench.clock.advance(59 * 86_400_000);
		await Promise.resolve();
		expect(isOver).toBe(false);
		bench.clock.advance(86_400_000);
		bench.clock.advance(1);
		await run;
	});
});

describe('what is asked of models and agents', () => {
	test('0 is a temperature, and what is not set is not sent', async () => {
		const bench = new NodeBench();
		await bench.run('llm.chat', { prompt: 'a', temperature: 0, model: 'ollama/x' });
		await bench.run('llm.chat', { prompt: 'a' });
		expect(bench.seen.requests[0]).toMatchObject({ temperature: 0, model: 'ollama/x' });
		expect(bench.seen.requests[1]).not.toHaveProperty('temperature');
	});

	test('context is marked, memory comes before, images go along', async () => {
		const bench = new NodeBench();
		const memory = [
			{ role: 'user', content: 'q' },
			{ role: 'assistant', content: 'a' },
		];
		const image = 'data:image/png;base64,AA==';
		await bench.run('llm.chat', { prompt: 'Look', system: 'Be brief' }, { context: [1], memory, image, prompt: 'now' });
		expect(bench.seen.requests[0]?.messages).toEqual([
			{ role: 'system', text: 'Be brief' },
			{ role: 'user', parts: [{ type: 'text', text: 'q' }] },
			{ role: 'assistant', text: 'a', thinking: '', toolCalls: [] },
			{
				role: 'user',
				parts: [
					{ type: 'text', text: 'Look\n\nnow\n\n<context>\n[\n  1\n]\n</context>' },
					{ type: 'image', mediaType: 'image/png', data: 'AA==' },
				],
			},
		]);
	});

	test('an answer that does not fit is sent back with what is wrong', async () => {
		const bench = new NodeBench({ answers: [{ text: '{"n":"x"}' }, { text: '{"n":1}' }] });
		await bench.run('llm.structured', { prompt: 'a', example: { n: 1 } });
		expect(bench.seen.requests).toHaveLength(2);
		expect(JSON.stringify(bench.seen.requests[1]?.messages.at(-1))).toContain('does not fit the schema');
		expect(bench.seen.requests[0]?.format?.schema).toMatchObject({
			properties: { n: { type: 'number' } },
			required: ['n'],
		});
	});

	test('a loop gives results of tools back to the model, and stops calling at its limit', async () => {
		const call = (id: string) => ({ id, name: 't', input: {}, rawInput: '{}' });
		const bench = new NodeBench({
			tools: { t: 'r' },
			answers: [{ calls: [call('1'), call('2'), call('3')] }, { text: 'end' }],
		});
		const { calls, isDone } = await bench.run('agent.loop', { instructions: 'a', tools: ['t'], maxToolCalls: 2 });
		expect(bench.seen.tools).toHaveLength(2);
		expect(calls).toHaveLength(2);
		expect(isDone).toBe(false);
		const last = bench.seen.requests[1];
		expect(last?.tools).toBeUndefined();
		expect(last?.messages.filter(message => message.role === 'tool')).toHaveLength(3);
	});

	test('the agent gets files, tools, mode and session', async () => {
		const bench = new NodeBench();
		const params = { prompt: 'a', files: ['x'], tools: ['Read'], permissionMode: 'plan', session: 's', system: 'y' };
		await bench.run('agent.claude', params, { files: 'z', context: 'c' });
		expect(bench.seen.agents).toEqual([
			{
				prompt: 'a\n\n<context>\nc\n</context>',
				model: '',
				permissionMode: 'plan',
				tools: ['Read'],
				files: ['x', 'z'],
				session: 's',
				systemPrompt: 'y',
			},
		]);
	});
});

describe('what is asked of tools', () => {
	const ok = { status: 200, url: '', contentType: 'text/plain', headers: {}, text: '' };

	test('a secret goes beside the request, never in it', async () => {
		const bench = new NodeBench({ tools: { quarterdeck_http_request: ok }, secrets: { key: 'hunter2' } });
		await bench.run('http.request', { url: 'https://x.test', auth: 'bearer', secret: 'key' });
		await bench.run('http.request', { url: 'https://x.test', auth: 'apiKey', secret: 'key', authHeader: 'X-Key' });
		await bench.run('http.request', { url: 'https://x.test', auth: 'basic', secret: 'key' });
		expect(bench.seen.tools.map(({ input }) => input['headers'])).toEqual([
			{ Authorization: 'Bearer ${secret:auth}' },
			{ 'X-Key': '${secret:auth}' },
			{ Authorization: 'Basic ${secret:auth}' },
		]);
		expect(JSON.stringify(bench.seen.tools.map(({ input }) => input))).not.toContain('hunter2');
		expect(bench.seen.tools.map(({ secrets }) => secrets)).toEqual([
			{ auth: 'hunter2' },
			{ auth: 'hunter2' },
			{ auth: Buffer.from('hunter2').toString('base64') },
		]);
		await expect(bench.run('http.request', { url: 'https://x.test', auth: 'bearer' })).rejects.toThrow('Which secret?');
	});

	test('query, headers and bodies are written as they must be', async () => {
		const bench = new NodeBench({ tools: { quarterdeck_http_request: ok } });
		await bench.run(
			'http.request',
			{ url: 'https://x.test/a?b=1', method: 'POST', query: { c: 'd e' }, body: { n: 0 } },
			{ headers: { 'X-N': 0 }, query: { f: false } },
		);
		await bench.run('http.request', {
			url: 'https://x.test',
			method: 'PUT',
			bodyType: 'form',
			body: { a: 'b c', z: 0 },
		});
		expect(bench.seen.tools.map(({ input }) => input)).toEqual([
			{
				method: 'POST',
				url: 'https://x.test/a?b=1&c=d+e&f=false',
				headers: { 'X-N': '0', 'Content-Type': 'application/json' },
				timeout_seconds: 30,
				body: '{"n":0}',
			},
			{
				method: 'PUT',
				url: 'https://x.test',
				headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
				timeout_seconds: 30,
				body: 'a=b+c&z=0',
			},
		]);
	});

	test('only what may be asked twice is tried again', async () => {
		let asked = 0;
		const world = { tools: { quarterdeck_http_request: () => (++asked < 3 ? { ...ok, status: 503 } : ok) } };
		const bench = new NodeBench(world);
		const run = bench.run('http.request', { url: 'https://x.test', retries: 3 });
		for (let turn = 0; turn < 20; turn++) {
			await Promise.resolve();
			bench.clock.advance(1000);
		}
		expect((await run)['status']).toBe(200);
		expect(asked).toBe(3);
		asked = 0;
		await expect(bench.run('http.request', { url: 'https://x.test', method: 'POST', retries: 3 })).rejects.toThrow(
			'503',
		);
		expect(asked).toBe(1);
	});

	test('a file is added to at its end', async () => {
		const bench = new NodeBench({ tools: { quarterdeck_read_file: 'a\n', quarterdeck_write_file: 'ok' } });
		await bench.run('file.write', { path: 'x', mode: 'add' }, { text: 'b\n' });
		expect(bench.seen.tools[1]?.input).toEqual({ file_path: 'x', content: 'a\nb\n' });
	});

	test('the flow that is called gets its inputs', async () => {
		const bench = new NodeBench();
		await bench.run('flow.call', { path: 'a.flow.json', values: { a: 1, b: 2 } }, { b: 0, c: undefined });
		expect(bench.seen.flows).toEqual([{ path: 'a.flow.json', inputs: { a: 1, b: 0 } }]);
	});

	test('people see the question, the value and the time', async () => {
		const bench = new NodeBench({ approval: { isApproved: true, comment: '' } });
		await bench.run('people.approval', { title: 'Go?', within: '2 min' }, { value: { n: 0 } });
		expect(bench.seen.people).toEqual([{ title: 'Go?', detail: '{\n  "n": 0\n}', timeoutMs: 120_000 }]);
	});
});
