import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { App } from '../../../src/webviews/templates/App';
import type { Kept } from '../../../src/webviews/templates/state';
import { createFakeHost, templateView, type FakeHost } from './fakeHost';

const three = [
	templateView('a', { name: 'Review my changes' }),
	templateView('b', { name: 'Fix a bug', category: 'Tests', needs: ['The Claude CLI, signed in'] }),
	templateView('c', { name: 'Write tests', category: 'Tests', modelNodes: 2 }),
];

function open(host: FakeHost = createFakeHost(three), kept?: Kept): ReturnType<typeof userEvent.setup> {
	render(<App client={host.client} {...(kept ? { kept } : {})} />);
	return userEvent.setup();
}

const selected = (): string | undefined =>
	screen.getAllByRole('option', { selected: true }).find(option => option.classList.contains('option'))?.id;
const title = (): string => screen.getByRole('heading', { level: 2, name: /./ }).textContent;
const useButton = (): HTMLElement => screen.getByRole('button', { name: 'Use Template' });

describe('the list', () => {
	test('shows all templates by category, the first selected, and has the focus in its search', async () => {
		open();
		await waitFor(() => expect(selected()).toBe('template-a'));
		const groups = screen.getAllByRole('group').map(group => group.getAttribute('aria-label'));
		expect(groups).toEqual(['Review', 'Tests', 'Graph of Review my changes']);
		expect(document.activeElement).toBe(screen.getByRole('combobox', { name: 'Search templates' }));
		expect(screen.getByRole('status').textContent).toBe('3 templates');
	});

	test('is searched by all words, wherever they stand, and by category', async () => {
		const user = open();
		await screen.findByRole('listbox');
		await user.keyboard('claude bug');
		expect(selected()).toBe('template-b');
		expect(screen.getByRole('status').textContent).toBe('1 template');
		await user.clear(screen.getByRole('combobox', { name: 'Search templates' }));
		await user.selectOptions(screen.getByRole('combobox', { name: 'Category' }), 'Tests');
		expect(screen.getByRole('status').textContent).toBe('2 templates');
		await user.type(screen.getByRole('combobox', { name: 'Search templates' }), 'review');
		expect(screen.getByRole('alert').textContent).toBe('No template has these words.');
		await user.click(screen.getByText('Show All'));
		expect(screen.getByRole('status').textContent).toBe('3 templates');
	});

	test('is walked by keys from the search and by itself; Enter goes to the button', async () => {
		const user = open();
		await screen.findByRole('listbox');
		await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}');
		expect(selected()).toBe('template-c');
		await user.keyboard('{ArrowUp}');
		expect(title()).toBe('Fix a bug');
		screen.getByRole('listbox').focus();
		await user.keyboard('{End}');
		expect(selected()).toBe('template-c');
		await user.keyboard('{Home}{Enter}');
		await waitFor(() => expect(document.activeElement).toBe(useButton()));
		await user.click(screen.getByRole('button', { name: 'Back to the list' }));
		await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('listbox')));
	});

	test('remembers where it was', async () => {
		const kept: Kept[] = [];
		const before = { words: 'tests', category: 'Tests', selected: 'c' };
		const { client } = createFakeHost(three);
		// As VS Code's own `setState`, it gives back what it was given.
		render(<App client={client} kept={before} onKeep={what => kept[kept.push(what) - 1]} />);
		await waitFor(() => expect(selected()).toBe('template-c'));
		await userEvent.setup().keyboard('{Backspace}');
		await waitFor(() => expect(kept.at(-1)).toEqual({ ...before, words: 'test' }));
		expect(selected()).toBe('template-c');
	});

	test('says why there is none, and tries again', async () => {
		const host = createFakeHost(three);
		host.failing = new Error('The templates could not be read.');
		const user = open(host);
		await screen.findByText('The templates could not be read.');
		host.failing = undefined;
		await user.click(screen.getByText('Try Again'));
		await screen.findByRole('listbox');
	});
});

describe('a template', () => {
	test('says what it needs, may do and may cost, and what it is given', async () => {
		const rich = templateView('rich', {
			needs: ['A Git repository'],
			effects: [
				{ does: 'runs a command', tier: null, nodes: ['Run'], isAgreed: false },
				{ does: 'writes a file', tier: 'YELLOW', nodes: ['Save'], isAgreed: true },
			],
			modelNodes: 1,
			questions: 1,
			inputs: [
				{ name: 'base', type: 'text', description: 'A branch such as `main`.', default: 'main' },
				{ name: 'file', type: 'file', description: 'Which file.', default: null },
			],
		});
		open(createFakeHost([rich]));
		const facts = within(await screen.findByRole('region', { name: 'Template rich' }))
			.getAllByRole('definition')
			.map(fact => fact.textContent.replaceAll(/\s+/gu, ' ').trim());
		expect(facts).toEqual([
			'A Git repository',
			'Runs a command (Run) asks you, as far as each call reaches Writes a file (Save) YELLOW asks you, unless you allowed it, after your yes in the flow',
			'1 step calls a model. A run stops at $0.50. It works 10 minutes at the longest. It waits for your answer at 1 step.',
			'base A branch such as main. Else: mainfile Which file. Asked for.',
			'report',
		]);
		expect(screen.getByRole('img', { name: '2 steps: Read, Tell' })).toBeDefined();
	});

	test('is used, and a refusal stays on the page', async () => {
		const host = createFakeHost(three);
		const user = open(host);
		await screen.findByRole('listbox');
		await user.click(screen.getByRole('option', { name: /Write tests/ }));
		await user.click(useButton());
		expect(host.used).toEqual(['c']);
		host.failing = new Error('Open a folder first: an agent works in one.');
		await user.click(useButton());
		expect((await screen.findByRole('alert')).textContent).toContain('Open a folder first');
		await user.click(screen.getByRole('option', { name: /Fix a bug/ }));
		expect(screen.queryByRole('alert')).toBeNull();
	});
});
