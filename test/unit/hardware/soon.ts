import { expect } from 'vitest';

/** Waits until a value is as it should be, also on a machine that has much else to do. */
export function soon<T>(read: () => T) {
	return expect.poll(read, { timeout: 20_000, interval: 5 });
}
