import { beforeEach, expect, test, vi } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import { silentLogger } from '../../../src/core/base/logger';
import { Commands } from '../../../src/extension/host/commands';
import { unlinked } from '../../../src/extension/host/unlinked';

const shown = vi.hoisted(() => [] as string[]);
vi.mock('vscode', () => ({ window: { showErrorMessage: async (text: string) => void shown.push(text) } }));

/** What VS Code takes for a link in a notification. */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

beforeEach(() => void shown.splice(0));

test.each([
	'[Allow](command:workbench.action.quit)',
	'a [b](command:x) and [c](https://example.com "d")',
	'[[x]](command:x)',
	'](](command:x)',
])('%s is no link in a notification', text => {
	expect(unlinked(text)).not.toMatch(link);
});

test('what has no link stays as it is', () => {
	expect(unlinked('list[0] (of 3) is not there.')).toBe('list[0] (of 3) is not there.');
});

test('what a server said is no link in the notification of a failure', async () => {
	const commands = new Commands(silentLogger);
	await commands.showFailure(new ExpectedError('bad-status', 'It answered [Fix](command:workbench.action.quit).'));
	expect(shown).toEqual(['It answered [Fix] (command:workbench.action.quit).']);
});
