import { setTimeout as delay } from 'node:timers/promises';

/** A page that is drawn anew while it is looked at, as after a reload, is looked at again. */
const isGone = /Frame was detached|Execution context was destroyed/;

/**
 * Waits until `look` gives a value, and fails with what was waited for. Looks again every 50 ms. The limit, milliseconds,
 * is for what never comes: a busy machine may take long.
 */
export async function until<T>(
	what: string,
	look: () => Promise<T | undefined | false> | T | undefined | false,
	ms = 45_000,
): Promise<T> {
	const end = Date.now() + ms;
	for (;;) {
		const value = await looked(look);
		if (value !== undefined && value !== false) return value;
		if (Date.now() > end) throw new Error(`Waited ${ms} ms for ${what}`);
		await delay(50);
	}
}

async function looked<T>(look: () => Promise<T> | T): Promise<T | undefined> {
	try {
		return await look();
	} catch (error) {
		if (error instanceof Error && isGone.test(error.message)) return undefined;
		throw error;
	}
}
