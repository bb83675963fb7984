import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Deferred } from '../../../src/core/base/async';
import { ExpectedError } from '../../../src/core/base/errors';
import { answerTextLimit, type AttachmentView } from '../../../src/core/chat/items';
import { approval, conversationId, notice, snapshot, text, tool, turn, user, view } from '../gallery/items';
import { openChat } from './page';

afterEach(() => vi.restoreAllMocks());

const composer = (): HTMLTextAreaElement => screen.getByLabelText('Message to Claude');
const press = (name: string | RegExp): void => {
	fireEvent.click(screen.getByText(name));
};

describe('answers', () => {
	test('stream as plain text and become Markdown block by block', async () => {
		const answer = text('**Bold**\n\nstill **open', { isStreaming: true });
		const page = await openChat(snapshot([user('Hi'), answer]));
		expect(screen.getByText('Bold').tagName).toBe('STRONG');
		expect(screen.getByText('still **open')).toBeTruthy();
		act(() => page.host.change([{ op: 'append', id: answer.id, text: '**' }]));
		act(() =>
			page.host.change([
				{ op: 'replace', item: { ...answer, text: '**Bold**\n\nstill **open**', isStreaming: false } },
			]),
		);
		expect(screen.getByText('open').tagName).toBe('STRONG');
	});

	test('load nothing remote, run no HTML, and open links through the host', async () => {
		const page = await openChat(
			snapshot([
				text(
					'![cat](https://x.y/cat.png) <img src=x onerror=alert(1)> [site](https://x.y) [code](src/a.ts#L3) [bad](javascript:alert(1))',
				),
			]),
		);
		expect(document.querySelector('img')).toBeNull();
		press('Image: cat');
		press('site');
		press('code');
		press('bad');
		await waitFor(() => expect(page.asked('openFile')).toEqual([{ path: 'src/a.ts', line: 3 }]));
		expect(page.asked('openLink')).toEqual([{ href: 'https://x.y/cat.png' }, { href: 'https://x.y' }]);
	});

	test('offer what can be done with code', async () => {
		const page = await openChat(snapshot([text('```ts\nconst a = 1;\n```')]));
		for (const label of ['Copy', 'Insert at cursor', 'Apply to the open file as a diff', 'Open as a new file'])
			fireEvent.click(screen.getByLabelText(label));
		await screen.findByLabelText('Copied');
		expect(page.host.calls.filter(call => call.name !== 'open' && call.name !== 'saveDraft')).toEqual([
			{ name: 'copy', params: { text: 'const a = 1;' } },
			{ name: 'insertAtCursor', params: { text: 'const a = 1;' } },
			{ name: 'applyAsDiff', params: { text: 'const a = 1;', language: 'ts' } },
			{ name: 'openAsFile', params: { text: 'const a = 1;', language: 'ts' } },
		]);
	});
});

