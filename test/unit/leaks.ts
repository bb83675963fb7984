import { afterEach, beforeEach } from 'vitest';
import { trackDisposables } from '../../src/core/base/lifecycle';

const open = new Map<object, Error>();

/** A test that made a store and did not dispose it fails, and says where the store was made. */
beforeEach(() => {
	open.clear();
	trackDisposables({
		created: store => open.set(store, new Error('not disposed; made here')),
		released: store => open.delete(store),
	});
});

afterEach(() => {
	trackDisposables(undefined);
	const [first] = open.values();
	const count = open.size;
	open.clear();
	if (first) throw new Error(`${count} disposable store${count === 1 ? '' : 's'} left by this test`, { cause: first });
});
