import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import type { SessionDetails } from '../../../src/core/chat/protocol';
import { conversationId, snapshot, text, tool, turn, user, view } from '../gallery/items';
import { scenes } from '../gallery/scenes';
import { openChat } from './page';

const composer = (): HTMLTextAreaElement => screen.getByLabelText('Message to Claude');
const openDetails = (): void => {
	fireEvent.click(screen.getByTitle('Context, plan limits and MCP servers'));
};

describe('the details of a session', () => {
	test('tell context, limits and servers, and are asked for again on a press', async () => {
		const details: SessionDetails | undefined = scenes['details']?.details;
		const page = await openChat(snapshot([text('Hi')]), undefined, host =>
			host.answer({ details: () => details ?? null }),
		);
		openDetails();
		await screen.findByText('68.4k of 200k tokens');
		expect(screen.getByLabelText('Messages: 52k')).toBeTruthy();
		expect(screen.getByLabelText('7 days: 91 % used')).toBeTruthy();
		expect(screen.getByText('connected, 26 tools')).toBeTruthy();
		expect(screen.getByText('spawn pg-mcp ENOENT')).toBeTruthy();
		fireEvent.click(screen.getByLabelText('Refresh'));
		await waitFor(() => expect(page.asked('details')).toHaveLength(2));
	});

	test('are calm before the first message, and say what went wrong', async () => {
		const page = await openChat(snapshot([], { conversation: view({ context: null, cost: null, basis: null }) }));
		openDetails();
		await screen.findByText('Starts with the first message.');
		page.host.answer({
			details: () => {
				throw new ExpectedError('no-answer', 'Claude did not answer.');
			},
		});
		fireEvent.click(screen.getByLabelText('Refresh'));
		await screen.findByText('Claude did not answer.');
	});
});

describe('queued messages', () => {
	test('that are held say why, and go on a press', async () => {
		const items = [user('One'), turn({ status: 'stopped' }), user('Two', { state: 'queued' })];
		const page = await openChat(snapshot(items, { conversation: view({ isQueueHeld: true }) }));
		expect(screen.getByText(/1 message held because the last turn was stopped/)).toBeTruthy();
		fireEvent.click(screen.getByText('Send now'));
		await waitFor(() => expect(page.asked('sendQueued')).toEqual([{ conversation: conversationId }]));
		act(() => page.host.change([], { isQueueHeld: false }));
		expect(screen.queryByText('Send now')).toBeNull();
	});
});

test('a conversation that runs in another window can be read, and not written to or stopped', async () => {
	const readOnly = 'This conversation runs in another window.';
	const page = await openChat(snapshot([text('Hi')], { conversation: view({ readOnly, status: 'running' }) }));
	expect(screen.getByText(readOnly)).toBeTruthy();
	expect(composer().disabled).toBe(true);
	fireEvent.keyDown(screen.getByText('Hi'), { key: 'Escape' });
	act(() => page.host.change([], { readOnly: null, status: 'idle' }));
	expect(composer().disabled).toBe(false);
	expect(page.asked('stop')).toEqual([]);
});

test('how a call was decided is told on its folded line', async () => {
	await openChat(snapshot([tool('Bash', { command: 'npm i' }, { decision: 'allowed by you for this session' })]));
	expect(screen.getByTitle('Allowed by you for this session')).toBeTruthy();
	expect(screen.getByLabelText('allowed by you for this session')).toBeTruthy();
});