describe('rows', () => {
	test('of long answers are whole before their code can be copied, and short ones offer nothing more', async () => {
		const whole = `Look:\n\n\`\`\`html\n${'<p>row</p>\n'.repeat(8_000)}\`\`\`\n\nThat was it.`;
		const page = await openChat(snapshot([text('Short. '.repeat(3_000)), text(whole.slice(0, answerTextLimit))]));
		page.host.answer({
			fullText: ({ offset, length }) => ({ text: whole.slice(offset, offset + length), total: whole.length }),
		});
		expect(screen.getAllByText('Show more')).toHaveLength(1);
		expect(screen.queryByLabelText('Open preview')).toBeNull();
		press('Show more');
		fireEvent.click(await screen.findByLabelText('Open preview'));
		await screen.findByText('That was it.');
		expect(page.asked('openArtifact')).toEqual([{ text: '<p>row</p>\n'.repeat(8_000).trimEnd(), language: 'html' }]);
		expect(screen.queryByText('Show more')).toBeNull();
	});

	test('of long output show their beginning, more of it, and an editor', async () => {
		const output = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n');
		const page = await openChat(
			snapshot([tool('Bash', { command: 'ls' }, { output, outputTotal: 90_000, state: 'failed' })]),
		);
		expect(screen.queryByText(/line 30/)).toBeNull();
		press(/Show more/);
		await screen.findByText(/line 30/);
		press(/Show more/);
		await waitFor(() =>
			expect(page.asked('fullText')).toEqual([
				{
					conversation: conversationId,
					item: expect.any(String),
					part: 'output',
					offset: output.length,
					length: 50_000,
				},
			]),
		);
		press('Open in editor');
		await waitFor(() => expect(page.asked('openInEditor')).toHaveLength(1));
	});

	test('are folded and unfolded, which a reload keeps', async () => {
		const call = tool('Grep', { pattern: 'x' }, { output: 'found it' });
		const page = await openChat(snapshot([call]));
		expect(screen.queryByText('found it')).toBeNull();
		fireEvent.click(screen.getByRole('button', { name: /^Grep/ }));
		expect(await screen.findByText('found it')).toBeTruthy();
		page.saved.flush();
		const stored = page.host.api.getState();
		page.unmount();
		await openChat(snapshot([call]), stored);
		expect(await screen.findByText('found it')).toBeTruthy();
	});

	test('close a turn with its cost and its changes', async () => {
		const page = await openChat(
			snapshot([turn({ changedFiles: ['/w/a.ts', '/w/b.ts'] }), turn({ cost: null, basis: 'unpriced' })]),
		);
		expect(screen.getByText('$0.0234')).toBeTruthy();
		expect(screen.getByText('cost unknown')).toBeTruthy();
		press('Show changes');
		await waitFor(() =>
			expect(page.asked('openTurnDiff')).toEqual([{ conversation: conversationId, execution: 'execution-1' }]),
		);
	});

	test('of notices carry their actions', async () => {
		const action = { title: 'Sign in', command: 'quarterdeck.signIn' };
		const page = await openChat(
			snapshot([notice('Not signed in', { level: 'error', details: '401', actions: [action] })]),
		);
		press('Show details');
		expect(screen.getByText('401')).toBeTruthy();
		press('Sign in');
		await waitFor(() => expect(page.asked('runAction')).toEqual([{ action }]));
	});

	test('of notices show commands as such', async () => {
		await openChat(snapshot([notice('It is not running. Start it with `ollama serve` or its app.')]));
		expect(screen.getByText('ollama serve').tagName).toBe('CODE');
	});

	test('of the user can be sent again, forked, and taken back after a look at what would change', async () => {
		const page = await openChat(snapshot([user('Fix it')]));
		fireEvent.click(screen.getByLabelText('Edit and retry'));
		const area = screen.getByLabelText('Edit the prompt');
		fireEvent.change(area, { target: { value: 'Fix it well' } });
		fireEvent.keyDown(area, { key: 'Enter' });
		await waitFor(() => expect(page.asked('retry')).toMatchObject([{ text: 'Fix it well' }]));
		fireEvent.click(await screen.findByLabelText('Restore files to here'));
		fireEvent.click(await screen.findByText('Restore 1 file'));
		await screen.findByText(/^Restored 1 file/);
		expect(page.asked('restoreFiles')).toMatchObject([{ isDryRun: true }, { isDryRun: false }]);
		press('Close');
		fireEvent.click(screen.getByLabelText('Fork from here'));
		await waitFor(() => expect(page.asked('fork')).toHaveLength(1));
	});

	test('offer nothing that would change a conversation which another window runs', async () => {
		await openChat(snapshot([user('Fix it')], { conversation: view({ status: 'running', readOnly: 'Elsewhere.' }) }));
		expect(screen.getByLabelText('Copy')).toBeTruthy();
		for (const label of ['Edit and retry', 'Fork from here', 'Restore files to here'])
			expect(screen.queryByLabelText(label)).toBeNull();
	});

	test('cannot turn the direction of a line unseen, nor can answers', async () => {
		await openChat(snapshot([user('run \u202Eexe.txt'), text('see \u2066here\u2069')]));
		expect(screen.getByText('run ⟨U+202E⟩exe.txt')).toBeTruthy();
		expect(screen.getByText('see ⟨U+2066⟩here⟨U+2069⟩')).toBeTruthy();
	});

	test('that are queued can be changed and dropped', async () => {
		const page = await openChat(
			snapshot([user('Later', { state: 'queued' })], { conversation: view({ status: 'running' }) }),
		);
		fireEvent.click(screen.getByLabelText('Edit the queued prompt'));
		fireEvent.keyDown(screen.getByLabelText('Edit the prompt'), { key: 'Enter' });
		fireEvent.click(await screen.findByLabelText('Drop the queued prompt'));
		await waitFor(() => expect(page.asked('editQueued')).toMatchObject([{ text: 'Later' }, { text: null }]));
	});
});

