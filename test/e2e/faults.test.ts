import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { signal } from '../../scripts/lib/processes.ts';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { obedient } from './driver/script.ts';
import { until } from './driver/until.ts';
import { WrappedClaude } from './driver/wrappedClaude.ts';

let editor: Editor;
let chat: ChatPage;
let claude: WrappedClaude;

const real = 'exec "$REAL" "$@"';

beforeAll(async () => {
	claude = new WrappedClaude(real);
	const home = join(claude.folder, 'home');
	mkdirSync(home);
	hide();
	editor = await Editor.start({
		extensions: inject('extensions'),
		script: obedient,
		hasClaude: false,
		// A home without the usual places of a CLI, and a PATH with a folder that we fill as we like.
		env: { HOME: home, PATH: `${claude.folder}:/usr/bin:/bin` },
	});
	chat = await editor.openChat();
});

afterEach(async context => {
	if (context.task.result?.state === 'fail') await editor.screenshot('faults-failed');
});

afterAll(async () => {
	await editor?.close();
	claude?.remove();
});

const hide = (): void => rmSync(claude.path);
const idle = (): Promise<void> => chat.button('Stop (Escape)').waitFor({ state: 'detached' });

describe('the CLI on the path', () => {
	test('is missing: the page says how to install it and what can be done', async () => {
		await chat.shows('Install the Claude CLI');
		await chat.shows('npm install -g @anthropic-ai/claude-code');
		for (const name of ['How to Install', 'Choose Its Path…', 'Look Again']) await chat.button(name).waitFor();
		expect(await chat.composer().count()).toBe(0);
		await editor.screenshot('obstacle-missing');
	});

	test('is too old: the page says so by itself', async () => {
		claude.write('echo "2.0.14 (Claude Code)"');
		await chat.shows('The Claude CLI is too old');
		await chat.shows('2.0.14');
		await editor.screenshot('obstacle-old');
	});

	test('is there: the page goes on by itself', async () => {
		claude.write(real);
		await chat.composer().waitFor();
		await chat.send('good morning');
		await chat.shows('You said: good morning');
		await idle();
	});
});

describe('a conversation goes on', () => {
	test('after the CLI was not signed in, which the first attempt shows, with Stop', async () => {
		await chat.send('signed out');
		await chat.shows('Claude is not signed in');
		await chat.shows(/Trying again in .* \(1 of 10\)/);
		await editor.screenshot('not-signed-in');
		await chat.frame.locator('.notice').getByRole('button', { name: 'Stop' }).press('Enter');
		await idle();
		await goesOn('signed in again');
	});

	test('after the CLI was killed in the middle of a turn', async () => {
		await chat.send('slow');
		await chat.shows('Sentence 2 of');
		for (const { pid } of editor.claudeProcesses()) signal(pid, 'SIGKILL');
		await chat.shows(
			'Claude ended in the middle of the turn (SIGKILL). What it did so far is kept: send a message to go on.',
		);
		await idle();
		await until('a failed run', async () =>
			(await editor.rows('Executions')).some(row => row.startsWith('slow, Failed')),
		);
		await editor.screenshot('cli-killed');
		await goesOn('alive again');
	});

	test('when the CLI writes 10 MB of nonsense on stderr, and lines that are none on stdout', async () => {
		const nonsense =
			'head -c 10485760 /dev/zero | tr "\\0" "x" >&2; echo; printf "not a message\\n{\\"type\\":\\n\\377\\376\\n"';
		claude.write(`case "$*" in --version) ${real};; esac\n${nonsense}\n${real}`);
		chat = await editor.newConversation();
		await goesOn('good morning through the nonsense');
		claude.write(real);
	});

	test('when the CLI has deleted its transcript: it is given what came before, and the user is told', async () => {
		await editor.reload();
		chat = await editor.openChat();
		await chat.shows('You said: good morning through the nonsense');
		deleteTranscripts();
		await chat.send('what was before?');
		await chat.shows('The record that the model goes by is gone');
		await chat.shows('You said: what was before?');
		await idle();
		await editor.screenshot('transcript-deleted');
		const asked = editor.api.requests.findLast(request => request.userText.includes('what was before?'));
		expect(JSON.stringify(asked?.body['messages'])).toContain('good morning through the nonsense');
	});
});

async function goesOn(text: string): Promise<void> {
	await chat.send(text);
	await chat.shows(`You said: ${text}`);
	await idle();
	const asked = editor.api.requests.findLast(request => request.userText.includes(text));
	expect(JSON.stringify(asked?.body['messages'])).toContain('good morning');
}

function deleteTranscripts(): void {
	const projects = join(editor.place.claudeConfig, 'projects');
	if (!existsSync(projects)) throw new Error('The CLI keeps its transcripts elsewhere');
	for (const name of readdirSync(projects)) rmSync(join(projects, name), { recursive: true });
}
