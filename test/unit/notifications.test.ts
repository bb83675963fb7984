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

test('no notification shows words of others in which VS Code would find links that run commands', () => {
	const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
	expect(files.flatMap(rawNotices)).toEqual([]);
});
