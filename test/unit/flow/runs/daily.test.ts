import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../../src/core/base/clock';
import { silentLogger } from '../../../../src/core/base/logger';
import { Daily } from '../../../../src/extension/flow/daily';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const day = 24 * 3600_000;

test('works a while after the start and then every day, also after a failure, until it is disposed of', async () => {
	let count = 0;
	const warn = vi.fn();
	const daily = new Daily(systemClock, { ...silentLogger, warn }, () => {
		count++;
		return count === 1 ? Promise.reject(new Error('The disk is busy.')) : Promise.resolve();
	});
	await vi.advanceTimersByTimeAsync(10_000);
	expect(count).toBe(0);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(count).toBe(1);
	expect(warn).toHaveBeenCalledWith('The disk is busy.');
	await vi.advanceTimersByTimeAsync(day);
	expect(count).toBe(2);
	daily.dispose();
	await vi.advanceTimersByTimeAsync(3 * day);
	expect(count).toBe(2);
});
