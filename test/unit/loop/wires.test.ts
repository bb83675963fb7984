import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/core/base/clock';
import type { Conversation } from '../../../src/core/chat/conversation';
import type { LoopPorts } from '../../../src/core/chat/loop/ports';
import { parseModelRef } from '../../../src/core/providers/provider';
import { Providers } from '../../../src/core/providers/registry';
import { textResult } from '../../../src/core/tools/tool';
import type { FakeReply, Responder, SeenRequest } from '../../fakes/modelReply';
import { FakeOllama } from '../../fakes/ollama/server';
import { FakeOpenAi } from '../../fakes/openai/server';
import { ask, idle, LoopWorld, pending, readTool, rows, shown, writeTool } from './loopWorld';

interface Wire {
	readonly url: string;
	readonly seen: readonly SeenRequest[];
	respond(responder: Responder): void;
	stop(): Promise<void>;
}

const usage = { input: 100, output: 20 };
const results = ({ messages }: SeenRequest): readonly string[] =>
	messages
		.slice(messages.findLastIndex(({ role }) => role === 'user'))
		.flatMap(({ role, text }) => (role === 'tool' ? [text] : []));

/** A model that reads two files, writes one and says so. */
function worker(request: SeenRequest): FakeReply {
	const count = results(request).length;
	const read = (file_path: string) => ({ name: 'quarterdeck_read_file', arguments: { file_path } });
	if (count === 0) return { thinking: ['Hm.'], text: ['I ', 'look.'], calls: [read('a.txt'), read('b.txt')], usage };
	if (count === 2)
		return {
			calls: [{ name: 'quarterdeck_write_file', arguments: { file_path: 'out.txt', content: 'größer' } }],
			usage,
			isTorn: true,
		};
	return { text: ['All ', 'done: größer.'], usage, isTorn: true };
}

class WireWorld extends LoopWorld {
	readonly registry = new Providers({
		clock: systemClock,
		secret: async () => undefined,
		prices: () => ({}),
		chain: () => this.chain.map(parseModelRef),
	});
	chain: readonly string[] = [];

	constructor(configs: readonly unknown[]) {
		const read = readTool(async input =>
			textResult(await readFile(join(this.folder, String(input['file_path'])), 'utf8')),
		);
		const write = writeTool(async ({ file_path, content }) => {
			await writeFile(join(this.folder, String(file_path)), String(content));
			return textResult('written');
		});
		super([], [read, write]);
		expect(this.registry.configure(configs)).toEqual([]);
		onTestFinished(() => this.registry.dispose());
	}

	override ports(): LoopPorts {
		return { ...super.ports(), providers: this.registry };
	}
}

async function started(
	wire: Wire,
	model: string,
	kind: 'ollama' | 'openai',
	chain: readonly string[] = [],
	more: readonly unknown[] = [],
) {
	const world = new WireWorld([{ id: 'main', kind, baseUrl: wire.url }, ...more]);
	world.chain = chain;
	const conversation = await world.open(`main/${model}`);
	await mkdir(world.folder, { recursive: true });
	await writeFile(join(world.folder, 'a.txt'), 'Fare 270');
	await writeFile(join(world.folder, 'b.txt'), 'Fare 310');
	return { world, conversation };
}

const model = { name: 'qwen3:4b', capabilities: ['completion', 'tools', 'thinking'], contextLength: 32_768 };
const wires = [
	['Ollama', 'ollama', 'qwen3:4b', (): Promise<FakeOllama> => FakeOllama.start({ models: [model] })],
	['OpenAI', 'openai', 'gpt-4.1', (): Promise<FakeOpenAi> => FakeOpenAi.start({ models: ['gpt-4.1'] })],
] as const;

