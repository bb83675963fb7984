import { act, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { asId, type ExecutionId } from '../../../src/core/base/ids';
import { commandIds } from '../../../src/core/flow/editorCommands';
import { edgeText } from '../../../src/core/flow/model/flow';
import { App } from '../../../src/webviews/flow/App';
import { Editor } from '../../../src/webviews/flow/state/editor';
import { savedUi } from '../../../src/webviews/flow/state/ui';
import { fakeEditor, flowOf, runId, type FakeEditor, type FakeSetup } from './fakeHost';
import { review, scenes } from './gallery/scenes';

// Looking for hidden parts computes the style of every element, which takes seconds here; nothing is hidden by style.
configure({ asyncUtilTimeout: 60_000, defaultHidden: true });

beforeAll(() => {
	// The surface needs a size before it shows anything; jsdom lays nothing out.
	Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 1600 });
	Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 900 });
	Object.defineProperty(HTMLElement.prototype, 'offsetWidth', { configurable: true, get: () => 1600 });
	Object.defineProperty(HTMLElement.prototype, 'offsetHeight', { configurable: true, get: () => 900 });
});

interface Shown extends FakeEditor {
	readonly editor: Editor;
	readonly graph: HTMLElement;
}

async function show(setup: FakeSetup = {}): Promise<Shown> {
	const host = fakeEditor(setup);
	const editor = new Editor(host.client);
	render(<App editor={editor} api={{ getState: () => null, setState: () => undefined }} />);
	const graph = await waitFor(() => {
		const found = document.querySelector<HTMLElement>('.graph');
		if (!found) throw new Error('The graph is not there yet');
		return found;
	});
	return { ...host, editor, graph };
}

const lines = (host: FakeEditor): readonly string[] => host.flow().edges.map(edgeText);
const spoken = (): string => screen.getAllByRole('status')[0]?.textContent ?? '';

describe('groups', () => {
	test('fold into one card by its button and by a key; who looks for a node in it opens it', async () => {
		const shown = await show({ flow: review });
		await userEvent.click(screen.getByRole('button', { name: 'Fold Publish' }));
		expect(document.querySelector('#node-ask')).toBeNull();
		expect(screen.getByText('2 nodes')).toBeDefined();
		expect(shown.batches).toEqual([]);
		act(() => shown.server.emit('reveal', { node: 'ask' }));
		await waitFor(() => expect(document.querySelector('#node-ask')).not.toBeNull());
		act(() => shown.graph.focus());
		await userEvent.keyboard('{Shift>}g{/Shift}');
		expect(document.querySelector('#node-ask')).toBeNull();
		expect(spoken()).toContain('The group Publish is folded.');
		await userEvent.click(screen.getByRole('button', { name: 'Unfold Publish' }));
		expect(document.querySelector('#node-post')).not.toBeNull();
	});

	test('a folded one is so again in the next page of the tab, whatever else was kept', () => {
		expect(savedUi({ ui: { folded: ['publish', 7] } })).toEqual({ folded: ['publish'] });
		expect(savedUi({ ui: { folded: 'publish' } })).toEqual({});
	});

	test('what a narrow page closed is known to the next page of the tab', () => {
		expect(savedUi({ ui: { closed: ['hasInspector', 'else'] } })).toEqual({ closed: ['hasInspector'] });
		expect(savedUi({ ui: { closed: null } })).toEqual({});
	});
});

