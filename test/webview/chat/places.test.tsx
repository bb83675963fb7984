import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { conversationId, snapshot, text, view } from '../gallery/items';
import { openChat } from './page';

const other = 'c2' as typeof conversationId;
const composer = (): HTMLTextAreaElement => screen.getByLabelText('Message to Claude');

describe('an editor tab', () => {
	test('keeps the identity by which the host brings it back, also after it went on to another conversation', async () => {
		const page = await openChat(snapshot([text('One')]));
		expect(page.host.api.getState()).toMatchObject({ identity: conversationId, conversation: conversationId });
		page.host.snapshot = snapshot([text('Two')], { conversation: view({ id: other, title: 'Release' }) });
		act(() => page.host.server.emit('show', { conversation: other, item: null }));
		await screen.findByText('Two');
		expect(page.host.api.getState()).toMatchObject({ identity: other });
		const stored = page.host.api.getState();
		page.unmount();
		const again = await openChat(page.host.snapshot, stored);
		expect(again.asked('open')).toEqual([{ conversation: other }]);
	});

	test('begins a conversation without the draft of the last one', async () => {
		const page = await openChat(snapshot([]));
		fireEvent.change(composer(), { target: { value: 'half a thought' } });
		page.host.snapshot = snapshot([], { conversation: view({ id: other, title: 'Untitled' }) });
		fireEvent.click(screen.getByLabelText('New conversation'));
		await screen.findByText('Untitled');
		expect(composer().value).toBe('');
		expect(page.host.api.getState()).toMatchObject({ identity: other });
		await waitFor(() =>
			expect(page.asked('saveDraft')).toEqual([{ conversation: conversationId, text: 'half a thought' }]),
		);
	});
});

describe('the view in a side bar', () => {
	test('leaves to the title bar above what that has, and keeps no identity', async () => {
		const page = await openChat(snapshot([text('One')]), undefined, undefined, 'sidebar');
		expect(page.asked('open')).toEqual([{ conversation: null }]);
		expect(screen.queryByLabelText('New conversation')).toBeNull();
		expect(screen.queryByLabelText('More actions')).toBeNull();
		expect(screen.getByLabelText('Conversations')).toBeTruthy();
		expect(page.host.api.getState()).not.toHaveProperty('identity');
	});
});

test('a draft that was just typed is saved when another conversation is shown', async () => {
	const page = await openChat(snapshot([]));
	fireEvent.change(composer(), { target: { value: 'not lost' } });
	page.host.snapshot = snapshot([], { conversation: view({ id: other, title: 'Release' }) });
	act(() => page.host.server.emit('show', { conversation: other, item: null }));
	await screen.findByText('Release');
	await waitFor(() => expect(page.asked('saveDraft')).toEqual([{ conversation: conversationId, text: 'not lost' }]));
});
