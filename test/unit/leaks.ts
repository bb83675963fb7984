import { beforeEach } from 'vitest';
import { trackDisposables } from '../../src/core/base/lifecycle';

const open = new Map<object, Error>();

/**
 * A test that made a store and did not dispose it fails, and says where the store was made. The check is registered
 * first and therefore runs last, after what the test itself registered with `onTestFinished`.
 */
beforeEach(({ onTestFinished }) => {
	open.clear();
	trackDisposables({
		created: store => open.set(store, new Error('not disposed; made here')),
		released: store => open.delete(store),
	});
	onTestFinished(() => {
		trackDisposables(undefined);
		const [first] = open.values();
		const count = open.size;
		open.clear();
		if (first)
			throw new Error(`${count} disposable store${count === 1 ? '' : 's'} left by this test`, { cause: first });
	});
});
