import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { n8nFixtures } from '../flow/interop/n8nFixtures';
import { BuiltCli, edge, repository, Workspace, type Ended } from './support';

const cli = new BuiltCli();
let work: Workspace;

beforeAll(() => cli.build(), 120_000);
beforeEach(() => {
	work = new Workspace(cli);
});
afterEach(() => work.dispose());

/** Runs an exported program as a user would. */
function program(args: readonly string[]): Promise<Ended> {
	return new Promise((done, fail) => {
		const child = spawn(process.execPath, args, {
			cwd: work.folder,
			env: { ...process.env, QUARTERDECK_HOME: work.home, NODE_OPTIONS: '' },
		});
		let [out, err] = ['', ''];
		child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
		child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
		child.once('error', fail);
		child.once('close', (code, signal) => done({ code, signal, out, err }));
	});
}

const greeting = {
	id: 'greeting',
	name: 'Greeting',
	inputs: { who: { type: 'text' as const }, times: { type: 'number' as const, default: 1 } },
	nodes: {
		hello: { type: 'flow.call@1', params: { path: 'inner.flow.json', values: { name: '{{ flow.who }}' } } },
		shout: { type: 'custom.shout@1' },
		out: { type: 'flow.output@1', params: { name: 'said' } },
	},
	edges: [edge('hello.text -> shout.input'), edge('shout.output -> out.value')],
};

function writeGreeting(): void {
	work.write('greeting.flow.json', greeting);
	work.write('inner.flow.json', {
		inputs: { name: { type: 'text' } },
		nodes: {
			text: { type: 'text.template@1', params: { template: 'Hello {{ flow.name }}' } },
			log: { type: 'log@1', params: { text: 'said it' } },
			out: { type: 'flow.output@1', params: { name: 'text' } },
		},
		edges: [edge('text.text -> log.value'), edge('log.value -> out.value')],
	});
	mkdirSync(work.path('.quarterdeck/nodes'), { recursive: true });
	writeFileSync(
		work.path('.quarterdeck/nodes/shout.js'),
		"export default { type: 'shout', title: 'Shout', run: async inputs => inputs.input.toUpperCase() + '!' };\n",
	);
}

describe('quarterdeck export', { timeout: 90_000 }, () => {
	test('a program of its own runs on the same engine, with sub-flows and custom nodes', async () => {
		writeGreeting();
		const exported = await work.run(
			'export',
			'greeting.flow.json',
			'--to',
			'typescript',
			'--standalone',
			'--out',
			'app/greeting.mts',
		);
		expect(exported).toMatchObject({ code: 0, out: 'app/greeting.mts\n' });
		expect(await program(['app/greeting.mts', '--input', 'who=You'])).toMatchObject({ code: 0, out: 'HELLO YOU!\n' });
		const check = [
			'--noEmit',
			'--strict',
			'--target',
			'es2023',
			'--module',
			'nodenext',
			'--types',
			'node',
			'--allowImportingTsExtensions',
		];
		const typeRoots = ['--typeRoots', join(repository, 'node_modules/@types')];
		const tsc = join(repository, 'node_modules/typescript/bin/tsc');
		expect(await program([tsc, ...check, ...typeRoots, 'app/greeting.mts'])).toMatchObject({ code: 0, out: '' });
		work.write(
			'app/use.mts',
			`import { GreetingFlow } from './greeting.mts';
const flow = new GreetingFlow();
const events: string[] = [];
const one = await flow.executeWithCallback({ who: 'A' }, event => events.push(event.type));
const many = await flow.executeBatch([{ who: 'B' }, { who: 'C' }, { who: 3 as never }], { concurrency: 2 });
let refused = '';
await flow.execute({} as never).catch((error: Error) => (refused = error.message));
console.log(JSON.stringify({ one, many, ended: events.includes('run.ended'), problems: await flow.validate(), logs: flow.logs().map(log => log.text), stats: flow.stats(), refused }));
await flow.dispose();
`,
		);
		const used = await program(['app/use.mts']);
		expect(used.err).toBe('');
		expect(JSON.parse(used.out)).toMatchObject({
			one: { said: 'HELLO A!' },
			many: [
				{ isOk: true, outputs: { said: 'HELLO B!' } },
				{ isOk: true },
				{ isOk: false, error: expect.stringContaining("'who'") as string },
			],
			ended: true,
			problems: [],
			logs: ['said it', 'said it', 'said it'],
			stats: { runs: 3, succeeded: 3, failed: 0 },
			refused: expect.stringContaining("needs the input 'who'") as string,
		});
	});

	test('a command of Claude says what the flow is and how it is run', async () => {
		writeGreeting();
		const { code, out } = await work.run('export', 'greeting.flow.json', '--to', 'claude-command');
		expect({ code, out }).toEqual({ code: 0, out: '.claude/commands/greeting.md\n' });
		const text = work.read('.claude/commands/greeting.md');
		expect(text).toMatch(/^---\ndescription: "Runs the flow Greeting"\nargument-hint: "who=VALUE \[times=VALUE\]"\n/);
		expect(text).toContain('npx quarterdeck run greeting.flow.json --input who=…');
		expect(text).toContain('$ARGUMENTS');
		expect(await work.run('export', 'greeting.flow.json', '--to', 'claude-command')).toMatchObject({ code: 2 });
	});

	test('what came from n8n goes back, by way of files', async () => {
		const workflow = n8nFixtures['a loop over items']!;
		work.write('loop.json', JSON.stringify(workflow));
		const imported = await work.run('import', 'loop.json');
		expect(imported).toMatchObject({ code: 0, out: 'loop.flow.json\n' });
		expect(imported.err).toContain('For Each');
		expect((await work.run('validate', 'loop.flow.json')).out).not.toContain('error');
		expect((await work.run('fmt', '--check', 'loop.flow.json')).code).toBe(0);
		const back = await work.run('export', 'loop.flow.json', '--to', 'n8n', '-o', '-');
		expect((JSON.parse(back.out) as { nodes: unknown[] }).nodes).toEqual(
			expect.arrayContaining(workflow['nodes'] as unknown[]),
		);
		expect(await work.run('import', 'loop.json')).toMatchObject({ code: 2 });
		const ran = await work.run('run', 'loop.flow.json', '--json');
		expect(ran.out).toContain('"twice":6');
	});

	test('pinned data and custom nodes are files beside the flow', async () => {
		work.write('notes.json', JSON.stringify(n8nFixtures['notes, groups and pinned data']));
		expect((await work.run('import', 'notes.json', 'flows.flow.json')).out).toBe(
			'flows.flow.json\nflows.flow.pins.json\n',
		);
		expect(JSON.parse(work.read('flows.flow.pins.json'))).toMatchObject({
			nodes: { get: { outputs: { body: { ok: true } } } },
		});
		expect(await work.run('import', 'nothing.json')).toMatchObject({ code: 2 });
		work.write('other.json', '{"a": 1}');
		expect(await work.run('import', 'other.json')).toMatchObject({
			code: 1,
			err: expect.stringContaining('no flow of') as string,
		});
	});
});
