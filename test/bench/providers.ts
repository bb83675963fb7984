// From a model server's socket to the chat page: how soon the first word shows, and how many tokens a second get through.
import { join } from 'node:path';
import OpenAI from 'openai';
import type { Page } from 'playwright-core';
import { Deferred } from '../../src/core/base/async';
import type { Conversation } from '../../src/core/chat/conversation';
import { OpenAiCompatibleProvider } from '../../src/core/providers/openaiCompatible';
import { findPreset } from '../../src/core/providers/presets';
import { buildPage, launchBrowser } from '../webview/gallery/browser.ts';
import type { ChatBench } from './chatParts/page.ts';
import { median, type PrintLine } from './line.ts';
import { openPath, type WholePath } from './providersParts/path';
import { BenchServer, token } from './providersParts/server';

/** What one row of the chat holds; a longer answer is cut there. */
const tokens = 8_000;
const rounds = 5;
const firstRounds = 15;

type WithBench = typeof globalThis & { readonly bench: ChatBench };

/** Prints the figures of the way of an answer. */
export async function run(print: PrintLine): Promise<void> {
	const server = await BenchServer.start();
	const path = await openPath(server.url);
	try {
		await throughput(print, server, path);
		await firstCharacter(print, server, path);
	} finally {
		await path.close();
		await server.stop();
	}
}

/** Tokens a second of the package alone, of our adapter, and of the whole way to the rows of a conversation. */
async function throughput(print: PrintLine, server: BenchServer, { conversation }: WholePath): Promise<void> {
	const raw: number[] = [];
	const adapter: number[] = [];
	const whole: number[] = [];
	const ways: readonly (readonly [number[], () => Promise<void>])[] = [
		[raw, () => withPackage(server.url)],
		[adapter, () => withAdapter(server.url)],
		[whole, () => ask(conversation)],
	];
	// The first round of each loads and compiles what it needs.
	for (let round = 0; round <= rounds; round++)
		for (const [figures, way] of ways) {
			const begun = new Deferred<number>();
			server.answer = { tokens, onFirst: () => begun.resolve(performance.now()) };
			await way();
			const seconds = (performance.now() - (await begun.promise)) / 1000;
			if (round > 0) figures.push(tokens / seconds);
		}
	const baseline = Math.round(median(raw));
	const line = (metric: string, figures: readonly number[]): void => {
		const value = Math.round(median(figures));
		print({
			bench: 'providers',
			metric,
			value,
			unit: 'tokens/s',
			baseline,
			ratio: Number((value / baseline).toFixed(3)),
		});
	};
	line('adapter_tokens_per_s', adapter);
	line('tokens_per_s', whole);
}

async function withPackage(baseURL: string): Promise<void> {
	const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
	const stream = await client.chat.completions.create({
		model: 'bench',
		stream: true,
		messages: [{ role: 'user', content: 'Go' }],
	});
	let text = '';
	for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
	check(text);
}

async function withAdapter(baseUrl: string): Promise<void> {
	const provider = new OpenAiCompatibleProvider({ id: 'bench', label: 'Bench', preset: findPreset('other'), baseUrl });
	const { signal } = new AbortController();
	const messages = [{ role: 'user', parts: [{ type: 'text', text: 'Go' }] }] as const;
	let text = '';
	for await (const event of provider.stream({ model: 'bench', messages, signal }))
		if (event.type === 'text') text += event.text;
	check(text);
}

async function ask(conversation: Conversation): Promise<void> {
	await answered(conversation);
	const last = conversation.snapshot(100).items.findLast(item => item.kind === 'text');
	check(last && 'text' in last ? last.text : '');
}

/** Sends a prompt and resolves when its turn is over. */
async function answered(conversation: Conversation): Promise<void> {
	const over = new Deferred<void>();
	const listening = conversation.onDidChange(() => {
		if (!conversation.isBusy) over.resolve();
	});
	conversation.send('Go', []);
	await over.promise;
	listening.dispose();
}

function check(text: string): void {
	if (!text.endsWith(token(tokens - 1))) throw new Error(`The answer is not whole: …${text.slice(-40)}`);
}

/**
 * Milliseconds from the first token on the socket until the conversation tells its pages of it, and until a frame of the
 * real chat page shows it. The change is handed to the browser by the test's own channel, which takes part of that time.
 */
async function firstCharacter(print: PrintLine, server: BenchServer, { conversation }: WholePath): Promise<void> {
	const built = await buildPage(join(import.meta.dirname, 'chatParts/page.ts'));
	const browser = await launchBrowser();
	try {
		const page = await browser.newPage({ viewport: { width: 420, height: 800 } });
		await page.goto(built.url);
		await page.waitForFunction(() => (globalThis as WithBench).bench.rows() > 3);
		const host: number[] = [];
		const shown: number[] = [];
		for (let round = 0; round < firstRounds; round++) {
			const [toHost, toPage] = await firstRound(page, server, conversation, ` first${round}`);
			host.push(toHost);
			shown.push(toPage);
		}
		const line = (metric: string, figures: readonly number[]): void =>
			print({ bench: 'providers', metric, value: Math.round(median(figures) * 10) / 10, unit: 'ms' });
		line('first_char_host_ms', host);
		line('first_char_ms', shown);
	} finally {
		await browser.close();
		built.dispose();
	}
}

async function firstRound(
	page: Page,
	server: BenchServer,
	conversation: Conversation,
	word: string,
): Promise<readonly [number, number]> {
	const [begun, told, seen] = [new Deferred<number>(), new Deferred<number>(), new Deferred<void>()];
	server.answer = { tokens: 2, onFirst: () => begun.resolve(performance.now()), after: seen.promise };
	const listening = conversation.onDidChange(({ items }) => {
		const hasText = items.some(
			change =>
				(change.op === 'append' && change.text !== '') ||
				(change.op === 'add' && change.item.kind === 'text' && change.item.text !== ''),
		);
		if (hasText && !told.isSettled) told.resolve(performance.now());
	});
	const turn = answered(conversation);
	const start = await begun.promise;
	const toHost = (await told.promise) - start;
	await page.evaluate(text => (globalThis as WithBench).bench.show(text), word);
	const toPage = performance.now() - start;
	seen.resolve();
	await turn;
	listening.dispose();
	return [toHost, toPage];
}
