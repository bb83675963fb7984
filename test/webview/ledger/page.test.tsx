import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import { asId, type StepId } from '../../../src/core/base/ids';
import { App } from '../../../src/webviews/ledger/App';
import { createFakeHost, executionId, pageView, startedAt, stepRow, type FakeHost } from './fakeHost';

afterEach(cleanup);

const edit = JSON.stringify({ file_path: 'a.ts', old_string: 'one', new_string: 'two' });
const steps = [
	stepRow('t', { name: 'Task', title: 'Look around', endedAt: startedAt + 9000 }),
	stepRow('r', { name: 'Read', title: 'a.ts', parent: asId<StepId>('t'), startedAt: startedAt + 1000 }),
	stepRow('e', { name: 'Edit', title: 'a.ts', startedAt: startedAt + 2000, inputBytes: edit.length, outputBytes: 5 }),
	stepRow('b', { title: 'npm test', status: 'failed', startedAt: startedAt + 3000, outputBytes: 8 }),
];
const texts = { 'e:input': edit, 'e:output': 'fine!', 'b:output': 'one\ntwo\nthree' };

function open(host: FakeHost): ReturnType<typeof userEvent.setup> {
	render(<App id={executionId} client={host.client} api={host.api} />);
	return userEvent.setup();
}

const asked = (host: FakeHost): string[] => host.calls.map(call => call.name);

describe('the execution page', () => {
	test('shows what ran, with its facts and its conversation', async () => {
		const host = createFakeHost(pageView({}, { steps }));
		const user = open(host);
		expect(await screen.findByRole('heading', { level: 1 })).toHaveProperty(
			'textContent',
			'Fix the month that is off by one, and run the tests',
		);
		const facts = [...document.querySelectorAll('.fact')].map(fact => fact.textContent);
		expect(facts).toEqual([
			'StatusSucceeded',
			'Started2026-11-05 14:00:00 ' + (facts[1]?.slice('Started2026-11-05 14:00:00 '.length) ?? ''),
			'Duration1 min 24 s',
			'Cost$0.0843',
			'Tokens58k',
			'Modelclaude-sonnet-5',
			'KindChat',
			'Projectshop',
			'ConversationInvoices of January',
		]);
		await user.click(screen.getByRole('button', { name: 'Invoices of January' }));
		expect(host.calls).toContainEqual({ name: 'openConversation', params: { conversation: 'c1' } });
	});

	test('an unknown price is never a zero', async () => {
		open(createFakeHost(pageView({ cost: null, basis: 'unpriced' })));
		expect(await screen.findByText('unpriced')).toBeTruthy();
		expect(document.body.textContent).not.toContain('$0');
	});

	test('steps nest, fold with the arrows, and open with Enter', async () => {
		const user = open(createFakeHost(pageView({}, { steps }), texts));
		const tree = await screen.findByRole('tree', { name: 'Steps' });
		const names = (): (string | null)[] =>
			within(tree)
				.getAllByRole('treeitem')
				.map(row => row.querySelector('strong')?.textContent ?? null);
		expect(names()).toEqual(['Task', 'Read', 'Edit', 'Bash']);
		tree.focus();
		await user.keyboard('{ArrowLeft}');
		expect(names()).toEqual(['Task', 'Edit', 'Bash']);
		await user.keyboard('{ArrowRight}{ArrowDown}{ArrowDown}{Enter}');
		const details = await screen.findByRole('region', { name: 'Step Edit' });
		expect(await within(details).findByLabelText('Input as a diff')).toHaveProperty(
			'textContent',
			'@@ -1,1 +1,1 @@\n-one\n+two\n',
		);
		await user.click(within(details).getByRole('button', { name: 'JSON' }));
		expect(within(details).getByLabelText('Input as JSON').textContent).toContain('"old_string": "one"');
		expect(await within(details).findByText('fine!')).toBeTruthy();
		await user.click(within(details).getByRole('button', { name: 'Close the step' }));
		expect(screen.queryByRole('region', { name: 'Step Edit' })).toBeNull();
		expect(document.activeElement).toBe(tree);
	});

	test('a failure stands first and leads to the failed step', async () => {
		const host = createFakeHost(pageView({ status: 'failed', error: 'The tests failed.' }, { steps }), texts);
		const user = open(host);
		const problems = await screen.findByRole('region', { name: 'Problems' });
		expect(problems.textContent).toContain('The tests failed.');
		await user.click(within(problems).getByRole('button', { name: /Bash npm test/ }));
		expect(await screen.findByRole('region', { name: 'Step Bash' })).toBeTruthy();
		await user.click(within(problems).getByRole('button', { name: 'Resume in Chat' }));
		expect(asked(host)).toContain('openConversation');
	});

	test('a run of a flow that was cut off goes on from here', async () => {
		const host = createFakeHost(pageView({ status: 'interrupted', kind: 'flow' }, { steps }), texts);
		const user = open(host);
		await user.click(await screen.findByRole('button', { name: 'Resume' }));
		expect(asked(host)).toContain('runAction');
	});

	test('long texts come in slices', async () => {
		const long = 'x'.repeat(100_000);
		const step = stepRow('l', { name: 'Read', outputBytes: long.length });
		const user = open(createFakeHost(pageView({}, { steps: [step] }), { 'l:output': long }));
		await user.click(await screen.findByRole('treeitem'));
		await user.click(await screen.findByRole('button', { name: 'Show more (34,464 characters left)' }));
		await waitFor(() => expect(screen.getByLabelText('Output', { selector: 'pre' }).textContent).toHaveLength(100_000));
	});

	test('a text that cannot be read says so and is tried again', async () => {
		const host = createFakeHost(pageView({}, { steps }), texts);
		let isBroken = true;
		host.answer({
			stepText: () => {
				if (isBroken) throw new ExpectedError('gone', 'The segment is gone.');
				return { text: 'back', total: 4 };
			},
		});
		const user = open(host);
		await user.click(await screen.findByRole('treeitem', { name: /^Bash/ }));
		expect((await screen.findByRole('alert')).textContent).toContain('The segment is gone.');
		isBroken = false;
		await user.click(screen.getByRole('button', { name: 'Try Again' }));
		expect(await screen.findByText('back')).toBeTruthy();
	});

	test('follows the execution while it runs, and can stop it', async () => {
		const running = { status: 'running' as const, endedAt: null, startedAt: Date.now() };
		const host = createFakeHost(pageView(running, { isRunningHere: true }));
		const user = open(host);
		expect(await screen.findByText(/No step has begun yet/)).toBeTruthy();
		await user.click(screen.getByText('Stop'));
		expect(asked(host)).toContain('stop');
		host.show(pageView(running, { steps: [stepRow('b', { status: 'running', endedAt: null })], isRunningHere: true }));
		expect(await screen.findByRole('treeitem', { name: /Bash.*Running/ })).toBeTruthy();
		host.show(pageView({ status: 'stopped' }));
		await waitFor(() => expect(screen.queryByText('Stop')).toBeNull());
	});

	test('not found, not readable, and readable again', async () => {
		open(createFakeHost(null));
		expect(await screen.findByText('This execution is no longer in the ledger')).toBeTruthy();
		cleanup();
		const host = createFakeHost(pageView());
		host.answer({ execution: () => Promise.reject(new ExpectedError('closed', 'The ledger is closed.')) });
		const user = open(host);
		expect(await screen.findByText('The ledger is closed.')).toBeTruthy();
		host.answer({ execution: () => pageView() });
		await user.click(screen.getByText('Try Again'));
		expect(await screen.findByText('Succeeded')).toBeTruthy();
	});

	test('what was shown stays when a later read fails', async () => {
		const host = createFakeHost(pageView({}, { steps }));
		open(host);
		await screen.findByRole('tree');
		host.answer({ execution: () => Promise.reject(new ExpectedError('closed', 'The ledger is closed.')) });
		host.server.emit('changed', null);
		expect((await screen.findByRole('alert')).textContent).toContain('The ledger is closed.');
		expect(screen.getByRole('tree')).toBeTruthy();
	});

	test('a reload brings back the tab and the step', async () => {
		const host = createFakeHost(pageView({}, { steps }), texts);
		const user = open(host);
		await user.click(await screen.findByRole('treeitem', { name: /^Edit/ }));
		await user.click(screen.getByRole('tab', { name: 'Log' }));
		expect(host.state()).toEqual({ identity: executionId, tab: 'log', selected: 'e' });
		cleanup();
		open(createFakeHost(pageView({}, { steps }), texts, undefined, host.state()));
		expect((await screen.findByRole('tab', { name: 'Log' })).getAttribute('aria-selected')).toBe('true');
	});
});

