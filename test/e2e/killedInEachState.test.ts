import { afterAll, beforeAll, describe, inject, test } from 'vitest';
import { cliStates, enter, noneLeft } from './driver/cliStates.ts';
import { Editor } from './driver/editor.ts';
import { obedient } from './driver/script.ts';

let editor: Editor;

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), script: obedient });
});

afterAll(async () => {
	await editor?.close();
});

describe('a window that is killed leaves no process', () => {
	test.each(Object.keys(cliStates))('while its CLI is %s', async state => {
		if (state !== Object.keys(cliStates)[0]) {
			await editor.page.reload();
			await editor.drawn();
		}
		await enter(state, editor);
		editor.killHost();
		await noneLeft(editor);
	});
});
