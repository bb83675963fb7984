import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const folder = resolve(import.meta.dirname, '../../src/extension');

/** Notifications of a file whose words are put together, and shown without `unlinked`. */
function rawNotices(name: string): readonly string[] {
	const text = readFileSync(join(folder, name), 'utf8');
	const notices = [...text.matchAll(/\bshow(?:Information|Warning|Error)Message\(\s*/g)];
	return notices.flatMap(({ index, 0: { length } }) => {
		const call = text.slice(index + length, text.indexOf(';\n', index));
		const isFixed = /^(?:'[^']*'|`[^`$]*`)/.test(call);
		// VS Code's own modal shows text as it is.
		const isModal = /\bmodal\b/.test(call);
		if (isFixed || isModal || call.startsWith('unlinked(')) return [];
		return [`${name}:${text.slice(0, index).split('\n').length}`];
	});
}

/** Notifications of something that goes on: their titles, and what they are told meanwhile. */
function rawProgress(name: string): readonly string[] {
	const text = readFileSync(join(folder, name), 'utf8');
	const inNotifications = [...text.matchAll(/\bProgressLocation\.Notification,\s*title: /g)];
	const told = inNotifications.length === 0 ? [] : [...text.matchAll(/\breport\(\{ (?:message: )?/g)];
	return [...inNotifications, ...told].flatMap(({ index, 0: { length } }) => {
		const words = text.slice(index + length, index + length + 200);
		if (/^(?:'[^']*'|`[^`$]*`|unlinked\()/.test(words)) return [];
		return [`${name}:${text.slice(0, index).split('\n').length}`];
	});
}

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));

test('every box that is typed into stays when the focus goes elsewhere', () => {
	const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
	expect(files.filter(name => /\bshowInputBox\b/.test(read(name)))).toEqual([join('host', 'askText.ts')]);
	expect(files.filter(name => /\bcreateInputBox\b/.test(read(name)) && !/\bignoreFocusOut\b/.test(read(name)))).toEqual(
		[],
	);
});

test('no notification shows words of others in which VS Code would find links that run commands', () => {
	expect(files.flatMap(rawNotices)).toEqual([]);
	expect(files.flatMap(rawProgress)).toEqual([]);
});