const ask = (
	over: Parameters<typeof approval>[0],
	name = 'Bash',
	input: Parameters<typeof tool>[1] = {},
): ReturnType<typeof openChat> =>
	openChat(
		snapshot([tool(name, input, { state: 'waiting', approval: approval({ id: 'a1' as never, ...over }) })], {
			conversation: view({ status: 'waiting' }),
		}),
	);

test('a call shows what its sub-agent is doing', async () => {
	await openChat(snapshot([tool('Task', { description: 'Look' }, { state: 'running', progress: 'Reading 4 files' })]));
	expect(screen.getByText('Reading 4 files')).toBeTruthy();
});

describe('decisions', () => {
	test('YELLOW: only the offered allowances', async () => {
		const page = await ask({ grants: ['once', 'session'] });
		expect(screen.queryByText('Allow in this workspace')).toBeNull();
		press('Allow for this session');
		await waitFor(() =>
			expect(page.asked('decide')).toEqual([{ approval: 'a1', decision: { outcome: 'allow', scope: 'session' } }]),
		);
	});

	test('ORANGE: nothing before the word', async () => {
		const page = await ask({ tier: 'ORANGE', word: 'harbour', grants: ['once'] });
		press('Allow once');
		expect(page.asked('decide')).toEqual([]);
		const field = (await screen.findByLabelText('Type harbour to allow')) as HTMLInputElement;
		field.value = 'harbour';
		fireEvent.input(field);
		press('Allow once');
		await waitFor(() =>
			expect(page.asked('decide')).toEqual([
				{ approval: 'a1', decision: { outcome: 'allow', scope: 'once', word: 'harbour' } },
			]),
		);
	});

	test('RED: says that a window follows', async () => {
		await ask({ tier: 'RED', grants: ['once'], needsModal: true, effect: 'git push --force' });
		expect(screen.getByText('git push --force')).toBeTruthy();
		expect(screen.getByText('RED')).toBeTruthy();
		expect(screen.getByText('Allow…')).toBeTruthy();
	});

	test('a refusal carries its reason, and a failed answer is said on the card', async () => {
		const page = await ask({});
		page.host.answer({
			decide: () => {
				throw new ExpectedError('gone', 'This call has ended.');
			},
		});
		press('Refuse…');
		const field = (await screen.findByLabelText('Why not, and what to do instead (optional)')) as HTMLInputElement;
		field.value = 'use pnpm';
		fireEvent.input(field);
		press('Refuse and stop');
		await screen.findByText('This call has ended.');
		expect(page.asked('decide')).toEqual([
			{ approval: 'a1', decision: { outcome: 'refuse', reason: 'use pnpm', isStop: true } },
		]);
	});

	test('an edit is reviewed in the diff editor', async () => {
		const page = await ask({ kind: 'edit' });
		press('Review');
		await waitFor(() => expect(page.asked('reviewEdit')).toEqual([{ approval: 'a1' }]));
	});

	test('an edit says once where it goes, and how the change begins', async () => {
		const file = { file_path: '/home/ada/shop/src/a.ts', old_string: 'const a = 1;', new_string: 'const a = 2;' };
		const reasons = ['writes /home/ada/shop/src/a.ts inside the workspace'];
		const inside = await ask({ kind: 'edit', tool: 'Edit', effect: file.file_path, reasons }, 'Edit', file);
		expect(screen.queryByLabelText('What will happen')).toBeNull();
		expect(screen.queryByText(reasons[0]!)).toBeNull();
		const change = screen.getByLabelText('How the change begins');
		expect(change.textContent).toContain('-const a = 1;');
		expect(change.textContent).toContain('+const a = 2;');
		inside.unmount();
		const effect = '/home/ada/.bashrc';
		const outside = ['writes /home/ada/.bashrc in your home folder, outside the workspace'];
		await ask({ kind: 'edit', tool: 'Write', effect, reasons: outside }, 'Write', { file_path: effect, content: 'x' });
		expect(screen.getByLabelText('What will happen').textContent).toBe(effect);
		expect(screen.getByText(outside[0]!)).toBeTruthy();
	});

	test('questions and plans', async () => {
		const question = {
			question: 'Which?',
			header: 'DB',
			isMultiSelect: false,
			options: [{ label: 'SQLite', description: 'small' }],
		};
		const page = await ask({ kind: 'question', grants: [], questions: [question] });
		fireEvent.click(screen.getByLabelText(/Other/));
		fireEvent.change(screen.getByLabelText('Your own answer to: Which?'), { target: { value: 'DuckDB' } });
		press('Answer');
		await waitFor(() =>
			expect(page.asked('decide')).toEqual([
				{ approval: 'a1', decision: { outcome: 'answer', answers: { 'Which?': 'DuckDB' } } },
			]),
		);
		page.unmount();
		const planned = await ask({ kind: 'plan', grants: [], plan: '# Do **it**' });
		expect(screen.getByText('it').tagName).toBe('STRONG');
		press('Approve and auto-accept edits');
		await waitFor(() =>
			expect(planned.asked('decide')).toEqual([{ approval: 'a1', decision: { outcome: 'plan', mode: 'acceptEdits' } }]),
		);
	});
});

