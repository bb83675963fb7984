import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startListeningPost, type ListeningPost } from '../fakes/listeningPost.ts';
import { say } from '../fakes/messages/reply.ts';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor } from './driver/editor.ts';
import { attacks, blocks, departures } from './driver/artifacts.ts';
import { until } from './driver/until.ts';
import { editorsWrittenDown } from './driver/writtenDown.ts';

let editor: Editor;
let chat: ChatPage;
let post: ListeningPost;

beforeAll(async () => {
	post = await startListeningPost();
	const all: Readonly<Record<string, string>> = { ...blocks, attacks: attacks(post.url), ...departures(post.url) };
	editor = await Editor.start({
		extensions: inject('extensions'),
		script: request => {
			const name = request.userText.trim().split('\n').at(-1)?.replace('show: ', '') ?? '';
			return say(`Here is ${name}.\n\n${all[name] ?? 'nothing'}\n\nThat was ${name}.`);
		},
	});
	chat = await editor.openChat();
	writeFileSync(join(editor.place.folder, 'fares.csv'), 'route,price\nHarbour,3.20\n');
});

afterAll(async () => {
	await editor?.screenshot('artifacts-end');
	await editor?.close();
	await post?.close();
});

/** Lets the model answer with an artifact, and opens its preview as the user does. */
async function open(name: string): Promise<void> {
	await editor.command('View: Close All Editors');
	await chat.send(`show: ${name}`);
	await chat.shows(`That was ${name}.`);
	await chat.button('Stop (Escape)').waitFor({ state: 'detached' });
	await chat.frame.getByRole('button', { name: 'Open preview' }).last().click();
}

/** The frame in which an HTML artifact runs, once its page has come to life. */
function htmlFrame(): Promise<Frame> {
	return until(
		'the frame of an HTML artifact',
		async () => {
			for (const frame of editor.page.frames()) {
				if (!frame.url().startsWith('about:srcdoc')) continue;
				if (await frame.evaluate(() => document.readyState === 'complete').catch(() => false)) return frame;
			}
			return undefined;
		},
		60_000,
	);
}

async function shows(frame: Frame, text: string): Promise<void> {
	await until(`the page to show ${text}`, async () => (await frame.locator('body').innerText()).includes(text), 60_000);
}

/** The page around the frame, which says what was left out. */
const around = async (): Promise<Frame> => (await htmlFrame()).parentFrame()!;

describe('an HTML artifact', () => {
	test('runs its own scripts, keeps what it stores, and jumps within itself', async () => {
		await open('counter');
		const frame = await htmlFrame();
		await shows(frame, 'Pressed 0 times');
		await frame.getByRole('button', { name: 'Press' }).click();
		await frame.getByRole('button', { name: 'Press' }).click();
		await shows(frame, 'Pressed 2 times');
		await frame.getByRole('link', { name: 'Down' }).click();
		await until('the jump', () => frame.evaluate(() => scrollY > 500));
		await frame.getByRole('button', { name: 'Submit' }).click({ force: true });
		await shows(frame, 'Submitted');
		await editor.screenshot('artifacts-html');
	});

	test('can be edited beside, and the preview follows', async () => {
		await editor.command('Quarterdeck: Edit Source');
		await editor.page.locator('.monaco-editor .view-lines').filter({ hasText: 'Counter' }).first().click();
		await editor.page.keyboard.press('Control+Home');
		await editor.page.keyboard.type('<h1>Edited by hand</h1>');
		const frame = await until('the edited page', async () => {
			for (const one of editor.page.frames()) {
				const text = await one
					.locator('body')
					.innerText()
					.catch(() => '');
				if (one.url().startsWith('about:srcdoc') && text.includes('Edited by hand')) return one;
			}
			return undefined;
		});
		expect(await frame.locator('h1').first().innerText()).toBe('Edited by hand');
		await editor.screenshot('artifacts-html-edited');
		await editor.command('View: Close All Editors');
		await editor.dialog().getByRole('button', { name: "Don't Save" }).click();
		await editor.dialog().waitFor({ state: 'detached' });
	});

	test('asks before it opens a link, and does not by itself', async () => {
		await open('links');
		const frame = await htmlFrame();
		await shows(frame, 'The script has pressed it');
		expect(await editor.dialog().count()).toBe(0);
		await frame.getByRole('link', { name: 'Elsewhere' }).click();
		await editor.dialog().filter({ hasText: 'example.invalid/elsewhere' }).waitFor();
		await editor.screenshot('artifacts-link');
		await editor.dialog().getByRole('button', { name: 'Cancel' }).click();
		await shows(frame, 'Elsewhere');
	});

	test('reaches neither the network, nor the webview around it, nor VS Code', async () => {
		await open('attacks');
		const frame = await htmlFrame();
		await shows(frame, 'all done');
		const said = JSON.parse(await frame.locator('#report').innerText()) as Record<string, string>;
		await editor.screenshot('artifacts-attacks');
		expect(said).toEqual(Object.fromEntries(Object.keys(said).map(name => [name, 'refused'])));
		expect(Object.keys(said).length).toBeGreaterThan(15);
		expect(post.visits).toEqual([]);
		await until('the note on what was left out', async () =>
			(await (await around()).getByRole('status').innerText()).includes(`127.0.0.1:${post.port}`),
		);
		expect(editor.page.url()).not.toContain(String(post.port));
	});

	test.each(Object.keys(departures('')))('cannot leave by %s', async name => {
		await open(name);
		const page = await until('the word that it tried', async () => {
			for (const frame of editor.page.frames()) {
				const text = await frame
					.locator('[role=status]')
					.innerText({ timeout: 100 })
					.catch(() => '');
				if (text.includes('tried to leave')) return frame;
			}
			return undefined;
		});
		expect(page.parentFrame()).not.toBeNull();
		expect(post.visits).toEqual([]);
	});

	test('is still there after the window was reloaded', async () => {
		await open('counter');
		await shows(await htmlFrame(), 'Pressed 0 times');
		await editorsWrittenDown(editor.page, 'htmlArtifact', 'localStorage');
		await editor.reload();
		chat = await editor.openChat();
		await shows(await htmlFrame(), 'Pressed 0 times');
	});
});

