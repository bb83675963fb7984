import { expect, test } from 'vitest';
import { linkedFile } from '../../../src/core/dashboard/noteLink';

test('a link of a note means a file of the workspace, and none outside of it', () => {
	const links = ['docs/a.md#top', './a.md', '/a.md', 'docs/../a.md', 'a b.md'];
	expect(links.map(linkedFile)).toEqual(['docs/a.md', 'a.md', 'a.md', 'a.md', 'a b.md']);
	const others = ['../a', 'docs/../../a', '..\\..\\a', '..', '', '#top', 'command:x', 'file:///etc/passwd', 'C:\\a'];
	// One letter and a colon is a drive, and below the folder no file.
	expect(others.map(linkedFile)).toEqual(others.map(link => (link === 'C:\\a' ? 'C:/a' : undefined)));
});
