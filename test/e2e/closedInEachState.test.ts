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

describe('a window that is closed by a reload leaves no process', () => {
	test.each(Object.keys(cliStates))('while its CLI is %s', async state => {
		await enter(state, editor);
		await editor.reload();
		await noneLeft(editor);
	});
});
