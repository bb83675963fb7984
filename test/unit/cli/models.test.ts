import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FakeOpenAi } from '../../fakes/openai/server';
import { BuiltCli, edge, jsonLines, Workspace } from './support';

const cli = new BuiltCli();
let work: Workspace;
let server: FakeOpenAi;

beforeAll(() => cli.build(), 120_000);
beforeEach(async () => {
	work = new Workspace(cli);
	server = await FakeOpenAi.start({ key: 'sk-fake-key-of-a-test', models: ['small'] });
	work.write('providers.json', JSON.stringify([{ id: 'mine', kind: 'openai', preset: 'other', baseUrl: server.url }]));
	work.write('ask.flow.json', {
		nodes: {
			ask: { type: 'llm.chat@1', params: { prompt: 'Say hello' } },
			out: { type: 'flow.output@1' },
		},
		edges: [edge('ask.text -> out.value')],
	});
});
afterEach(async () => {
	await server.stop();
	work.dispose();
});

describe('models from the command line', { timeout: 60_000 }, () => {
	const args = ['run', 'ask.flow.json', '--providers', 'providers.json', '--model', 'mine/small'];

	test('a model answers with the key of the environment, and its tokens are counted', async () => {
		const { code, out } = await work.start([...args, '--json'], { QUARTERDECK_KEY_MINE: 'sk-fake-key-of-a-test' })
			.ended;
		expect(code).toBe(0);
		const lines = jsonLines(out);
		expect(lines.at(-1)).toMatchObject({ outputs: { out: 'Hello' }, spent: { tokens: 12 } });
		expect(lines).toContainEqual(expect.objectContaining({ type: 'run.usage', provider: 'mine' }));
		expect(out).not.toContain('sk-fake-key');
	});

	test('without the key it says what is missing', async () => {
		const { code, err } = await work.start(args).ended;
		expect(code).toBe(1);
		expect(err).toMatch(/key/i);
		expect(err).not.toContain('undefined');
	});

	test('a model that nobody chose, and a provider that is not there', async () => {
		const none = await work.run('run', 'ask.flow.json');
		expect(none).toMatchObject({ code: 1, err: expect.stringContaining('No model is chosen') as string });
		const other = await work.run('run', 'ask.flow.json', '--model', 'gone/x');
		expect(other.err).toContain("There is no provider 'gone'");
	});

	test('money that may not be spent is not spent', async () => {
		const free = mkdtempSync(join(tmpdir(), 'quarterdeck-free-'));
		try {
			const { code } = await work.start([...args, '--max-cost', '0', '--runs', free], {
				QUARTERDECK_KEY_MINE: 'sk-fake-key-of-a-test',
			}).ended;
			expect(code).toBe(4);
			expect(server.seen).toEqual([]);
		} finally {
			rmSync(free, { recursive: true, force: true });
		}
		expect((await work.run(...args, '--max-cost', 'much')).code).toBe(2);
	});
});
