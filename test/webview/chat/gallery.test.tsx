import { afterEach, expect, test, vi } from 'vitest';
import { scenes } from '../gallery/scenes';
import { openChat } from './page';

afterEach(() => vi.restoreAllMocks());

test.each(Object.entries(scenes))(
	'the scene “%s” is drawn without an error, and every button has a name',
	async (_, scene) => {
		const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
		await openChat(scene.snapshot);
		expect(errors.mock.calls).toEqual([]);
		const nameless = [...document.querySelectorAll('button')].filter(
			button => !button.textContent && !button.getAttribute('aria-label'),
		);
		expect(nameless).toEqual([]);
	},
);
