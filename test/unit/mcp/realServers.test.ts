import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ConversationId, ExecutionId } from '../../../src/core/base/ids';
import { asId } from '../../../src/core/base/ids';
import type { McpAsker, McpElicitation, McpElicitationAnswer, McpPorts } from '../../../src/core/mcp/ports';
import type { Tool, ToolContext } from '../../../src/core/tools/tool';
import { HubWorld, textOf } from '../../fakes/mcp/hubWorld';

vi.setConfig({ testTimeout: 60_000 });

function makeWorld(ports: Partial<McpPorts> = {}): HubWorld {
	const world = new HubWorld(ports);
	onTestFinished(() => world.close());
	return world;
}

function context(change: Partial<ToolContext> = {}): ToolContext {
	const { signal } = new AbortController();
	return { cwd: '/', conversation: null, execution: null, signal, onProgress: () => undefined, ...change };
}

function toolNamed(world: HubWorld, name: string): Tool {
	const tool = world.hub
		.toolSource()
		.tools()
		.find(offered => offered.name === name);
	if (!tool) throw new Error(`No tool ${name}`);
	return tool;
}

describe('server-everything', () => {
	test('its tools, as a model would call them', async () => {
		const world = makeWorld();
		const id = await world.startReal('everything');
		const sum = toolNamed(world, 'mcp__everything__get-sum');
		expect(sum).toMatchObject({ title: 'Get Sum Tool (everything)', source: 'everything' });
		expect(await sum.run({ a: 2, b: 3 }, context())).toEqual({
			content: [{ type: 'text', text: 'The sum of 2 and 3 is 5.' }],
			isError: false,
		});
		const image = await toolNamed(world, 'mcp__everything__get-tiny-image').run({}, context());
		expect(image.content.map(part => (part.type === 'image' ? part.mediaType : part.type))).toContain('image/png');
		const links = await toolNamed(world, 'mcp__everything__get-resource-links').run({ count: 2 }, context());
		expect(links.content.map(part => (part.type === 'text' ? part.text : ''))[1]).toMatch(/^\[resource .*: demo:\/\//);
		const place = { location: 'New York' };
		const structured = await toolNamed(world, 'mcp__everything__get-structured-content').run(place, context());
		// The structured content is repeated as text by the server, and given to the model once.
		expect(structured.content).toHaveLength(1);
		const wrong = await toolNamed(world, 'mcp__everything__get-sum').run({ a: 'x' }, context());
		expect(wrong.isError).toBe(true);
		expect(world.hub.server(id)).toMatchObject({ calls: 5, errors: 1, title: 'Everything Reference Server' });
		expect(world.hub.toolFacts('mcp__everything__echo')).toMatchObject({
			server: 'everything',
			serverId: id,
			tool: 'echo',
			annotations: { readOnlyHint: true },
		});
	});

	test('a tool that is switched off is not offered', async () => {
		const world = makeWorld();
		const id = await world.startReal('everything');
		const changes = vi.fn();
		const listening = world.hub.toolSource().onDidChange?.(changes);
		await world.hub.setToolEnabled(id, 'echo', false);
		expect(changes).toHaveBeenCalled();
		expect(
			world.hub
				.toolSource()
				.tools()
				.map(tool => tool.name),
		).not.toContain('mcp__everything__echo');
		expect(world.hub.server(id)?.tools.find(tool => tool.name === 'echo')?.isEnabled).toBe(false);
		listening?.dispose();
	});

	test('progress is told and keeps a call alive; a stopped call ends', async () => {
		const world = makeWorld({ limits: { callMs: 4000 } });
		await world.startReal('everything');
		const tool = toolNamed(world, 'mcp__everything__trigger-long-running-operation');
		const told: string[] = [];
		const result = await tool.run({ duration: 6, steps: 4 }, context({ onProgress: text => void told.push(text) }));
		// The last one comes with the result itself, and the SDK may hand out the result first.
		expect([result.isError, told.slice(0, 3)]).toEqual([false, ['1/4', '2/4', '3/4']]);
		const stop = new AbortController();
		const call = tool.run(
			{ duration: 30, steps: 60 },
			context({ signal: stop.signal, onProgress: () => stop.abort() }),
		);
		await expect(call).rejects.toThrow('Cancelled');
	});

	test('resources, templates, subscriptions and their updates', async () => {
		const world = makeWorld();
		const id = await world.startReal('everything');
		const view = world.hub.server(id);
		const [resource] = view?.resources ?? [];
		expect(textOf({ content: (await world.hub.readResource(id, resource!.uri)).contents as never })).toContain('#');
		const [template] = view?.resourceTemplates ?? [];
		expect(template).toMatchObject({ variables: ['resourceId'] });
		const uri = world.hub.expandTemplate(template!.uriTemplate, { resourceId: '7' });
		expect((await world.hub.readResource(id, uri)).contents[0]?.uri).toBe(uri);
		const target = { type: 'resource', uriTemplate: template!.uriTemplate } as const;
		expect((await world.hub.complete(id, target, { name: 'resourceId', value: '7' })).values).toEqual(['7']);
		const updated = vi.fn();
		const listening = world.hub.onDidUpdateResource(updated);
		await world.hub.subscribe(id, uri);
		await world.hub.callTool(id, 'toggle-subscriber-updates', {});
		await vi.waitFor(() => expect(updated).toHaveBeenCalledWith({ serverId: id, uri }));
		await world.hub.unsubscribe(id, uri);
		listening.dispose();
		await expect(world.hub.readResource(id, 'demo://nothing')).rejects.toMatchObject({ code: 'mcp.refused' });
	});

	test('prompts with arguments that complete each other', async () => {
		const world = makeWorld();
		const id = await world.startReal('everything');
		const prompt = world.hub.server(id)?.prompts.find(({ name }) => name === 'completable-prompt');
		expect(prompt?.arguments.map(({ name, isRequired }) => [name, isRequired])).toEqual([
			['department', true],
			['name', true],
		]);
		const target = { type: 'prompt', name: 'completable-prompt' } as const;
		expect((await world.hub.complete(id, target, { name: 'department', value: 'E' })).values).toEqual(['Engineering']);
		const known = { department: 'Engineering' };
		expect((await world.hub.complete(id, target, { name: 'name', value: 'A' }, known)).values).toEqual(['Alice']);
		const { messages } = await world.hub.getPrompt(id, 'completable-prompt', { ...known, name: 'Alice' });
		expect(messages[0]?.content).toMatchObject({ type: 'text', text: expect.stringContaining('Alice') as string });
	});

	test('the folders of the workspace, and that they changed', async () => {
		const world = makeWorld();
		world.roots = [{ uri: 'file:///one', name: 'one' }];
		const id = await world.startReal('everything');
		expect(textOf(await world.hub.callTool(id, 'get-roots-list', {}))).toContain('file:///one');
		world.roots = [{ uri: 'file:///two', name: 'two' }];
		world.didChangeRoots.fire();
		await vi.waitFor(async () =>
			expect(textOf(await world.hub.callTool(id, 'get-roots-list', {}))).toContain('file:///two'),
		);
	});

	test('a model may be asked, and the question belongs to the conversation whose call runs', async () => {
		const askers: McpAsker[] = [];
		const world = makeWorld({
			sampling: (asker, request) => {
				askers.push(asker);
				const text = `You said: ${JSON.stringify(request.messages)}`;
				return Promise.resolve({ model: 'm', role: 'assistant', content: { type: 'text', text } });
			},
		});
		await world.startReal('everything');
		const conversation = asId<ConversationId>('c');
		const execution = asId<ExecutionId>('e');
		const tool = toolNamed(world, 'mcp__everything__trigger-sampling-request');
		const result = await tool.run({ prompt: 'hello', maxTokens: 10 }, context({ conversation, execution }));
		expect(JSON.stringify(result.content)).toContain('hello');
		expect(askers).toEqual([{ serverId: 'settings:everything', server: 'everything', conversation, execution }]);
	});

	test('without a model nobody is asked, and the server knows', async () => {
		const world = makeWorld();
		const id = await world.startReal('everything');
		const names = world.hub.server(id)?.tools.map(tool => tool.name);
		expect(names).not.toContain('trigger-sampling-request');
		expect(names).not.toContain('trigger-elicitation-request');
	});
});

describe('questions of server-everything', () => {
	function asking(answer: (question: McpElicitation) => Promise<McpElicitationAnswer>): HubWorld {
		return makeWorld({ elicit: (_, question) => answer(question), limits: { callMs: 3000, pageMs: 50 } });
	}

	test('a form: the time of a call stands still while the person thinks, and defaults fill what was left out', async () => {
		const world = asking(async () => {
			await new Promise(resolve => setTimeout(resolve, 4000));
			return { action: 'accept', content: { name: 'Ada', check: true } };
		});
		const id = await world.startReal('everything');
		const text = textOf(await world.hub.callTool(id, 'trigger-elicitation-request', {}));
		expect(text).toContain('Ada');
		expect(text).toContain('It was a dark and stormy night.');
	});

	test('a page to open first: it is offered, and the call then goes on', async () => {
		const questions: McpElicitation[] = [];
		const world = asking(question => {
			questions.push(question);
			return Promise.resolve({ action: 'accept' });
		});
		const id = await world.startReal('everything');
		const input = { url: 'https://example.com/', errorPath: true };
		expect((await world.hub.callTool(id, 'trigger-url-elicitation', input)).isError).toBe(false);
		expect(questions.map(question => ('url' in question ? question.url : question.mode))).toEqual([
			'https://modelcontextprotocol.io',
			'https://example.com/',
		]);
	});

	test('a tool that runs as a task is followed to its end', async () => {
		const world = makeWorld({ limits: { callMs: 20_000 } });
		const id = await world.startReal('everything');
		const told: string[] = [];
		const options = { onProgress: (text: string): void => void told.push(text) };
		const result = await world.hub.callTool(id, 'simulate-research-query', { topic: 'ships' }, options);
		expect(textOf(result)).toContain('ships');
		expect(told.length).toBeGreaterThan(1);
	});
});

describe('the other servers', () => {
	test('server-filesystem works in the folders of the workspace alone', async () => {
		const world = makeWorld();
		writeFileSync(join(world.folder, 'a.txt'), 'hello');
		world.roots = [{ uri: pathToFileURL(world.folder).href, name: 'workspace' }];
		const id = await world.startReal('filesystem', world.folder);
		const read = toolNamed(world, 'mcp__filesystem__read_text_file');
		expect(textOf(await read.run({ path: join(world.folder, 'a.txt') }, context()))).toBe('hello');
		expect((await read.run({ path: '/etc/hostname' }, context())).isError).toBe(true);
		expect(world.hub.server(id)?.tools.find(({ name }) => name === 'write_file')?.annotations).toMatchObject({
			destructiveHint: true,
		});
	});

	test('three servers at once, with 200 calls each, keep their answers apart', async () => {
		const world = makeWorld();
		const definitions = await world.define(
			Object.fromEntries(['one', 'two', 'three'].map(name => [name, everything(name)])),
		);
		await world.hub.startEnabled();
		const answers = await Promise.all(
			definitions.flatMap(({ id, name }) =>
				Array.from({ length: 200 }, async (_, index) => {
					const message = `${name} ${index}`;
					return textOf(await world.hub.callTool(id, 'echo', { message })) === `Echo: ${message}`;
				}),
			),
		);
		expect(answers.filter(isRight => !isRight)).toEqual([]);
		expect(world.hub.servers().map(({ calls, state }) => [calls, state])).toEqual(
			Array.from({ length: 3 }, () => [200, 'running']),
		);
	});
});

function everything(name: string): Readonly<Record<string, unknown>> {
	const program = join(
		import.meta.dirname,
		'../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
	);
	return { command: process.execPath, args: [program], env: { NAME: name } };
}
