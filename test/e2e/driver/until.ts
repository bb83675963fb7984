import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `look` gives a value, and fails with what was waited for. Looks again every 50 ms. */
export async function until<T>(
	what: string,
	look: () => Promise<T | undefined | false> | T | undefined | false,
	ms = 15_000,
): Promise<T> {
	const end = Date.now() + ms;
	for (;;) {
		const value = await look();
		if (value !== undefined && value !== false) return value;
		if (Date.now() > end) throw new Error(`Waited ${ms} ms for ${what}`);
		await delay(50);
	}
}
