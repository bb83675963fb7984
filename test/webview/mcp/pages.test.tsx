import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import type { ElicitationAnswer, ElicitationView } from '../../../src/core/mcp/elicitationProtocol';
import { Elicitation } from '../../../src/webviews/mcp/Elicitation';
import { Inspector } from '../../../src/webviews/mcp/Inspector';
import {
	fakeElicitation,
	fakeInspector,
	moment,
	richTool,
	serverView,
	toolView,
	type InspectorSetup,
} from './fakeHost';

async function openInspector(setup: InspectorSetup): Promise<ReturnType<typeof fakeInspector>> {
	const page = fakeInspector(setup);
	onTestFinished(() => {
		page.client.dispose();
		page.server.dispose();
	});
	render(
		<Inspector
			identity="settings:everything"
			client={page.client}
			api={{ getState: () => null, setState: () => undefined }}
		/>,
	);
	await screen.findByRole(setup.server ? 'tablist' : 'heading');
	return page;
}

const button = (name: string): HTMLElement => screen.getByText(name, { selector: 'vscode-button' });

describe('the inspector', () => {
	test('a tool is called with what the form holds, in the types of its schema', async () => {
		const user = userEvent.setup();
		const page = await openInspector({ server: serverView({ tools: [richTool] }) });
		await user.type(screen.getByLabelText(/^title/), 'Month is off');
		await user.type(screen.getByLabelText(/^priority/), '2');
		await user.click(screen.getByLabelText('Draft'));
		await user.selectOptions(screen.getByLabelText(/^kind/), 'feature');
		await user.click(button('Add'));
		await user.type(screen.getByLabelText(/^labels 1/), 'dates');
		await user.click(button('Call Tool'));
		await screen.findByText('done');
		expect(page.calls.find(call => call.name === 'call')?.params).toMatchObject({
			tool: 'create_issue',
			input: { title: 'Month is off', priority: 2, isDraft: true, kind: 'feature', labels: ['dates'] },
		});
		expect(screen.getByText('after 12 ms')).toBeTruthy();
	});

	test('what is wrong stands beside its field, and nothing is called', async () => {
		const user = userEvent.setup();
		const page = await openInspector({ server: serverView({ tools: [richTool] }) });
		await user.type(screen.getByLabelText(/^priority/), '9');
		await user.click(button('Call Tool'));
		const title = screen.getByLabelText(/^title/);
		expect(title.getAttribute('aria-invalid')).toBe('true');
		const described = document.getElementById(title.getAttribute('aria-describedby') ?? '');
		expect(described?.textContent).toContain('Fill this in.');
		expect(screen.getByText('At most 5.')).toBeTruthy();
		await waitFor(() => expect(document.activeElement).toBe(title));
		expect(page.calls.some(call => call.name === 'call')).toBe(false);
	});

	test('the form and JSON change places and keep the value', async () => {
		const user = userEvent.setup();
		const page = await openInspector({ server: serverView({ tools: [richTool] }) });
		await user.type(screen.getByLabelText(/^title/), 'From the form');
		await user.click(screen.getByLabelText('JSON'));
		const area = screen.getByPlaceholderText('JSON: object');
		expect((area as HTMLTextAreaElement).value).toContain('"title": "From the form"');
		await user.clear(area);
		await user.click(area);
		await user.paste('{"title":"From JSON","priority":1,"strange":true}');
		await user.click(button('Call Tool'));
		await screen.findByText('done');
		expect(page.calls.find(call => call.name === 'call')?.params).toMatchObject({ input: { strange: true } });
		await user.click(screen.getByLabelText('Form'));
		expect(screen.getByLabelText<HTMLInputElement>(/^title/).value).toBe('From JSON');
		expect(screen.getByText(/no field for strange/)).toBeTruthy();
	});

	test('a running call shows its progress and can be cancelled', async () => {
		const user = userEvent.setup();
		let fail: ((error: Error) => void) | undefined;
		const page = await openInspector({
			server: serverView({ tools: [toolView('slow')] }),
			answers: {
				call: () => new Promise((_, reject) => (fail = reject)),
				cancel: () => fail?.(new ExpectedError('cancelled', 'Cancelled.')),
			},
		});
		await user.click(button('Call Tool'));
		await waitFor(() => expect(page.calls.some(call => call.name === 'call')).toBe(true));
		page.server.emit('progress', { call: 1, text: '3/10 copying' });
		await screen.findByText('3/10 copying');
		await user.click(button('Cancel'));
		await screen.findByText('Cancelled.');
		expect(page.calls).toContainEqual({ name: 'cancel', params: { call: 1 } });
	});

	test('a page that comes back finds what was typed, what was answered and what still runs', async () => {
		const outcome = { result: { content: [{ type: 'text', text: 'from before' }] }, failure: null, ms: 5 };
		const page = await openInspector({
			server: serverView({ tools: [toolView('done'), toolView('slow')] }),
			earlier: { kept: { 'tool:done': outcome }, running: { 'tool:slow': 7 }, lastCall: 7 },
		});
		await screen.findByText('from before');
		const user = userEvent.setup();
		await user.click(screen.getByRole('option', { name: /slow/ }));
		await user.click(button('Cancel'));
		expect(page.calls).toContainEqual({ name: 'cancel', params: { call: 7 } });
		const late = { result: { content: [{ type: 'text', text: 'late' }] }, failure: null, ms: 9 };
		page.server.emit('finished', { call: 7, place: 'tool:slow', outcome: late });
		await screen.findByText('late');
	});

	test('a tool that fails says so; a refusal is shown as what it is', async () => {
		const user = userEvent.setup();
		await openInspector({
			server: serverView({ tools: [toolView('bad')] }),
			answers: {
				call: () => ({ result: { isError: true, content: [{ type: 'text', text: 'no such file' }] }, ms: 1 }),
			},
		});
		await user.click(button('Call Tool'));
		await screen.findByRole('heading', { name: /The tool reports an error/ });
		expect(screen.getByText('no such file')).toBeTruthy();
	});

	test('resources are read and subscribed; a change is announced', async () => {
		const user = userEvent.setup();
		const uri = 'test://static/1';
		const resource = {
			uri,
			name: 'one',
			title: '',
			description: '',
			mimeType: 'text/plain',
			size: 9,
			isSubscribed: false,
		};
		const page = await openInspector({
			server: serverView({ resources: [resource] }),
			target: { tab: 'resources', name: uri },
		});
		await user.click(button('Read'));
		await screen.findByText('contents');
		await user.click(button('Subscribe'));
		expect(page.calls).toContainEqual({ name: 'subscribe', params: { uri, isOn: true } });
		page.server.emit('resourceUpdated', { uri, at: moment });
		await screen.findByText(/that it changed/);
	});

	test('a prompt asks for its arguments, with what the server suggests', async () => {
		const user = userEvent.setup();
		const prompt = {
			name: 'greet',
			title: '',
			description: '',
			arguments: [{ name: 'city', description: '', isRequired: true }],
		};
		const page = await openInspector({
			server: serverView({ prompts: [prompt] }),
			target: { tab: 'prompts', name: 'greet' },
		});
		await user.click(button('Get Prompt'));
		expect(screen.getByText('Fill this in.')).toBeTruthy();
		await user.type(screen.getByLabelText(/^city/), 'Pa');
		await waitFor(() => expect(document.querySelectorAll('datalist option')).toHaveLength(2));
		await user.click(button('Get Prompt'));
		await screen.findByText('Say hello');
		expect(page.calls.find(call => call.name === 'prompt')?.params).toMatchObject({
			name: 'greet',
			input: { city: 'Pa' },
		});
	});

	test('traffic is filtered, paused and copied', async () => {
		const user = userEvent.setup();
		const entry = (method: string, direction: 'sent' | 'received') => ({
			kind: 'traffic' as const,
			at: moment,
			direction,
			type: 'request' as const,
			method,
			id: 1,
			size: 20,
			text: `{"method":"${method}"}`,
		});
		const page = await openInspector({
			server: serverView(),
			log: { lines: [], traffic: [entry('tools/list', 'sent'), entry('roots/list', 'received')] },
			target: { tab: 'traffic', name: null },
		});
		const log = screen.getByRole('log');
		expect(within(log).getByText('tools/list')).toBeTruthy();
		await user.selectOptions(screen.getByLabelText('Direction'), 'received');
		expect(within(log).queryByText('tools/list')).toBeNull();
		await user.click(screen.getByLabelText('Pause'));
		page.server.emit('logged', [entry('sampling/createMessage', 'received')]);
		const goOn = await screen.findByLabelText('Go on (1 new)');
		expect(within(log).queryByText('sampling/createMessage')).toBeNull();
		await user.click(goOn);
		await within(log).findByText('sampling/createMessage');
		await user.click(screen.getByLabelText('Copy what is shown'));
		expect(JSON.stringify(page.calls.map(({ params }) => params))).toContain('roots/list');
	});

	test('keys move through the list of tools and through the tabs', async () => {
		const user = userEvent.setup();
		await openInspector({ server: serverView({ tools: [toolView('one'), toolView('two')] }) });
		screen.getByRole('listbox').focus();
		await user.keyboard('{ArrowDown}');
		expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('two');
		screen.getByRole('tab', { name: 'Tools (2)' }).focus();
		await user.keyboard('{ArrowLeft}');
		expect(screen.getByRole('tab', { name: 'Log' }).getAttribute('aria-selected')).toBe('true');
	});

	test('a server that failed shows why and what it wrote, and can be started', async () => {
		const user = userEvent.setup();
		const lastError = {
			message: 'It ended with code 1.',
			code: 'mcp.crashed',
			at: moment,
			stderrTail: 'Cannot find module',
		};
		const page = await openInspector({ server: serverView({ state: 'failed', lastError }) });
		expect(screen.getByText('Cannot find module')).toBeTruthy();
		await user.click(screen.getByLabelText('Start'));
		expect(page.calls.map(({ name }) => name)).toContain('start');
	});

	test('a server that is gone says so', async () => {
		await openInspector({ server: null });
		await screen.findByText('This server is no longer defined');
	});
});

