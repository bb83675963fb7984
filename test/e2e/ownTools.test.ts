import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { root } from '../../scripts/lib/tools.ts';
import { callTool, say } from '../fakes/messages/reply.ts';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { journalEvents } from './driver/journal.ts';
import { until } from './driver/until.ts';

const everything = join(root, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js');

let editor: Editor;
let chat: ChatPage;

/** Calls the tool that the prompt names: `symbols {"file_path":"a.ts"}`. */
beforeAll(async () => {
	editor = await Editor.start({
		extensions: inject('extensions'),
		settings: { 'quarterdeck.mcp.servers': { everything: { command: process.execPath, args: [everything, 'stdio'] } } },
		script: request => {
			if (request.isSide) return say('A title');
			const result = request.toolResults.at(-1);
			if (result) return say(`The tool said: ${result.text}`);
			const [, name = '', input = '{}'] = /(\w+) (\{.*\})$/u.exec(request.userText.trim()) ?? [];
			return name === '' ? say('Hello.') : callTool(`mcp__quarterdeck__${name}`, JSON.parse(input) as object as never);
		},
	});
	writeFileSync(join(editor.place.folder, 'ferry.json'), '{\n  "fare": 270,\n  "stops": { "first": 1 }\n}\n');
	writeFileSync(join(editor.place.folder, 'fare.ts'), 'const fare = 270;\nconsole.log(fare);\nexport {};\n');
	chat = await editor.openChat();
});

afterAll(async () => {
	await editor?.screenshot('own-tools');
	await editor?.close();
});

describe('what only the editor knows, in the Claude CLI', () => {
	test('is asked of the editor without a question', async () => {
		await chat.send('symbols {"file_path":"ferry.json"}');
		await chat.shows(/The tool said:[^]*fare/u);
		expect(await chat.text()).toContain('stops.first');
		const decided = await until('the decision in the journal', () =>
			journalEvents(editor.place).find(event => event.type === 'gate.decided' && event.tool === 'quarterdeck_symbols'),
		);
		expect(decided).toMatchObject({ tier: 'GREEN', decision: 'allowed' });
	});

	test('finds where a symbol is used, also in a language that nobody has opened yet', async () => {
		await chat.send('references {"file_path":"fare.ts","line":1,"symbol":"fare"}');
		await chat.shows(/Used \(2\):[^]*fare\.ts:2:13/u, 60_000);
	});

	test('knows of the run that asks', async () => {
		await chat.send('query_ledger {"what":"executions"}');
		await chat.shows(/The tool said:[^]*running \| chat/u);
	});

	test('is asked about once where it takes a person', async () => {
		await chat.send('terminal_output {}');
		await chat.button('Allow once').waitFor();
		await chat.button('Allow once').click();
		await chat.shows(/The tool said:[^]*(?:No terminal is open|Terminal )/u);
		expect(
			journalEvents(editor.place).filter(
				event => event.type === 'approval.requested' && event.tool === 'quarterdeck_terminal_output',
			),
		).toHaveLength(1);
	});

	test('brings the tools of the user’s MCP servers along, asked about under their own names', async () => {
		await chat.send('everything__echo {"message":"ahoy"}');
		await chat.button('Allow once').waitFor();
		await chat.shows('everything · echo');
		await chat.shows('echo is a tool of the MCP server “everything”');
		await editor.screenshot('own-tools-mcp');
		await chat.button('Allow once').click();
		await chat.shows(/The tool said:[^]*Echo: ahoy/u);
		expect(
			journalEvents(editor.place).filter(
				event => event.type === 'approval.requested' && event.tool === 'mcp__everything__echo',
			),
		).toHaveLength(1);
	});
});
