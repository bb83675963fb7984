import { act, configure, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, expect, test } from 'vitest';
import { asId, type ExecutionId } from '../../../src/core/base/ids';
import { nodeTypeView } from '../../../src/core/flow/editorViews';
import { builtInCatalog } from '../../../src/core/flow/nodes/catalog';
import type { TriggerView } from '../../../src/core/flow/triggers/triggerView';
import { App } from '../../../src/webviews/flow/App';
import { describeNode } from '../../../src/webviews/flow/state/describe';
import { Editor } from '../../../src/webviews/flow/state/editor';
import { fakeEditor, flowOf, type FakeEditor, type FakeSetup } from './fakeHost';
import { webhookView as hook } from '../../fakes/triggerView';

configure({ asyncUtilTimeout: 60_000, defaultHidden: true });

beforeAll(() => {
	for (const [name, size] of [
		['clientWidth', 1600],
		['clientHeight', 900],
		['offsetWidth', 1600],
		['offsetHeight', 900],
	] as const)
		Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
});

async function show(view: TriggerView, setup: FakeSetup = {}): Promise<FakeEditor & { readonly editor: Editor }> {
	const flow = flowOf({ hook: ['trigger.webhook', 0, 0, { params: { path: 'deploy' } }] });
	const catalog = builtInCatalog.list().map(nodeTypeView);
	const host = fakeEditor({ flow, catalog, triggers: [view], ...setup });
	const editor = new Editor(host.client);
	render(<App editor={editor} api={{ getState: () => null, setState: () => undefined }} />);
	await waitFor(() => expect(document.querySelector('.graph')).not.toBeNull());
	act(() => editor.select(['hook']));
	return { ...host, editor };
}

const region = (): ReturnType<typeof within> => within(screen.getByRole('region', { name: 'Trigger' }));
const asked = ({ calls }: FakeEditor): readonly unknown[] =>
	calls.filter(({ name }) => name === 'trigger').map(({ params }) => params);

test('a trigger says how it stands, on its card, in the inspector and to screen readers, and is turned on and off', async () => {
	const shown = await show(hook);
	await waitFor(() => region().getByText('off'));
	expect(region().queryByText('Copy as curl')).toBeNull();
	expect(document.querySelector('#node-hook .trigger-off')?.getAttribute('title')).toBe('Trigger: off');
	await userEvent.click(region().getByText('Turn on'));
	const last = { execution: asId<ExecutionId>('run-1'), at: Date.now(), status: 'succeeded', error: null } as const;
	act(() =>
		shown.server.emit('triggers', [{ ...hook, state: 'on', about: 'POST http://127.0.0.1:4711/hooks/deploy', last }]),
	);
	await waitFor(() => region().getByText(/^on · last succeeded/));
	expect(region().getByText('POST http://127.0.0.1:4711/hooks/deploy')).toBeDefined();
	expect(describeNode(shown.editor, 'hook')).toContain('trigger on · last succeeded');
	expect(region().queryByText('Turn on')).toBeNull();
	await userEvent.click(region().getByText('Copy as curl'));
	await userEvent.click(region().getByText('Run now'));
	await userEvent.click(region().getByText('Turn off'));
	await waitFor(() =>
		expect(asked(shown)).toEqual(['turnOn', 'copyCurl', 'run', 'turnOff'].map(action => ({ node: 'hook', action }))),
	);
});

test('one that changed since it was turned on can be turned on again, or off', async () => {
	await show({ ...hook, state: 'changed' });
	await waitFor(() => region().getByText('changed: turn it on again'));
	expect(region().getByText('Turn on')).toBeDefined();
	expect(region().getByText('Turn off')).toBeDefined();
});

test('what is wrong with it is told', async () => {
	await show({ ...hook, state: 'wrong', text: 'Webhooks cannot listen on port 80: another program has it.' });
	await waitFor(() => region().getByText(/^Webhooks cannot listen on port 80/));
});

test('nothing can be turned on in a workspace that is not trusted', async () => {
	const shown = await show(hook, { isTrusted: false });
	await waitFor(() => region().getByText('Turn on'));
	await userEvent.click(region().getByText('Turn on'));
	expect(asked(shown)).toEqual([]);
});