describe('opening', () => {
	test('cards, their ports and what they hold are shown', async () => {
		await show({
			flow: flowOf({ a: ['http.request', 0, 0, { name: 'Fetch', params: { url: 'https://example.org' } }] }),
		});
		expect(await screen.findByText('Fetch')).toBeDefined();
		expect(screen.getByText('https://example.org')).toBeDefined();
		expect(screen.getByText('Body')).toBeDefined();
	});

	test('a flow whose text cannot be read stays as it was, and cannot be changed', async () => {
		const shown = await show({ flow: review, textError: { message: 'A comma is missing.', line: 12 } });
		expect(screen.getByRole('alert').textContent).toContain('Line 12: A comma is missing.');
		const run = (): HTMLButtonElement => screen.getByRole('button', { name: 'Run' });
		expect([run().disabled, run().title]).toEqual([true, 'The text of the flow has to be mended first.']);
		shown.editor.select(['diff']);
		act(() => shown.graph.focus());
		await userEvent.keyboard('{Delete}');
		expect(shown.batches).toEqual([]);
		act(() => shown.server.emit('textError', null));
		await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
		expect([run().disabled, run().title]).toEqual([false, 'Run Flow']);
		await userEvent.keyboard('{Delete}');
		await waitFor(() => expect(shown.batches.map(batch => batch.label)).toEqual(['Delete']));
	});

	test('on a narrow page only one panel lies over the graph, the newer one', async () => {
		const wide = Object.getOwnPropertyDescriptor(HTMLElement.prototype, 'clientWidth')!;
		Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 700 });
		try {
			const { editor } = await show({ flow: review });
			const open = (): readonly boolean[] => [
				document.querySelector('.palette') !== null,
				document.querySelector('.inspector') !== null,
			];
			expect(open()).toEqual([false, false]);
			act(() => editor.ui.patch({ hasPalette: true }));
			expect(open()).toEqual([true, false]);
			act(() => editor.ui.patch({ hasInspector: true }));
			expect(open()).toEqual([false, true]);
			act(() => editor.ui.patch({ hasPalette: true }));
			expect(open()).toEqual([true, false]);
		} finally {
			Object.defineProperty(HTMLElement.prototype, 'clientWidth', wide);
		}
	});

	test('a page that becomes narrow shows the graph, and one that is wide again its panels', async () => {
		const wide = Object.getOwnPropertyDescriptor(HTMLElement.prototype, 'clientWidth')!;
		const measured = new Set<() => void>();
		class Observer {
			readonly #tell: () => void;
			constructor(tell: () => void) {
				this.#tell = tell;
			}
			observe(element: Element): void {
				if (element.classList.contains('flow-page')) measured.add(this.#tell);
			}
			unobserve(): void {}
			disconnect(): void {
				measured.delete(this.#tell);
			}
		}
		const setWidth = (width: number): void => {
			Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => width });
			act(() => measured.forEach(tell => tell()));
		};
		const { ResizeObserver: before } = globalThis;
		vi.stubGlobal('ResizeObserver', Observer);
		try {
			const { editor } = await show({ flow: review });
			act(() => editor.ui.patch({ hasMinimap: false }));
			setWidth(500);
			expect(editor.ui.get()).toMatchObject({ hasPalette: false, hasInspector: false, hasMinimap: false });
			setWidth(1600);
			expect(editor.ui.get()).toMatchObject({ hasPalette: true, hasInspector: true, hasMinimap: false });
			setWidth(500);
			act(() => editor.ui.patch({ hasInspector: true }));
			setWidth(480);
			expect(editor.ui.get().hasInspector).toBe(true);
			setWidth(1600);
			expect(editor.ui.get()).toMatchObject({ hasPalette: true, hasInspector: true });
			// As a page made anew finds it, whose tab was narrow before.
			act(() => editor.ui.patch({ hasPalette: false, hasInspector: false, closed: ['hasPalette'] }));
			setWidth(1600);
			expect(editor.ui.get()).toMatchObject({ hasPalette: true, hasInspector: false, closed: null });
		} finally {
			vi.stubGlobal('ResizeObserver', before);
			Object.defineProperty(HTMLElement.prototype, 'clientWidth', wide);
		}
	});

	test('a host that cannot open it is asked again on demand', async () => {
		let isBroken = true;
		const host = fakeEditor({ flow: review });
		const editor = new Editor(
			fakeEditor({
				answers: {
					open: () => {
						if (isBroken) throw new Error('The file is gone.');
						return host.client.call('open', null);
					},
				},
			}).client,
		);
		render(<App editor={editor} api={{ getState: () => null, setState: () => undefined }} />);
		expect((await screen.findByRole('alert')).textContent).toContain('The file is gone.');
		isBroken = false;
		await userEvent.click(screen.getByText('Try Again'));
		expect(await screen.findByRole('application')).toBeDefined();
	});
});

