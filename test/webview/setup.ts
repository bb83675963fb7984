// What jsdom lacks and pages need. Sizes are made up: nothing here is about layout.
import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

class NoObserver {
	observe(): void {}
	unobserve(): void {}
	disconnect(): void {}
	takeRecords(): [] {
		return [];
	}
}

vi.stubGlobal('ResizeObserver', NoObserver);
vi.stubGlobal('IntersectionObserver', NoObserver);
vi.stubGlobal(
	'DOMMatrixReadOnly',
	class {
		m22 = 1;
	},
);
vi.stubGlobal('matchMedia', (query: string) => ({
	matches: false,
	media: query,
	addEventListener: () => undefined,
	removeEventListener: () => undefined,
	addListener: () => undefined,
	removeListener: () => undefined,
	dispatchEvent: () => false,
}));
// Tests that drive a real browser run in Node's own environment, without a document.
if (typeof Element !== 'undefined') {
	Element.prototype.scrollIntoView = () => undefined;
	Element.prototype.scrollTo = () => undefined;
}

// Found at once where all is well; a machine that is busy with something else must not fail a test.
configure({ asyncUtilTimeout: 60_000 });

afterEach(() => cleanup());
