import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import { App } from '../../../src/webviews/memory/App';
import { createFakeHost, memoryRow, type FakeHost } from './fakeHost';

afterEach(cleanup);

function open(host: FakeHost): ReturnType<typeof userEvent.setup> {
	render(<App client={host.client} />);
	return userEvent.setup();
}

const called = (host: FakeHost, name: string): unknown[] =>
	host.calls.filter(call => call.name === name).map(call => call.params);

describe('the memory page', () => {
	test('shows each fact with where it comes from, and what memory does', async () => {
		open(createFakeHost([memoryRow('a', { text: 'Answer in German', source: 'learned', confidence: 0.8 })]));
		const fact = await screen.findByRole('listitem');
		expect(fact.textContent).toContain('Answer in German');
		expect(fact.textContent).toContain('learned from a conversation');
		expect(fact.textContent).toContain('80 % sure');
		expect(screen.getByRole('banner').textContent).toContain('Nothing is learned from conversations');
	});

	test('says what to do when nothing is remembered, and something else when a search finds nothing', async () => {
		const host = createFakeHost([]);
		const user = open(host);
		await screen.findByText(/Nothing is remembered yet/);
		await user.click(screen.getByLabelText('Search facts'));
		const field = document.querySelector<HTMLElement & { value: string }>('.memory-search')!;
		field.value = 'port';
		field.dispatchEvent(new InputEvent('input', { bubbles: true }));
		await screen.findByText(/No fact has these words/);
		expect(called(host, 'find').at(-1)).toEqual({ text: 'port' });
	});

	test('a fact is edited in place; a refusal stays on the page and keeps what was written', async () => {
		const host = createFakeHost([memoryRow('a', { text: 'Use npm' })]);
		host.fail('change', new ExpectedError('secret-fact', 'Secrets are not remembered.'));
		const user = open(host);
		await user.click(await screen.findByRole('button', { name: 'Edit' }));
		const box = screen.getByRole('textbox', { name: 'Text of the fact' });
		await user.clear(box);
		await user.type(box, 'Use pnpm');
		await user.click(screen.getByText('Save'));
		expect((await screen.findByRole('alert')).textContent).toBe('Secrets are not remembered.');
		expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Text of the fact' }).value).toBe('Use pnpm');
		host.fail('change', undefined);
		await user.click(screen.getByText('Save'));
		await waitFor(() => expect(screen.queryByRole('textbox', { name: 'Text of the fact' })).toBeNull());
		expect(called(host, 'change').at(-1)).toMatchObject({ id: 'a', patch: { text: 'Use pnpm' } });
	});

	test('selected facts are forgotten or merged together, and the last change is undone', async () => {
		const host = createFakeHost([memoryRow('a', { text: 'One.' }), memoryRow('b', { text: 'Two.' })]);
		const user = open(host);
		await user.click(await screen.findByRole('checkbox', { name: 'Select: One.' }));
		await user.click(screen.getByRole('checkbox', { name: 'Select: Two.' }));
		await user.click(screen.getByText('Merge…'));
		await user.click(screen.getByText('Merge 2 Into One'));
		expect(called(host, 'merge')).toEqual([{ ids: ['a', 'b'], text: 'One. Two.' }]);
		await user.click(screen.getByText('Forget 2'));
		expect(called(host, 'forget')).toEqual([{ ids: ['a', 'b'] }]);
		host.emit('done', { text: 'Forgotten: 2 facts' });
		const done = await screen.findByText('Forgotten: 2 facts');
		await user.click(within(done.parentElement!).getByText('Undo'));
		expect(called(host, 'undo')).toHaveLength(1);
	});

	test('what another window remembers appears by itself', async () => {
		const host = createFakeHost([]);
		open(host);
		await screen.findByText(/Nothing is remembered yet/);
		host.facts = [memoryRow('a', { text: 'From elsewhere' })];
		host.emit('changed', null);
		await screen.findByText('From elsewhere');
	});
});
