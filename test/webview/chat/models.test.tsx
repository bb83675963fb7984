import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import type { ModelGroup } from '../../../src/core/chat/protocol';
import { limitsOf } from '../../../src/webviews/chat/composer/LimitsBar';
import { conversationId, snapshot, turn, user, view } from '../gallery/items';
import { openChat } from './page';

const choice = (value: string, label: string, description = '') => ({ value, label, description, efforts: [] });
const groups: readonly ModelGroup[] = [
	{ provider: 'auto', label: 'Automatic', isLocal: false, problem: null, models: [choice('auto', 'Auto')] },
	{
		provider: 'claude',
		label: 'Claude',
		isLocal: false,
		problem: null,
		models: [choice('opus', 'Opus 5.5'), choice('haiku', 'Haiku 5')],
	},
	{
		provider: 'ollama',
		label: 'Ollama',
		isLocal: true,
		problem: null,
		models: [choice('ollama/qwen3:8b', 'qwen3:8b', '40k context'), choice('ollama/gemma3', 'gemma3', 'sees images')],
	},
	{
		provider: 'groq',
		label: 'Groq',
		isLocal: false,
		problem: {
			text: 'Groq needs a key, and none is set.',
			actions: [{ title: 'Set Key', command: 'quarterdeck.providers.setKey', args: ['groq'] }],
		},
		models: [],
	},
];

async function open() {
	const page = await openChat(snapshot([]));
	page.host.answer({ models: () => groups });
	fireEvent.click(screen.getByLabelText('Model: Opus 5.5'));
	await screen.findByText('qwen3:8b');
	return page;
}

describe('the choice of a model', () => {
	test('shows every provider with its models, and what to do about one that cannot be asked', async () => {
		const page = await open();
		expect(within(screen.getByRole('group', { name: 'Ollama' })).getAllByRole('option')).toHaveLength(2);
		expect(screen.getByText('· on this machine')).toBeTruthy();
		fireEvent.click(within(screen.getByRole('group', { name: 'Groq' })).getByText('Set Key'));
		await waitFor(() =>
			expect(page.asked('runAction')).toMatchObject([{ action: { command: 'quarterdeck.providers.setKey' } }]),
		);
	});

	test('searches names, providers and what models can, and Enter takes the first', async () => {
		const page = await open();
		const search = screen.getByLabelText('Search models');
		fireEvent.change(search, { target: { value: 'ollama images' } });
		expect(screen.getAllByRole('option').map(option => option.textContent)).toEqual([
			expect.stringContaining('gemma3'),
		]);
		fireEvent.keyDown(search, { key: 'Enter' });
		await waitFor(() =>
			expect(page.asked('setModel')).toEqual([{ conversation: conversationId, model: 'ollama/gemma3' }]),
		);
		expect(screen.queryByRole('dialog')).toBeNull();
	});

	test('begins at the chosen model, moves with the arrows, and closes with Escape', async () => {
		await open();
		const search = screen.getByLabelText('Search models');
		const active = (): string =>
			document.getElementById(search.getAttribute('aria-activedescendant') ?? '')?.textContent ?? '';
		expect(active()).toContain('Opus 5.5');
		fireEvent.keyDown(search, { key: 'ArrowDown' });
		fireEvent.keyDown(search, { key: 'ArrowDown' });
		expect(active()).toContain('qwen3:8b');
		fireEvent.change(search, { target: { value: 'nothing like it' } });
		expect(screen.getByText('No model of that name.')).toBeTruthy();
		fireEvent.keyDown(search, { key: 'Escape' });
		expect(screen.queryByRole('dialog')).toBeNull();
	});
});

describe('a conversation with another model', () => {
	const local = view({
		provider: 'ollama',
		model: 'ollama/qwen3:8b',
		chosen: { ...choice('ollama/qwen3:8b', 'Qwen 3 8B'), efforts: ['default', 'low', 'high'] },
	});

	test('calls it by its name, offers its efforts and the autonomous mode', async () => {
		const page = await openChat(snapshot([], { conversation: local }));
		expect(screen.getByText('What shall Qwen 3 8B do?')).toBeTruthy();
		expect(screen.getByLabelText('Message to Qwen 3 8B')).toBeTruthy();
		expect(screen.getByLabelText('Default effort')).toBeTruthy();
		fireEvent.click(screen.getByLabelText('Permission mode: Ask'));
		fireEvent.click(screen.getByText('Autonomous'));
		await waitFor(() => expect(page.asked('setMode')).toMatchObject([{ mode: 'autonomous' }]));
	});

	test('is not stopped by a missing Claude CLI', async () => {
		const obstacle = {
			code: 'cli-missing',
			title: 'Install the Claude CLI',
			text: 'It is not there.',
			actions: [],
		} as const;
		await openChat(snapshot([], { conversation: local, obstacle }));
		expect(screen.queryByText('Install the Claude CLI')).toBeNull();
		expect(screen.getByLabelText('Message to Qwen 3 8B')).toBeTruthy();
	});

	test('shows how far a running turn is from its limits', async () => {
		const limits = {
			steps: 41,
			maxSteps: 50,
			workedMs: 130_000,
			maxMinutes: 30,
			cost: 20_000_000,
			maxCost: 2_000_000_000,
			at: 0,
		};
		await openChat(snapshot([], { conversation: { ...local, status: 'running', mode: 'autonomous', limits } }));
		const bar = screen.getByRole('note', { name: 'Limits of this turn' });
		expect(bar.textContent).toBe(
			'Works by itself inside the workspace; what reaches further asks you. step 41 of 50 · 2 of 30 min · $0.0200 of $2.00',
		);
		expect(bar.querySelector('.nearly-reached')?.textContent).toBe('step 41 of 50');
		expect(limitsOf({ ...limits, maxSteps: 0, maxMinutes: 0, maxCost: 0 })).toEqual([]);
	});

	test('a turn of Auto says which model answered and why', async () => {
		const item = { ...turn(), model: 'ollama/qwen3:8b', why: 'Talk: on this machine' };
		await openChat(snapshot([user('Hi'), item], { conversation: view({ provider: 'auto', model: 'auto' }) }));
		expect(screen.getByText(/Auto chose ollama\/qwen3:8b: Talk: on this machine/)).toBeTruthy();
		expect(screen.getByText('Why this one?')).toBeTruthy();
	});
});
