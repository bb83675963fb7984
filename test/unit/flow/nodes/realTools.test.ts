import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { asId } from '../../../../src/core/base/ids';
import { toolService } from '../../../../src/core/flow/engine/toolService';
import type { BuiltInPorts } from '../../../../src/core/tools/ports';
import { builtInTools } from '../../../../src/core/tools/builtIn';
import { Toolbox } from '../../../../src/core/tools/toolbox';
import { ToolRunner } from '../../../../src/core/tools/toolRunner';
import type { FetchPorts } from '../../../../src/core/tools/web/guardedFetch';
import { ToolWorld, ripgrepForTest } from '../../tools/worldForTools';
import { NodeBench } from './fakeContext';

vi.setConfig({ testTimeout: 60_000 });

const here: FetchPorts = {
	lookup: async () => [{ address: '127.0.0.1', family: 4 }],
	isAllowed: address => address === '127.0.0.1',
	agent: 'test',
};

/** Nodes over the real tools, a real folder and real programs; the gate says yes. */
async function bench(more: Partial<BuiltInPorts> = {}, secrets: Readonly<Record<string, string>> = {}) {
	const world = await ToolWorld.make(more);
	const toolbox = new Toolbox();
	toolbox.add(builtInTools(world.ports, here));
	const yes = { isAllowed: true, by: 'rules', decision: null, classification: { tier: 'GREEN' } } as never;
	const runner = new ToolRunner({ toolbox, gate: { authorize: async () => yes }, clock: world.ports.clock });
	const service = toolService({ toolbox, runner });
	const signal = new AbortController().signal;
	const nodes = new NodeBench({
		secrets,
		callTool: (name, input, given) =>
			service.call(name, input, {
				execution: asId('e'),
				place: { node: 'n', frame: '' },
				step: asId('s'),
				call: '1',
				asker: 'Flow › n',
				cwd: world.folder,
				signal,
				maxCost: null,
				progress: () => undefined,
				used: () => undefined,
				...(given ? { secrets: given } : {}),
			}),
	});
	return {
		world,
		nodes,
		async [Symbol.asyncDispose](): Promise<void> {
			toolbox.dispose();
			await world[Symbol.asyncDispose]();
		},
	};
}