/** The page that shows the other kinds. */
const page = (): Promise<Frame> => editor.surface('artifact');

describe('other artifacts', () => {
	test.each(['svg', 'mermaid', 'chart', 'table', 'json', 'markdown'])('%s opens', async kind => {
		await open(kind);
		const frame = await page();
		await frame.locator(`.artifact-body.${kind}`).waitFor();
		// The first diagram waits for its thread; the ring that says so is an alert for screen readers too.
		await frame.locator('vscode-progress-ring').waitFor({ state: 'detached' });
		await editor.screenshot(`artifacts-${kind}`);
		expect(await frame.locator('[role=alert]').count()).toBe(0);
	});

	test('a picture runs no script of its own and loads nothing', async () => {
		await open('svg');
		const picture = (await page()).locator('img.artifact-picture');
		await until('the picture', () => picture.evaluate(image => (image as HTMLImageElement).naturalWidth > 0));
		expect(post.visits).toEqual([]);
	});

	test('a diagram is drawn in the window of its page, and one that is none says why', async () => {
		await open('mermaid');
		const picture = (await page()).locator('img[alt=Diagram]');
		await until('the diagram', () => picture.evaluate(image => (image as HTMLImageElement).naturalWidth > 50));
		await open('broken diagram');
		await (await page()).getByText('This diagram cannot be drawn').waitFor();
	});

	test('a huge diagram is drawn beside the page, which goes on meanwhile', async () => {
		await open('huge diagram');
		const frame = await page();
		await frame.getByRole('button', { name: 'Copy' }).first().click();
		await chat.send('show: nothing');
		await chat.shows('That was nothing.');
		const picture = frame.locator('img[alt=Diagram]');
		await until('the diagram', () => picture.evaluate(image => (image as HTMLImageElement).naturalWidth > 50), 60_000);
	});

	test('raw HTML in Markdown stays text', async () => {
		await open('markdown');
		const body = (await page()).locator('.artifact-body');
		await body.getByText('<script>').waitFor();
		expect(await body.locator('script, iframe, img').count()).toBe(0);
	});

	test('a preview of an open file follows it', async () => {
		await editor.command('View: Close All Editors');
		await editor.command('Go to File...');
		await editor.pickInput('fares.csv');
		await editor.page.locator('.monaco-editor .view-lines').filter({ hasText: 'Harbour' }).first().click();
		await editor.command('Quarterdeck: Show Preview of Open File');
		const frame = await page();
		await frame.getByText('3.20').waitFor();
		await editor.page.locator('.tab').filter({ hasText: 'fares.csv' }).first().click();
		await editor.page.locator('.monaco-editor .view-lines').filter({ hasText: 'Harbour' }).first().click();
		await editor.page.keyboard.press('Control+End');
		await editor.page.keyboard.type('Islands,=1+1');
		await editor.page.locator('.tab').filter({ hasText: 'Table' }).first().click();
		await (await page()).getByText('=1+1').waitFor();
	});

	test('is saved as a file', async () => {
		await open('table');
		await (await page()).getByRole('button', { name: /^Save as a file/ }).click();
		// The dialog looks at its folder first, and takes what is typed after that.
		await until('the name that is proposed', async () => (await editor.quickInput().inputValue()).endsWith('.csv'));
		await editor.answerInput(join(editor.place.folder, 'saved.csv'));
		const saved = await until('the file', () => {
			try {
				return readFileSync(join(editor.place.folder, 'saved.csv'), 'utf8');
			} catch {
				return undefined;
			}
		});
		expect(saved).toContain('=HYPERLINK');
	});
});
