import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BuiltCli, edge, flowText, jsonLines, Workspace } from './support';

const cli = new BuiltCli();
let work: Workspace;

beforeAll(() => cli.build(), 60_000);
beforeEach(() => {
	work = new Workspace(cli);
});
afterEach(() => work.dispose());

const flow = {
	nodes: {
		text: { type: 'text.static@1', params: { text: 'Hello' } },
		out: { type: 'flow.output@1' },
	},
	edges: [edge('text.text -> out.value')],
};

describe('quarterdeck', { timeout: 60_000 }, () => {
	test('says what there is, and what was written wrongly', async () => {
		const help = await work.run('--help');
		expect(help).toMatchObject({ code: 0, err: '' });
		for (const name of ['run', 'resume', 'validate', 'fmt', 'diff']) expect(help.out).toContain(`  ${name} `);
		expect(help.out).toContain('OPENAI_API_KEY');
		expect(await work.run('--version')).toMatchObject({
			code: 0,
			out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
		});
		expect(await work.run()).toMatchObject({ code: 2 });
		expect((await work.run('rnu')).err).toContain('There is no command “rnu”');
		expect(await work.run('run', 'a.flow.json', '--jsno')).toMatchObject({
			code: 2,
			err: expect.stringContaining('--jsno') as string,
		});
		expect(await work.run('run', 'gone.flow.json')).toMatchObject({
			code: 2,
			err: 'There is no file gone.flow.json.\n',
		});
		expect((await work.run('run', '--help')).out).toContain('--yes-to');
	});

	test('fmt --check tells what is not canonical, and fmt mends it', async () => {
		const text = flowText(flow);
		work.write('good.flow.json', text);
		work.write('bad.flow.json', JSON.stringify(JSON.parse(text)));
		const checked = await work.run('fmt', '--check', 'good.flow.json', 'bad.flow.json');
		expect(checked).toMatchObject({ code: 1, out: 'bad.flow.json is not canonical\n' });
		expect(await work.run('fmt', 'bad.flow.json')).toMatchObject({ code: 0 });
		expect(work.read('bad.flow.json')).toBe(text);
		expect(await work.run('fmt', '--check', 'bad.flow.json')).toMatchObject({ code: 0, out: '' });
		const piped = await work.start(['fmt', '-'], {}, JSON.stringify(JSON.parse(text))).ended;
		expect(piped).toMatchObject({ code: 0, out: text });
		work.write('broken.flow.json', '{');
		const broken = await work.run('fmt', 'broken.flow.json');
		expect(broken.code).toBe(1);
		expect(broken.err).toMatch(/^broken\.flow\.json:1:\d+: error: /);
		expect(work.read('broken.flow.json')).toBe('{');
	});

	test('validate names every problem with its place', async () => {
		work.write('bad.flow.json', { ...flow, edges: [edge('text.txt -> out.value'), edge('gone.a -> out.value')] });
		const { code, out } = await work.run('validate', 'bad.flow.json');
		expect(code).toBe(1);
		expect(out).toMatch(/^bad\.flow\.json:\d+:\d+: error: There is no node 'gone'/m);
		expect(out).toContain("'text' has no output 'txt'. Did you mean 'text'?");
		const lines = jsonLines((await work.run('validate', 'bad.flow.json', '--json')).out);
		expect(lines).toContainEqual(
			expect.objectContaining({ file: 'bad.flow.json', code: 'unknown-port', severity: 'error' }),
		);
		work.write('good.flow.json', flow);
		expect(await work.run('validate', 'good.flow.json')).toMatchObject({ code: 0, out: '' });
	});

	test('diff reads like prose and ends with 1 when there is one', async () => {
		work.write('a.flow.json', flow);
		work.write('b.flow.json', {
			...flow,
			nodes: { ...flow.nodes, text: { type: 'text.static@1', params: { text: 'Bye' } } },
		});
		expect(await work.run('diff', 'a.flow.json', 'b.flow.json')).toMatchObject({
			code: 1,
			out: 'Changed \'text\': text: "Hello" → "Bye"\n',
		});
		expect(await work.run('diff', 'a.flow.json', 'a.flow.json')).toMatchObject({ code: 0, out: '' });
		const [json] = jsonLines((await work.run('diff', 'a.flow.json', 'b.flow.json', '--json')).out);
		expect(json).toMatchObject({ isSame: false, nodes: { text: { mark: 'changed' } } });
	});
});