describe.each(wires)('over %s’s protocol', (_, kind, name, start) => {
	async function serve(responder: Responder): Promise<Wire> {
		const wire = await start();
		wire.respond(responder);
		onTestFinished(() => wire.stop().catch(() => undefined));
		return wire;
	}

	test('the same conversation reads with tools, asks before it writes, and counts what it used', async () => {
		const wire = await serve(worker);
		const { world, conversation } = await started(wire, name, kind);
		conversation.send('Do it', []);
		const approval = await pending(world);
		expect(approval).toMatchObject({ kind: 'edit', tool: 'quarterdeck_write_file' });
		world.gate.approvals.decide(approval!.id, { outcome: 'allow', scope: 'once' });
		await idle(conversation);
		expect(shown(conversation)).toEqual([
			'user: Do it',
			'thinking: Hm.',
			'text: I look.',
			'tool: quarterdeck_read_file done: Fare 270',
			'tool: quarterdeck_read_file done: Fare 310',
			'tool: quarterdeck_write_file done: written',
			'text: All done: größer.',
			'turn: succeeded',
		]);
		expect(await readFile(join(world.folder, 'out.txt'), 'utf8')).toBe('größer');
		expect(world.journaled('usage.recorded').at(-1)).toMatchObject({
			provider: 'main',
			model: name,
			usage: { input: 300, output: 60 },
			cost: 0,
		});
		expect(results(wire.seen[1]!)).toHaveLength(2);
	});

	test('Stop closes the connection, and the next prompt goes on', async () => {
		const wire = await serve((request, index) =>
			index === 0 ? { text: ['It begins'], fault: { type: 'silent' } } : { text: ['On.'], usage },
		);
		const { conversation } = await started(wire, name, kind);
		conversation.send('Talk', []);
		await vi.waitFor(() => expect(shown(conversation)).toContain('text: It begins'));
		await conversation.stop();
		await wire.seen[0]?.closed;
		await ask(conversation, 'Go on');
		expect(shown(conversation).at(-2)).toBe('text: On.');
		expect(wire.seen[1]?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
	});

	test('a server that ends in the middle of a reply is told, and Try Again goes on once it is back', async () => {
		const wire = await serve((_request, index) =>
			index === 0 ? { text: ['It beg'], fault: { type: 'cut' } } : { text: ['It begins.'], usage },
		);
		const { conversation } = await started(wire, name, kind);
		await ask(conversation, 'Talk');
		const notice = lastNotice(conversation);
		expect(notice).toMatchObject({
			level: 'error',
			actions: expect.arrayContaining([{ title: 'Try Again', command: 'quarterdeck.chat.goOn' }]),
		});
		await conversation.goOn();
		await idle(conversation);
		expect(shown(conversation).at(-2)).toBe('text: It begins.');
	});

	test('the next of the chain takes over from a server that is gone', async () => {
		const wire = await serve(worker);
		const other = await FakeOpenAi.start({ models: ['gpt-4.1-mini'] });
		onTestFinished(() => other.stop());
		const { conversation, world } = await started(
			wire,
			name,
			kind,
			['other/gpt-4.1-mini'],
			[{ id: 'other', kind: 'openai', baseUrl: other.url }],
		);
		await wire.stop();
		await ask(conversation, 'Hello');
		expect(shown(conversation)[1]).toMatch(/Going on with other\/gpt-4\.1-mini/);
		expect(shown(conversation).at(-2)).toBe('text: Hello');
		expect(world.journaled('usage.recorded').at(-1)).toMatchObject({ provider: 'other' });
	});
});

test('a key that is taken back in the middle of a conversation says so, with what to do', async () => {
	const server = await FakeOpenAi.start({ models: ['gpt-4.1'] });
	onTestFinished(() => server.stop());
	const { conversation } = await started(server, 'gpt-4.1', 'openai');
	await ask(conversation, 'First');
	server.key = 'another';
	await ask(conversation, 'Second');
	expect(lastNotice(conversation)).toMatchObject({
		level: 'error',
		actions: expect.arrayContaining([expect.objectContaining({ title: 'Set Key' })]),
	});
	server.key = undefined;
	await conversation.goOn();
	await idle(conversation);
	expect(shown(conversation).at(-1)).toBe('turn: succeeded');
});

function lastNotice(conversation: Conversation) {
	return rows(conversation).findLast(row => row.kind === 'notice');
}