describe('a question of a server', () => {
	const form: ElicitationView = {
		kind: 'form',
		server: 'books',
		launch: 'npx -y books',
		message: 'Which library?',
		conversation: 'Order books',
		schema: {
			type: 'object',
			required: ['email'],
			properties: { email: { type: 'string', format: 'email' }, password: { type: 'string' } },
		},
	};

	async function ask(view: ElicitationView): Promise<(answer: ElicitationAnswer) => void> {
		const answered = vi.fn<(answer: ElicitationAnswer) => void>();
		const page = fakeElicitation(view, answered);
		onTestFinished(() => {
			page.client.dispose();
			page.server.dispose();
		});
		render(<Elicitation client={page.client} />);
		await screen.findByRole('heading');
		return answered;
	}

	test('says who asks and for what, warns of secrets, and sends what fits', async () => {
		const user = userEvent.setup();
		const answered = await ask(form);
		expect(screen.getByRole('heading').textContent).toContain('books');
		expect(screen.getByText('npx -y books')).toBeTruthy();
		expect(screen.getByRole('alert').textContent).toContain('password sounds like something secret');
		expect(screen.getByLabelText('password').getAttribute('type')).toBe('password');
		await user.type(screen.getByLabelText(/^email/), 'ada');
		await user.click(button('Send the Answer'));
		expect(screen.getByText('This is no e-mail address.')).toBeTruthy();
		expect(answered).not.toHaveBeenCalled();
		await user.type(screen.getByLabelText(/^email/), '@example.org');
		await user.click(button('Send the Answer'));
		await waitFor(() =>
			expect(answered).toHaveBeenCalledWith({ action: 'accept', content: { email: 'ada@example.org' } }),
		);
	});

	test('declining and cancelling are two things', async () => {
		const user = userEvent.setup();
		const answered = await ask(form);
		await user.click(button('Decline'));
		await waitFor(() => expect(answered).toHaveBeenCalledWith({ action: 'decline' }));
		await user.click(button('Cancel'));
		await waitFor(() => expect(answered).toHaveBeenCalledWith({ action: 'cancel' }));
	});

	test('an address is shown whole and opened by a button that names its host', async () => {
		const user = userEvent.setup();
		const url = 'https://pay.example.org/c?x=1';
		const answered = await ask({ ...form, kind: 'url', url, host: 'pay.example.org', isSecure: true });
		expect(screen.getByText(url)).toBeTruthy();
		await user.click(button('Open pay.example.org'));
		await waitFor(() => expect(answered).toHaveBeenCalledWith({ action: 'accept', content: null }));
	});
});