describe('the composer', () => {
	test('sends on Enter, breaks the line on Shift+Enter, and brings the words back when sending fails', async () => {
		const page = await openChat(snapshot([]));
		const person = userEvent.setup();
		await person.type(composer(), 'one{Shift>}{Enter}{/Shift}two');
		expect(composer().value).toBe('one\ntwo');
		await person.keyboard('{Enter}');
		await waitFor(() =>
			expect(page.asked('send')).toEqual([{ conversation: conversationId, text: 'one\ntwo', attachments: [] }]),
		);
		expect(composer().value).toBe('');
		page.host.answer({
			send: () => {
				throw new ExpectedError('disk-full', 'There is no room on the disk.', {
					actions: [{ title: 'Open folder', command: 'x' }],
				});
			},
		});
		await person.type(composer(), 'again{Enter}');
		await screen.findByText('There is no room on the disk.');
		expect(screen.getByText('Open folder')).toBeTruthy();
		expect(composer().value).toBe('again');
		fireEvent.click(screen.getByLabelText('Dismiss'));
		expect(screen.queryByText('There is no room on the disk.')).toBeNull();
	});

	test('completes mentions by keyboard and attaches them', async () => {
		const page = await openChat(snapshot([]));
		const person = userEvent.setup();
		await person.type(composer(), 'see @da');
		const list = await screen.findByRole('listbox');
		await within(list).findByText(/parseDate/);
		await person.keyboard('{ArrowDown}{Enter}');
		expect(composer().value).toBe('see @parseDate ');
		expect(screen.queryByRole('listbox')).toBeNull();
		await person.keyboard('{Enter}');
		await waitFor(() =>
			expect(page.asked('send')).toMatchObject([{ attachments: [{ kind: 'symbol', label: 'parseDate' }] }]),
		);
	});

	test('a file that is picked after @ is read by the host, as one that is dropped', async () => {
		const page = await openChat(snapshot([]));
		const attachment = { kind: 'file', path: '/w/plan.docx', label: 'plan.docx' } as const;
		const read = {
			kind: 'text',
			label: 'plan.docx',
			text: 'The plan',
			detail: 'Word',
			tokens: 2,
			bytes: 9_000,
		} as const;
		page.host.answer({
			mentions: () => [{ attachment, label: 'plan.docx', detail: '', matches: [] }],
			attachPaths: () => ({ attachments: [read], refused: ['“old.docx” is damaged.'] }),
		});
		const person = userEvent.setup();
		await person.type(composer(), 'see @plan');
		await within(await screen.findByRole('listbox')).findByText(/plan/);
		await person.keyboard('{Enter}');
		await screen.findByText('9 KB, 2 tokens');
		expect(page.asked('attachPaths')).toEqual([{ paths: ['/w/plan.docx'] }]);
		expect(screen.getByText('“old.docx” is damaged.')).toBeTruthy();
	});

	test('a message waits for what is still being read for it', async () => {
		const page = await openChat(snapshot([]));
		const read = new Deferred<readonly AttachmentView[]>();
		const attachment = { kind: 'resource', server: 'docs', uri: 'docs://a', label: 'Manual' } as const;
		page.host.answer({
			mentions: () => [{ attachment, label: 'Manual', detail: 'docs', matches: [] }],
			attachResource: () => read.promise,
		});
		const person = userEvent.setup();
		await person.type(composer(), 'see @man');
		await within(await screen.findByRole('listbox')).findByText(/Manual/);
		await person.keyboard('{Enter}{Enter}');
		await screen.findByText('Reading…');
		expect(page.asked('send')).toEqual([]);
		read.resolve([{ kind: 'text', label: 'Manual', text: 'contents' }]);
		await waitFor(() =>
			expect(page.asked('send')).toMatchObject([{ attachments: [{ kind: 'text', label: 'Manual' }] }]),
		);
		expect(screen.queryByText('Reading…')).toBeNull();
	});

	test.each([/^Conversations/, /Session details|context/])('Escape leaves %s for the composer', async name => {
		const page = await openChat(snapshot([user('Hi')], { conversation: view({ status: 'running' }) }));
		fireEvent.click(screen.getByRole('button', { name }));
		await waitFor(() => expect(document.querySelector('.popover')).toBeTruthy());
		const inside = document.querySelector('.popover vscode-text-field') ?? document.activeElement ?? document.body;
		fireEvent.keyDown(inside, { key: 'Escape' });
		await waitFor(() => expect(document.querySelector('.popover')).toBeNull());
		await waitFor(() => expect(document.activeElement?.tagName).toBe('TEXTAREA'));
		expect(page.asked('stop')).toEqual([]);
	});

	test('Escape closes the menu first and stops the turn then', async () => {
		const page = await openChat(snapshot([user('x')], { conversation: view({ status: 'running' }) }));
		const person = userEvent.setup();
		await person.type(composer(), '/c');
		await screen.findByRole('listbox');
		await person.keyboard('{Escape}');
		expect(screen.queryByRole('listbox')).toBeNull();
		expect(page.asked('stop')).toEqual([]);
		await person.keyboard('{Escape}');
		await waitFor(() => expect(page.asked('stop')).toHaveLength(1));
	});

	test('walks earlier prompts with Up and Down', async () => {
		await openChat(snapshot([]));
		const person = userEvent.setup();
		await person.type(composer(), 'draft{ArrowUp}');
		await waitFor(() => expect(composer().value).toBe('the last prompt'));
		await person.keyboard('{ArrowUp}');
		expect(composer().value).toBe('the one before');
		await person.keyboard('{ArrowDown}{ArrowDown}');
		expect(composer().value).toBe('draft');
	});

	test('offers the open file and takes pictures, but not too big ones', async () => {
		const page = await openChat(snapshot([]));
		act(() => page.host.server.emit('editorContext', { file: { path: '/w/a.ts', label: 'a.ts' }, selection: null }));
		press('a.ts');
		expect(screen.getByLabelText('Remove a.ts')).toBeTruthy();
		const small = new File([new Uint8Array([1, 2, 3])], 'small.png', { type: 'image/png' });
		const big = new File([new Uint8Array(4_000_000)], 'big.png', { type: 'image/png' });
		fireEvent.paste(composer(), { clipboardData: { files: [small, big] } });
		await screen.findByLabelText('Remove small.png');
		expect(screen.getByText(/“big.png” has 4 MB/)).toBeTruthy();
		fireEvent.drop(composer(), {
			dataTransfer: { files: [], getData: (type: string) => (type === 'text/uri-list' ? 'file:///w/b.ts\r\n#x' : '') },
		});
		await waitFor(() => expect(page.asked('attachUris')).toEqual([{ uris: ['file:///w/b.ts'] }]));
	});

	test('a dropped document is read by the host, and says how many tokens it takes', async () => {
		const page = await openChat(snapshot([]));
		const file = new File([new Uint8Array([37, 80, 68, 70])], 'report.pdf', { type: 'application/pdf' });
		fireEvent.drop(composer(), { dataTransfer: { files: [file], getData: () => '' } });
		await screen.findByLabelText('Remove report.pdf');
		const [asked] = page.asked('attachData') as { name: string; bytes: Uint8Array }[];
		expect([asked?.name, ...(asked?.bytes ?? [])]).toEqual(['report.pdf', 37, 80, 68, 70]);
		expect(screen.getByText('1.2 MB, 8.4k tokens')).toBeTruthy();
		expect(screen.getByTitle('report.pdf: PDF, 12 pages')).toBeTruthy();
	});

	test('keeps what is attached over being hidden, and leaves what belongs to another conversation', async () => {
		const page = await openChat(snapshot([]));
		const notes: AttachmentView = { kind: 'text', label: 'notes.txt', text: 'Some notes', bytes: 10 };
		act(() => page.host.server.emit('attach', { attachments: [notes] }));
		await screen.findByLabelText('Remove notes.txt');
		page.saved.flush();
		const stored = page.host.api.getState();
		page.unmount();
		const again = await openChat(snapshot([]), stored);
		expect(screen.getByLabelText('Remove notes.txt')).toBeTruthy();
		again.saved.flush();
		again.unmount();
		await openChat(snapshot([]), { ...(stored as object), conversation: 'another' });
		expect(screen.queryByLabelText('Remove notes.txt')).toBeNull();
	});

	test('keeps the draft over a reload', async () => {
		const page = await openChat(snapshot([], { draft: 'from the host' }));
		expect(composer().value).toBe('from the host');
		fireEvent.change(composer(), { target: { value: 'changed' } });
		page.saved.flush();
		const stored = page.host.api.getState();
		page.unmount();
		await openChat(snapshot([], { draft: 'from the host' }), stored);
		expect(composer().value).toBe('changed');
	});
});

