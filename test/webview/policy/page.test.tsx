import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test } from 'vitest';
import { App } from '../../../src/webviews/policy/App';
import { explained, viewOf } from './answers';
import { createFakeHost, type FakeHost } from './fakeHost';

afterEach(cleanup);

function open(isEmpty = false): { readonly host: FakeHost; readonly user: ReturnType<typeof userEvent.setup> } {
	const host = createFakeHost({
		view: revoked => viewOf(isEmpty, revoked),
		explain: text => explained(text, isEmpty),
	});
	render(<App client={host.client} />);
	return { host, user: userEvent.setup() };
}

const box = (): HTMLElement => screen.getByLabelText(/A shell line, or JSON/u);
const called = (host: FakeHost, name: string): unknown[] =>
	host.calls.filter(call => call.name === name).map(call => call.params);

describe('why would this call be asked', () => {
	test('a shell line is taken apart: tier, each reason, who decided, what it takes', async () => {
		const { user } = open();
		await user.click(box());
		await user.paste('npm test && git push');
		const answer = await screen.findByText('You confirm it in a dialog, each time.');
		const text = answer.closest('.ask-answer')?.textContent ?? '';
		expect(text).toContain('RED');
		expect(text).toContain('the policy of shop raises “git push” to RED: Releases go through CI');
		expect(text).toContain('Decided bythe policy of a repository');
		expect(text).toContain('npm test');
		expect(text).toContain('allow once');
	});

	test('JSON names any tool; what a grant would cover is said', async () => {
		const { user } = open();
		await user.click(box());
		await user.paste('{"tool":"mcp__github__list_issues","input":{}}');
		await screen.findByText(/A standing one would cover: list_issues of github/u);
		expect(screen.getByText(/asked about in every mode/u)).toBeDefined();
	});

	test('what is neither is told so, and an emptied box says nothing', async () => {
		const { user } = open();
		await user.click(box());
		await user.paste('{"tool": ');
		await screen.findByText(/begins like JSON, and is none/u);
		await user.clear(box());
		await waitFor(() => expect(screen.queryByText(/begins like JSON/u)).toBeNull());
	});

	test('the examples can be tried with the keyboard', async () => {
		const { user } = open();
		screen.getByRole('button', { name: 'npm test && git push' }).focus();
		await user.keyboard('{Enter}');
		await screen.findByText('You confirm it in a dialog, each time.');
	});
});

describe('the whole policy', () => {
	test('tools stand by source with what raised them', async () => {
		open();
		await screen.findByText('MCP server github');
		const row = (name: string): string => screen.getByTitle(name).closest('li')?.textContent ?? '';
		expect(row('Write')).toContain('ORANGE');
		expect(row('Write')).toContain('from YELLOW: your settings raise it to ORANGE');
		expect(row('WebFetch')).toContain('the policy of shop raises WebFetch to ORANGE');
		expect(row('mcp__github__delete_repository')).toContain('destroys something (delete)');
		expect(row('mcp__github__list_issues')).toContain('asks in every mode');
	});

	test('tools are narrowed by words and to those that were raised', async () => {
		const { user } = open();
		await user.click(await screen.findByLabelText('Raised only'));
		expect(screen.queryByTitle('Read')).toBeNull();
		expect(screen.getByTitle('Write')).toBeDefined();
	});

	test('a permission is taken back', async () => {
		const { host, user } = open();
		const list = (await screen.findByText('npm test')).closest('li');
		await user.click(within(list ?? document.body).getByText('Take Back'));
		await waitFor(() => expect(screen.queryByText('npm test')).toBeNull());
		expect(called(host, 'revoke')).toEqual([{ id: 'workspace YELLOW Bash npm test' }]);
	});

	test('what in a repository’s policy does not count is named with its line', async () => {
		const { host, user } = open();
		await screen.findByText(/Line 3: CronCreate is ORANGE already/u);
		expect(screen.getByText(/Line 6: “allow” means nothing here/u)).toBeDefined();
		expect(screen.getByText('“git push” is RED: Releases go through CI')).toBeDefined();
		await user.click(screen.getByText('Open'));
		expect(called(host, 'openFile')).toEqual([{ folder: '/home/dev/shop' }]);
	});

	test('without anything of the user’s, it says so', async () => {
		open(true);
		await screen.findByText('carries no policy');
		expect(screen.getByText(/^None\. An approval/u)).toBeDefined();
		expect(screen.getByText('Begin One')).toBeDefined();
	});

	test('a failure is said and the next answer takes it away', async () => {
		const host = createFakeHost({ view: () => viewOf(false), explain: text => explained(text) });
		host.failing = new Error('gone');
		render(<App client={host.client} />);
		await screen.findByText('gone');
		expect(screen.getByRole('alert').textContent).toContain('gone');
		host.failing = undefined;
		await userEvent.click(screen.getByText('Try Again'));
		await screen.findByText('MCP server github');
		expect(screen.queryByRole('alert')).toBeNull();
	});
});
