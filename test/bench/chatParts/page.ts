// Runs in the browser: the real chat page on a conversation of 10,000 messages, and what the bench measures in it.
import type { ChatItem } from '../../../src/core/chat/items';
import { createFakeHost } from '../../webview/gallery/fakeHost';
import { snapshot, text, tool, turn, user, view } from '../../webview/gallery/items';
import themes from '../../webview/gallery/themes.json';

const messageCount = 10_000;
const batchMs = 50;
const tokensPerSecond = 50;

for (const [name, value] of Object.entries(themes.dark)) document.documentElement.style.setProperty(name, value);

const words = 'The parser reads the text once and keeps what it found in an array that is sorted by name. ';

/** Messages as a day of work makes them: prompts, answers with code, tool calls with diffs and output. */
function conversation(): readonly ChatItem[] {
	const makers: readonly ((at: number) => ChatItem)[] = [
		at => user(`Question ${at}: why is \`module${at}\` slow?`),
		at => text(`Because of **line ${at}**.\n\n${words.repeat(1 + (at % 5))}\n\n- one\n- two\n`),
		at => tool('Bash', { command: `npm test -- module${at}` }, { output: `ok ${at}\n`.repeat(20) }),
		at => tool('Edit', { file_path: `/w/src/module${at}.ts` }, { diff: `@@ -${at} +${at} @@\n a\n-b\n+c\n d` }),
		at => text(`Done.\n\n\`\`\`ts\nexport function step${at}(): number {\n\treturn ${at};\n}\n\`\`\`\n`),
		() => turn(),
	];
	return Array.from({ length: messageCount }, (_, at) => makers[at % makers.length]?.(at) ?? user(''));
}

const answer = text('', { isStreaming: true });
const host = createFakeHost(
	snapshot([...conversation(), answer], { conversation: view({ status: 'running', turnStartedAt: Date.now() }) }),
);
Object.assign(globalThis, { acquireVsCodeApi: () => host.api });

export interface Frames {
	readonly fps: number;
	/** Share of frames whose middle showed no row, in percent. */
	readonly blankPercent: number;
}

/** Counts frames for some seconds, doing `work` in each. */
async function countFrames(seconds: number, work: (frame: number) => void): Promise<Frames> {
	const start = performance.now();
	let frames = 0;
	let blank = 0;
	return new Promise(resolve => {
		const step = (): void => {
			frames++;
			const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
			if (!middle?.closest('.row')) blank++;
			const elapsed = performance.now() - start;
			if (elapsed >= seconds * 1000)
				return resolve({ fps: (frames * 1000) / elapsed, blankPercent: (blank * 100) / frames });
			work(frames);
			requestAnimationFrame(step);
		};
		requestAnimationFrame(step);
	});
}

/** Milliseconds from the arrival of a word to the frame that has it in the document. */
function paintDelay(word: string): Promise<number> {
	const start = performance.now();
	return new Promise(resolve => {
		const look = (): void => {
			const delay = performance.now() - start;
			const shown = [...document.querySelectorAll('.row-text')].at(-1)?.textContent ?? '';
			// A word that never shows is a bad figure, not an endless run.
			if (shown.includes(word) || delay > 5000) return resolve(delay);
			requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	});
}

const bench = {
	/** Frames while tokens arrive in batches, and how long each batch took to be in a frame. */
	async stream(seconds: number): Promise<Frames & { readonly delays: readonly number[] }> {
		const delays: Promise<number>[] = [];
		const start = performance.now();
		let sent = 0;
		const timer = setInterval(() => {
			const due = Math.floor(((performance.now() - start) / 1000) * tokensPerSecond);
			let batch = '';
			for (; sent < due; sent++) batch += `${sent % 40 === 0 ? '.\n\n' : ' '}word${sent}`;
			if (batch === '') return;
			host.change([{ op: 'append', id: answer.id, text: batch }]);
			delays.push(paintDelay(`word${sent - 1}`));
		}, batchMs);
		const frames = await countFrames(seconds, () => undefined);
		clearInterval(timer);
		return { ...frames, delays: (await Promise.all(delays)).sort((a, b) => a - b) };
	},
	/** Shows one more word; resolves with the milliseconds until a frame has it. */
	show(word: string): Promise<number> {
		host.change([{ op: 'append', id: answer.id, text: word }]);
		return paintDelay(word.trim());
	},
	/** Frames while the conversation is scrolled up, as a fast wheel does it. */
	scroll(seconds: number): Promise<Frames> {
		const scroller = document.querySelector<HTMLElement>('.scroller');
		return countFrames(seconds, () => scroller?.scrollBy(0, -100));
	},
	rows: (): number => document.querySelectorAll('.row').length,
};
export type ChatBench = typeof bench;
Object.assign(globalThis, { bench });

import('../../../src/webviews/chat/main').catch((error: unknown) => console.error(error));