describe('the page', () => {
	test('asks for a snapshot when a change is missing', async () => {
		const page = await openChat(snapshot([]));
		page.host.snapshot = snapshot([text('caught up')], { sequence: 5 });
		act(() => page.host.server.emit('changed', { conversation: conversationId, sequence: 5, items: [], view: null }));
		await screen.findByText('caught up');
		expect(page.asked('open')).toEqual([{ conversation: conversationId }, { conversation: conversationId }]);
	});

	test('shows an obstacle instead of the composer, with history readable, and goes back', async () => {
		const action = { title: 'Install', command: 'quarterdeck.install' };
		const page = await openChat(
			snapshot([text('Old answer')], {
				obstacle: { code: 'cli-missing', title: 'No CLI', text: 'Get it', actions: [action] },
			}),
		);
		expect(screen.getByText('Old answer')).toBeTruthy();
		expect(screen.queryByLabelText('Message to Claude')).toBeNull();
		press('Install');
		await waitFor(() => expect(page.asked('runAction')).toEqual([{ action }]));
		act(() => page.host.server.emit('obstacle', null));
		expect(composer()).toBeTruthy();
	});

	test('what can answer without the CLI comes first', async () => {
		const use = { title: 'Use Ollama', command: 'quarterdeck.chat.useModel', args: ['ollama/qwen3:4b'] };
		const action = { title: 'Install', command: 'quarterdeck.install' };
		const instead = { title: 'Ollama is ready', text: 'It runs here.', actions: [use] };
		const page = await openChat(
			snapshot([], { obstacle: { code: 'cli-missing', title: 'No CLI', text: 'Get it', actions: [action], instead } }),
		);
		expect(screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)).toEqual([
			'Ollama is ready',
			'No CLI',
		]);
		expect(screen.getByText('Choose a model')).toBeTruthy();
		press('Use Ollama');
		await waitFor(() => expect(page.asked('runAction')).toEqual([{ action: use }]));
	});

	test('says why when it cannot open, and tries again', async () => {
		let isBroken = true;
		const opening = openChat(snapshot([text('Here')]), undefined, host =>
			host.answer({
				open: () => {
					if (isBroken) throw new ExpectedError('broken', 'The ledger cannot be read.');
					return snapshot([text('Here')]);
				},
			}),
		);
		await screen.findByText('The ledger cannot be read.');
		isBroken = false;
		press('Try again');
		await opening;
		expect(screen.getByText('Here')).toBeTruthy();
	});

	test('renames by double-click and by F2, once', async () => {
		const page = await openChat(snapshot([]));
		fireEvent.doubleClick(screen.getByText('Fix the date parser'));
		const field = (await screen.findByLabelText('Title of the conversation')) as HTMLInputElement;
		field.value = 'Months';
		fireEvent.input(field);
		fireEvent.keyDown(field, { key: 'Enter' });
		await waitFor(() => expect(page.asked('rename')).toEqual([{ conversation: conversationId, title: 'Months' }]));
		fireEvent.keyDown(screen.getByText('Fix the date parser'), { key: 'F2' });
		fireEvent.keyDown(screen.getByLabelText('Title of the conversation'), { key: 'Escape' });
		expect(page.asked('rename')).toHaveLength(1);
	});

	test('lists conversations with their states and switches', async () => {
		const other = {
			id: 'c2' as typeof conversationId,
			title: 'Release',
			status: 'waiting',
			updatedAt: Date.now(),
			cost: null,
		} as const;
		const page = await openChat(snapshot([]), undefined, host => host.answer({ conversations: () => [other] }));
		act(() => page.host.server.emit('conversations', [other]));
		fireEvent.click(screen.getByLabelText('Conversations, 1 waiting for you'));
		await screen.findByText('Waiting for you · now');
		fireEvent.click(screen.getByText('Release'));
		await waitFor(() => expect(page.asked('open')).toEqual([{ conversation: conversationId }, { conversation: 'c2' }]));
	});

	test('sets mode, model and effort as far as the model has them', async () => {
		const page = await openChat(snapshot([]));
		fireEvent.click(screen.getByLabelText('Permission mode: Ask'));
		fireEvent.click(screen.getByText('Plan'));
		fireEvent.click(screen.getByLabelText('Default effort'));
		fireEvent.click(screen.getByText('High effort'));
		fireEvent.click(screen.getByLabelText('Model: Opus 5.5'));
		fireEvent.click(await screen.findByText('Haiku 5'));
		await waitFor(() => expect(page.asked('setModel')).toEqual([{ conversation: conversationId, model: 'haiku' }]));
		expect(page.asked('setMode')).toMatchObject([{ mode: 'plan' }]);
		expect(page.asked('setEffort')).toMatchObject([{ effort: 'high' }]);
		act(() => page.host.change([], { model: 'haiku' }));
		expect(screen.queryByLabelText('Default effort')).toBeNull();
	});
});