describe('nodes over real tools', () => {
	test('files are written, added to, read as they are, whole or in part', async () => {
		await using at = await bench();
		const { nodes, world } = at;
		const first = await nodes.run('file.write', { path: 'docs/a.txt' }, { text: '1\n2\n3\n' });
		expect(first).toEqual({ path: 'docs/a.txt', isChanged: true });
		expect(await nodes.run('file.write', { path: 'docs/a.txt' }, { text: '1\n2\n3\n' })).toMatchObject({
			isChanged: false,
		});
		await nodes.run('file.write', { path: 'docs/a.txt', mode: 'add' }, { text: 0 });
		expect(await readFile(world.path('docs/a.txt'), 'utf8')).toBe('1\n2\n3\n0');
		expect(await nodes.run('file.read', { path: 'docs/a.txt' })).toEqual({ text: '1\n2\n3\n0', path: 'docs/a.txt' });
		const part = await nodes.run('file.read', { path: 'docs/a.txt', firstLine: 2, lineCount: 1 });
		expect(part['text']).toBe('2\n');
		await world.write('empty.txt', '');
		expect((await nodes.run('file.read', { path: 'empty.txt' }))['text']).toBe('');
		await expect(nodes.run('file.read', { path: 'none.txt' })).rejects.toThrow('does not exist');
		const long = Array.from({ length: 5000 }, (_, index) => `line ${index}`).join('\n');
		await world.write('long.txt', long);
		expect((await nodes.run('file.read', { path: 'long.txt' }))['text']).toBe(long);
	});

	test('known secrets stay hidden', async () => {
		await using at = await bench();
		await at.world.write('notes.txt', `token ghp_${'a1B2'.repeat(9)}\n`);
		expect(JSON.stringify(await at.nodes.run('file.read', { path: 'notes.txt' }))).not.toContain('a1B2');
	});

	test.runIf(ripgrepForTest !== null)('files are found', async () => {
		await using at = await bench();
		await at.world.write('src/a.ts', '');
		await at.world.write('src/b.md', '');
		expect(await at.nodes.run('file.list', { pattern: '*.ts' })).toEqual({ files: ['src/a.ts'], count: 1 });
		expect(await at.nodes.run('file.list', { pattern: '*.py' })).toEqual({ files: [], count: 0 });
	});

	test('commands give output and exit code', async () => {
		await using at = await bench();
		expect(await at.nodes.run('shell.command', { command: 'echo "{{ 1 + 1 }}"' })).toEqual({
			output: '2',
			exitCode: 0,
			isOk: true,
		});
		const failing = { command: 'echo no; exit 3', isFailing: false };
		expect(await at.nodes.run('shell.command', failing)).toEqual({ output: 'no', exitCode: 3, isOk: false });
		await expect(at.nodes.run('shell.command', { command: 'exit 3' })).rejects.toThrow('exit code 3');
		await expect(at.nodes.run('shell.command', { command: 'sleep 60', timeoutSeconds: 1 })).rejects.toThrow(
			'ended after 1 seconds',
		);
	});

	test('Git shows its state, its changes and its commits', async () => {
		await using at = await bench();
		const { nodes, world } = at;
		const git = (...args: string[]): void =>
			void execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@x.test', ...args], { cwd: world.folder });
		git('init', '-q', '-b', 'main');
		git('config', 'user.name', 'Test Person');
		git('config', 'user.email', 't@x.test');
		expect(await nodes.run('git.status')).toMatchObject({ branch: 'main', files: [] });
		await world.write('a.txt', 'one\n');
		expect(await nodes.run('git.status')).toMatchObject({ files: [{ path: 'a.txt', status: '??' }] });
		const { commit } = await nodes.run('git.commit', { message: 'Add a', paths: ['a.txt'] });
		expect(commit).toMatch(/^[\da-f]{7,}$/);
		expect(await nodes.run('git.diff')).toEqual({ diff: '', isEmpty: true });
		await world.write('a.txt', 'two\n');
		const { diff } = await nodes.run('git.diff', { what: 'both' });
		expect(diff).toContain('+two');
		const { commits } = await nodes.run('git.log');
		expect(commits).toMatchObject([{ hash: commit, author: 'Test Person', subject: 'Add a' }]);
	});

	test('documents are read through their own worker', async () => {
		const readDocument = async (path: string) => ({ text: `text of ${path.split('/').at(-1)}`, detail: 'PDF, 1 page' });
		await using at = await bench({ readDocument });
		await at.world.write('a.pdf', '%PDF');
		expect(await at.nodes.run('document.read', { path: 'a.pdf' })).toEqual({
			text: 'text of a.pdf',
			detail: 'PDF, 1 page',
			path: 'a.pdf',
		});
		await expect(at.nodes.run('document.read', { path: 'b.pdf' })).rejects.toThrow('does not exist');
	});

	test('memory is searched and added to', async () => {
		const facts: string[] = [];
		const memory = {
			search: async () => facts.map((text, index) => ({ id: String(index), text, category: 'fact' as const })),
			remember: async ({ text }: { readonly text: string }) => ({
				id: String(facts.push(text) - 1),
				text,
				category: 'fact' as const,
			}),
			forget: async () => 'unknown' as const,
		};
		await using at = await bench({ memory });
		expect(await at.nodes.run('memory.get', { query: 'tests' })).toEqual({ facts: [], text: '' });
		expect(await at.nodes.run('memory.set', {}, { text: 'Uses vitest' })).toEqual({ id: '0' });
		expect((await at.nodes.run('memory.get', { query: 'tests' }))['text']).toBe('Uses vitest');
		await expect(at.nodes.run('memory.set', {}, { text: `ghp_${'a1B2'.repeat(9)}` })).rejects.toThrow('secret');
	});

	test('a web server is asked with a secret that nothing else sees', async () => {
		const server = createServer((request, response) => {
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify({ auth: request.headers.authorization, n: 0 }));
		});
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		try {
			await using at = await bench({}, { api: 'hunter2hunter2' });
			const url = `http://example.test:${(server.address() as AddressInfo).port}/`;
			const answer = await at.nodes.run('http.request', { url, auth: 'bearer', secret: 'api' });
			expect(answer).toMatchObject({ status: 200, isOk: true, body: { auth: 'Bearer [secret]', n: 0 } });
			expect(JSON.stringify(at.nodes.seen.tools[0]?.input)).not.toContain('hunter2');
		} finally {
			server.close();
		}
	});

	test('notifications are shown', async () => {
		const shown: string[] = [];
		await using at = await bench({ people: { notify: text => void shown.push(text) } });
		await at.nodes.run('people.notify', { text: 'x'.repeat(400) }, { value: 0 });
		expect(shown[0]).toHaveLength(300);
	});
});