describe('by keyboard alone', () => {
	test('a flow is built from nothing', async () => {
		const shown = await show();
		act(() => shown.graph.focus());
		await userEvent.keyboard('{Tab}');
		await userEvent.type(await screen.findByRole('combobox', { name: 'Add a node' }), 'git di{Enter}');
		await waitFor(() => expect(Object.keys(shown.flow().nodes)).toEqual(['git-diff']));
		await waitFor(() => expect(document.activeElement).toBe(shown.graph));
		await userEvent.keyboard('{Shift>}{Tab}{/Shift}');
		await userEvent.type(await screen.findByRole('combobox', { name: 'Add a node that fits' }), 'llm{Enter}');
		await waitFor(() => expect(lines(shown)).toEqual(['git-diff.diff -> llm.input']));
		await waitFor(() => expect(document.activeElement).toBe(shown.graph));
		await userEvent.keyboard('{ArrowLeft}');
		expect(spoken()).toContain('Git diff, before LLM');
		await userEvent.keyboard('{Control>}d{/Control}');
		await waitFor(() => expect(Object.keys(shown.flow().nodes)).toContain('git-diff-2'));
		await userEvent.keyboard('{Delete}');
		await waitFor(() => expect(Object.keys(shown.flow().nodes)).not.toContain('git-diff-2'));
	});

	test('nodes are grouped, and the group gets its name and colour', async () => {
		const shown = await show({ flow: flowOf({ a: ['llm', 0, 0], b: ['llm', 400, 0] }) });
		act(() => shown.graph.focus());
		await userEvent.keyboard('{Control>}a{/Control}{Control>}g{/Control}');
		const name = await screen.findByLabelText('Group');
		await userEvent.clear(name);
		await userEvent.type(name, 'Readers');
		fireEvent.blur(name);
		await userEvent.selectOptions(await screen.findByLabelText('Colour of Readers'), 'green');
		await waitFor(() =>
			expect(shown.flow().groups).toEqual({ group: { name: 'Readers', nodes: ['a', 'b'], color: 'green' } }),
		);
		act(() => shown.graph.focus());
		await userEvent.keyboard('{ArrowLeft}');
		expect(spoken()).toContain('in the group Readers');
	});

	test('arrows go to the nearest node and say what it is; shift takes it along', async () => {
		const shown = await show({ flow: review });
		act(() => shown.graph.focus());
		await userEvent.keyboard('{Home}{ArrowRight}');
		expect(spoken()).toContain('Git diff, after Start by hand, before Map');
		await userEvent.keyboard('{Shift>}{ArrowLeft}{/Shift}');
		expect([...shown.editor.selection.get().nodes].sort()).toEqual(['diff', 'start']);
		expect(shown.graph.getAttribute('aria-activedescendant')).toBe('node-start');
	});

	test('nodes are connected from a list of what fits', async () => {
		const shown = await show({
			flow: flowOf({ a: ['git.diff', 0, 0], b: ['llm', 300, 0], c: ['control.if', 600, 0] }),
		});
		act(() => shown.graph.focus());
		await userEvent.keyboard('{Home}c');
		const picker = await screen.findByRole('combobox', { name: 'Connect Git diff' });
		expect(screen.queryByText('Files → LLM: Input')).toBeNull();
		await userEvent.type(picker, 'diff llm{Enter}');
		await waitFor(() => expect(lines(shown)).toEqual(['a.diff -> b.input']));
	});

	test('undo is left to VS Code', async () => {
		const shown = await show({ flow: review });
		act(() => shown.graph.focus());
		const isHandled = !fireEvent.keyDown(shown.graph, { key: 'z', code: 'KeyZ', ctrlKey: true });
		expect(isHandled).toBe(false);
	});

	test('every command runs without a selection, and with one', async () => {
		const shown = await show({ flow: review });
		for (const isSelecting of [false, true]) {
			for (const id of commandIds) {
				await act(async () => {
					const card = [...shown.editor.index.boxes()].find(box => box.shape === 'card');
					shown.editor.select(isSelecting && card ? [card.id] : []);
					// An earlier command may have left the keyboard in a text field.
					shown.graph.focus();
					shown.server.emit('command', { id });
					await Promise.resolve();
				});
			}
		}
		await waitFor(() => expect(shown.calls.some(call => call.name === 'extract')).toBe(true));
		expect(shown.editor.failure.get()).toBeNull();
	});
});

