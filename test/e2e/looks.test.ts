import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { say } from '../fakes/messages/reply.ts';
import type { ChatPage } from './driver/chatPage.ts';
import { Editor, type Theme } from './driver/editor.ts';
import { obedient } from './driver/script.ts';
import { until } from './driver/until.ts';

let editor: Editor;
let chat: ChatPage;

const themes: readonly Theme[] = ['light', 'dark', 'contrast'];

/** What an answer may hold: a heading, a list, a table, inline code, a long word, code with a long line. */
const answer = `## Where the fares come from

1. \`src/fares.js\` reads the **tariff** and rounds to whole cents.
2. \`src/receipt.js\` prints it, see [the readme](README.md).

| Zone | Adult | Child |
| --- | ---: | ---: |
| Harbour | 3.20 | 1.60 |
| Islands, return | 12.80 | 6.40 |

A word without end: \`averyveryveryveryveryveryveryveryverylongidentifierWithoutAnyPlaceToBreakIt\`.

\`\`\`js
export function fare(zone, isChild) {
	const base = tariff[zone] ?? fail(\`No tariff for zone "\${zone}", which the caller should have checked before\`);
	return isChild ? Math.round(base / 2) : base; // in cents
}
\`\`\`
`;

beforeAll(async () => {
	editor = await Editor.start({
		extensions: inject('extensions'),
		script: request => (request.userText.trim().endsWith('Explain the fares') ? say(answer) : obedient(request)),
		settings: { 'quarterdeck.review.openDiff': false },
	});
	chat = await editor.openChat();
});

afterAll(async () => {
	await editor?.close();
});

const idle = (): Promise<void> => chat.button('Stop (Escape)').waitFor({ state: 'detached' });

/** Nothing of a page may have to be scrolled sideways but code and tables, which scroll by themselves. */
async function fits(frame: Frame): Promise<void> {
	const wide = await frame.evaluate(() => {
		const page = document.documentElement;
		const roots = [page, document.body, ...document.querySelectorAll('#root, .chat, .message-list')];
		return roots.filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.className || part.tagName);
	});
	expect(wide).toEqual([]);
}

async function pictures(name: string): Promise<void> {
	for (const theme of themes) {
		await editor.setTheme(theme);
		// The pointer away from the activity bar, whose hover would cover the chat.
		await editor.page.mouse.move(900, 500);
		await editor.screenshot(`${name}-${theme}`);
	}
}

describe('at 300 pixels', () => {
	test('the chat is that narrow', async () => {
		await chat.composer().waitFor();
		const width = await chat.frame.evaluate(() => window.innerWidth);
		expect(width).toBeLessThanOrEqual(302);
		expect(width).toBeGreaterThan(250);
	});

	test('an empty chat fits, and its composer is in view', async () => {
		await fits(chat.frame);
		expect(await chat.composer().isVisible()).toBe(true);
		await pictures('looks-empty');
	});

	test('a conversation with code, a table, tools and thoughts fits', async () => {
		await chat.send('think');
		await chat.shows('I have thought about it.');
		await idle();
		await chat.send(`read: ${editor.place.folder}/src/fares.js`);
		await chat.shows('The tool said:');
		await idle();
		await chat.send('Explain the fares');
		await chat.shows('in cents');
		await idle();
		await fits(chat.frame);
		expect(await chat.composer().isVisible()).toBe(true);
		await pictures('looks-conversation');
	});

	test('an approval fits, and can be decided without scrolling', async () => {
		await chat.send(
			`write: ${editor.place.folder}/src/season.js = // Winter is from November to March, and the boats go twice a day`,
		);
		await chat.button('Allow once').waitFor();
		await fits(chat.frame);
		const button = await chat.button('Allow once').boundingBox();
		const composer = await chat.composer().boundingBox();
		expect((button?.y ?? 0) + (button?.height ?? 0)).toBeLessThan(composer?.y ?? 0);
		await pictures('looks-approval');
		await chat.button('Allow once').press('Enter');
		await idle();
	});

	test('the trees fit their rows into the sidebar', async () => {
		await editor.rows('Executions');
		await editor.rows('Costs');
		const header = editor.pane('Chat').locator('.pane-header');
		await header.press('Enter');
		await pictures('looks-trees');
		await header.press('Enter');
	});
});

describe('as an editor tab', () => {
	test('the conversation uses the width without lines that are too long to read', async () => {
		await editor.command('Quarterdeck: Open Conversation in Editor');
		await editor.page.locator('.tab').filter({ hasText: 'think' }).waitFor();
		// By its button: a new page takes the focus from the palette.
		await editor.page.locator('.titlebar [aria-label^="Toggle Primary Side Bar"]').first().click();
		await until('a hidden sidebar', () => chat.frame.isDetached());
		const tab = await editor.surface('chat');
		await tab.getByLabel('Message to Claude').first().waitFor();
		await fits(tab);
		const width = await tab
			.locator('.message')
			.last()
			.evaluate(part => part.getBoundingClientRect().width);
		expect(width).toBeLessThan(1000);
		await pictures('looks-tab');
	});
});
