// What is waited for comes at once where all is well; a machine that is busy with something else must not fail a test.
import { vi } from 'vitest';

/** Below the limit of a test, so that the condition is what a failure names. */
const patience = { timeout: 60_000, interval: 20 };
const { waitFor, waitUntil } = vi;
type Options = number | { readonly timeout?: number; readonly interval?: number };

const patient = (options: Options = {}): Options =>
	typeof options === 'number' ? options : { ...patience, ...options };

vi.waitFor = (callback, options) => waitFor(callback, patient(options));
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options));