describe('the inspector', () => {
	test('Enter goes to the first parameter, not to the name; of a node without any to the name', async () => {
		const shown = await show({ flow: flowOf({ a: ['http.request', 0, 0], b: ['trigger.manual', 400, 0] }) });
		act(() => shown.graph.focus());
		shown.editor.select(['a']);
		await userEvent.keyboard('{Enter}');
		await waitFor(() => expect(document.activeElement?.closest('.params')).not.toBeNull());
		expect(document.activeElement?.matches('input, textarea, select')).toBe(true);
		act(() => shown.graph.focus());
		act(() => shown.editor.select(['b']));
		await userEvent.keyboard('{Enter}');
		await waitFor(() => expect(document.activeElement?.className).toContain('node-name'));
	});

	test('a sub-flow and a custom node lead to their definition, others do not', async () => {
		const shown = await show({
			flow: flowOf({
				sub: ['flow.call', 0, 0, { params: { path: 'lib/a.flow.json' } }],
				own: ['custom.shout', 400, 0],
				log: ['llm', 800, 0],
			}),
		});
		for (const [id, isOffered] of [
			['sub', true],
			['own', true],
			['log', false],
		] as const) {
			act(() => shown.editor.select([id]));
			await screen.findByRole('button', { name: 'Show in the text' });
			expect(screen.queryAllByRole('button', { name: 'Go to definition' })).toHaveLength(isOffered ? 1 : 0);
		}
		act(() => shown.editor.select(['sub']));
		await userEvent.click(await screen.findByRole('button', { name: 'Go to definition' }));
		await waitFor(() => expect(shown.calls.map(({ name }) => name)).toContain('openDefinition'));
	});

	test('one word is one operation, and what others change is shown', async () => {
		const shown = await show({ flow: review });
		act(() => shown.editor.select(['summary']));
		const prompt = await screen.findByLabelText(/^Prompt/);
		await userEvent.clear(prompt);
		await userEvent.type(prompt, 'Sum it up');
		await userEvent.tab();
		await waitFor(() => expect(shown.flow().nodes['summary']?.params?.['prompt']).toBe('Sum it up'));
		expect(shown.batches.length).toBeLessThan(4);
		act(() => shown.change([{ op: 'setParam', id: 'summary', name: 'prompt', value: 'From the text' }]));
		await waitFor(() => expect(screen.getByLabelText(/^Prompt/)).toHaveProperty('value', 'From the text'));
	});

	test('expressions are completed and previewed', async () => {
		const shown = await show({ flow: review });
		act(() => shown.editor.select(['summary']));
		const prompt = await screen.findByLabelText(/^Prompt/);
		await userEvent.clear(prompt);
		await userEvent.type(prompt, '{{{{ nodes.fe');
		const option = await screen.findByRole('option', { name: /nodes\.fetch\.body/ });
		expect(option).toBeDefined();
		await userEvent.keyboard('{Enter} }}');
		expect(prompt).toHaveProperty('value', '{{ nodes.fetch.body }}');
		expect(await screen.findByText('= one value')).toBeDefined();
	});

	test('models are chosen from what the host knows', async () => {
		const shown = await show({ flow: review });
		act(() => shown.editor.select(['summary']));
		const model = await screen.findByRole('combobox', { name: 'Model' });
		await userEvent.click(model);
		await userEvent.click(await screen.findByRole('option', { name: /Opus/ }));
		await waitFor(() => expect(shown.flow().nodes['summary']?.params?.['model']).toBe('claude/opus'));
	});

	test('a wrong number is said and not kept', async () => {
		const shown = await show({ flow: review });
		act(() => shown.editor.select(['summary']));
		await userEvent.type(await screen.findByLabelText('Temperature'), '7');
		await userEvent.tab();
		expect(await screen.findByText('At most 2.')).toBeDefined();
		expect(shown.batches).toEqual([]);
	});

	test('a problem is shown beside its parameter, with its fix', async () => {
		const { problems = [] } = scenes['review'] ?? {};
		const shown = await show({ flow: review, problems });
		act(() => shown.editor.select(['old']));
		await userEvent.click(await screen.findByText('Remove the node'));
		await waitFor(() => expect(shown.calls).toContainEqual({ name: 'applyFix', params: { problem: 'p1', fix: 'f1' } }));
	});
});

