import type { Frame, Locator } from 'playwright-core';
import { until } from './until.ts';

/** The chat's page, driven as a person does: by roles and names. */
export class ChatPage {
	readonly frame: Frame;

	constructor(frame: Frame) {
		this.frame = frame;
	}

	/** The box in which a message is written. */
	composer(): Locator {
		return this.frame.getByLabel(/^Message to /).first();
	}

	/** Writes a message and sends it with Enter. */
	async send(text: string): Promise<void> {
		await this.composer().fill(text);
		await this.composer().press('Enter');
	}

	/** What the page shows as text. */
	text(): Promise<string> {
		return this.frame.locator('#root').innerText();
	}

	/** Resolves when the page shows this text. */
	async shows(text: string | RegExp, ms = 60_000): Promise<void> {
		await until(
			`the chat to show ${String(text)}`,
			async () => {
				const shown = await this.text();
				return typeof text === 'string' ? shown.includes(text) : text.test(shown);
			},
			ms,
		);
	}

	button(name: string | RegExp): Locator {
		return this.frame.getByRole('button', { name }).first();
	}
}