describe('the log', () => {
	test('shows, filters, searches, copies and saves', async () => {
		const host = createFakeHost(pageView({ status: 'failed', error: 'It broke.' }, { steps }), texts);
		const user = open(host);
		await user.click(await screen.findByRole('tab', { name: 'Log' }));
		expect(await screen.findByText('15 lines')).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Text' }));
		await user.click(screen.getByRole('button', { name: 'Info' }));
		expect(await screen.findByText('5 of 15 lines')).toBeTruthy();
		await user.type(screen.getByLabelText('Search the log', { selector: 'input' }), 'T[[wh]');
		expect(await screen.findByText('No match')).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Use a regular expression' }));
		expect(await screen.findByText('2 found')).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Next match' }));
		expect(await screen.findByText('1 of 2')).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Previous match' }));
		expect(await screen.findByText('2 of 2')).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Copy the shown lines' }));
		const { text: copied } = host.calls.find(call => call.name === 'copyText')!.params as { text: string };
		expect(
			copied
				.trimEnd()
				.split('\n')
				.map(line => line.slice(13)),
		).toEqual([
			'ERROR   [Bash] one',
			'ERROR   [Bash] two',
			'ERROR   [Bash] three',
			'ERROR   [Bash] Failed after 0 ms',
			'ERROR   Failed after 1 min 24 s: It broke.',
		]);
		await user.click(screen.getByRole('button', { name: 'Save the shown lines…' }));
		expect(asked(host)).toContain('saveText');
	});

	test('a pattern that is none says why', async () => {
		const user = open(createFakeHost(pageView({}, { steps }), texts));
		await user.click(await screen.findByRole('tab', { name: 'Log' }));
		await user.click(screen.getByRole('button', { name: 'Use a regular expression' }));
		await user.type(screen.getByLabelText('Search the log', { selector: 'input' }), '(a');
		expect((await screen.findByRole('alert')).textContent).toMatch(/^This is no regular expression/);
	});
});