describe('runs', () => {
	test('states arrive on the cards', async () => {
		const { run = null } = scenes['running'] ?? {};
		const shown = await show({ flow: review, run });
		expect(await screen.findByText(/86 ms · 12 items/)).toBeDefined();
		const node = run?.nodes['diff'];
		if (!node) throw new Error('diff');
		act(() =>
			shown.server.emit('runChanged', {
				id: runId,
				run: { steps: 12 },
				nodes: { diff: { ...node, state: 'failed', error: 'git is not installed' } },
				log: [],
			}),
		);
		expect(await screen.findByText('git is not installed')).toBeDefined();
		await waitFor(() => expect(shown.calls.some(call => call.name === 'watch')).toBe(true));
	});

	test('a run whose flow was changed says that it keeps its own copy, until it has ended', async () => {
		const { run = null } = scenes['running'] ?? {};
		const shown = await show({ flow: review, run });
		act(() => shown.server.emit('runChanged', { id: runId, run: { isOutdated: true }, nodes: {}, log: [] }));
		expect(await screen.findByText(/The run keeps its own copy/)).toBeDefined();
		act(() => shown.server.emit('runChanged', { id: runId, run: { status: 'succeeded' }, nodes: {}, log: [] }));
		await waitFor(() => expect(screen.queryByText(/The run keeps its own copy/)).toBeNull());
	});

	test('an approval is answered beside the graph', async () => {
		const { run = null, runs = [] } = scenes['waiting'] ?? {};
		const shown = await show({ flow: review, run, runs });
		act(() => shown.server.emit('command', { id: 'runs' }));
		const question = await screen.findByRole('region', { name: 'Post this review?' });
		await userEvent.click(within(question).getByText('Approve'));
		await waitFor(() =>
			expect(shown.calls).toContainEqual({
				name: 'answer',
				params: { run: runId, wait: 'wait-1', answer: { kind: 'approval', isApproved: true, comment: '' } },
			}),
		);
	});

	test('a run of the list becomes a test, and is compared with the one that is shown', async () => {
		const { run = null, runs = [] } = scenes['waiting'] ?? {};
		const old = { ...runs[0]!, id: asId<ExecutionId>('old'), title: 'Run before', status: 'succeeded' as const };
		const shown = await show({ flow: review, run, runs: [...runs, old] });
		act(() => shown.server.emit('command', { id: 'runs' }));
		await userEvent.click(await screen.findByRole('button', { name: 'Add Run before to the tests' }));
		await waitFor(() => expect(shown.calls).toContainEqual({ name: 'addToTests', params: { run: 'old' } }));
		await userEvent.click(screen.getByRole('button', { name: 'Compare Run before with the run that is shown' }));
		const comparison = await screen.findByRole('region', { name: 'Comparison of two runs' });
		expect(comparison.textContent).toContain('1 node differs');
		await userEvent.click(within(comparison).getByRole('button', { name: 'text' }));
		await waitFor(() =>
			expect(shown.calls.filter(({ name }) => name === 'diffValues')).toMatchObject([
				{ params: { a: { run: 'old', node: 'review', port: 'text' }, b: { run: runId } } },
			]),
		);
	});

	test('values are shown as what they are', async () => {
		const { run = null } = scenes['values'] ?? {};
		const shown = await show({ flow: review, run });
		act(() => {
			shown.editor.select(['diff']);
			shown.server.emit('command', { id: 'values' });
		});
		expect(await screen.findByRole('columnheader', { name: 'path' })).toBeDefined();
		await userEvent.click(await screen.findByRole('button', { name: 'Open files in an editor' }));
		await waitFor(() => expect(shown.calls.map(({ name }) => name)).toContain('openValue'));
	});

	test('breakpoints are told to the host', async () => {
		const shown = await show({ flow: review });
		act(() => shown.editor.select(['diff']));
		act(() => shown.graph.focus());
		await userEvent.keyboard('{F9}');
		await waitFor(() =>
			expect(shown.calls).toContainEqual({
				name: 'setBreakpoints',
				params: { breakpoints: [{ node: 'diff', when: 'before' }] },
			}),
		);
	});
});
