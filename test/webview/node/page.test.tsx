import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { ExpectedError } from '../../../src/core/base/errors';
import { toDisposable } from '../../../src/core/base/lifecycle';
import { newNodeShape } from '../../../src/core/flow/custom/newNode';
import type { NodePageContract, NodePageView, NodeTrialView } from '../../../src/core/flow/custom/nodePageProtocol';
import { connect, serve, type Port } from '../../../src/core/rpc/rpc';
import { NodePage } from '../../../src/webviews/node/NodePage';

type Asked = readonly [string, unknown];

/** The host's side of the page, without VS Code. */
function show(
	view: NodePageView | null,
	trial?: () => NodeTrialView,
): { readonly asked: Asked[]; readonly user: ReturnType<typeof userEvent.setup> } {
	const asked: Asked[] = [];
	const sides: [Set<(message: unknown) => void>, Set<(message: unknown) => void>] = [new Set(), new Set()];
	const port = (own: 0 | 1): Port => ({
		post: message =>
			queueMicrotask(() => sides[own === 0 ? 1 : 0].forEach(listener => listener(structuredClone(message)))),
		onMessage: listener => {
			sides[own].add(listener);
			return toDisposable(() => sides[own].delete(listener));
		},
	});
	const note =
		(name: string) =>
		(params: unknown): void =>
			void asked.push([name, params]);
	const server = serve<NodePageContract>(port(0), {
		openNode: () => view,
		createNode: ({ form }) => {
			note('createNode')(form);
			if ((form as { title: string }).title === 'Taken')
				throw new ExpectedError('custom-there', 'taken.js is there already.');
		},
		tryNode: ({ input }) => {
			note('tryNode')(input);
			if (!trial) throw new ExpectedError('custom-not-granted', 'It was not allowed.');
			return trial();
		},
		stopTrial: note('stopTrial'),
		openNodeFile: note('openNodeFile'),
		saveNode: note('saveNode'),
		changeNode: note('changeNode'),
		closeNode: note('closeNode'),
	});
	const client = connect<NodePageContract>(port(1));
	onTestFinished(() => {
		server.dispose();
		client.dispose();
	});
	render(<NodePage client={client} />);
	return { asked, user: userEvent.setup() };
}

const tried: NodePageView = {
	kind: 'try',
	title: 'Halve',
	path: '.quarterdeck/nodes/halve.js',
	schema: {
		type: 'object',
		properties: {
			inputs: {
				type: 'object',
				title: 'Inputs',
				properties: { value: { type: 'number', title: 'Value' } },
				required: ['value'],
			},
		},
	},
	reaches: ['read files of the workspace'],
	written: null,
	problem: null,
};

test('the form of a new node asks for its parts, and says what is wrong with them', async () => {
	const { asked, user } = show({ kind: 'new', schema: z.toJSONSchema(newNodeShape, { io: 'input' }) });
	const write = await screen.findByText('Write the File');
	await user.click(write);
	expect(await screen.findByText('Fill this in.')).toBeDefined();
	const [name] = screen.getAllByRole('textbox', { name: /^Name/ });
	await user.type(name!, 'Taken');
	await user.click(write);
	expect((await screen.findByText('taken.js is there already.')).getAttribute('role')).toBe('alert');
	await user.clear(name!);
	await user.type(name!, 'Word count');
	await user.click(screen.getByRole('checkbox', { name: 'It reads files of the workspace' }));
	await user.click(write);
	await waitFor(() => expect(asked).toHaveLength(2));
	expect(newNodeShape.parse(asked[1]?.[1])).toMatchObject({
		title: 'Word count',
		inputs: [{ name: 'input', kind: 'any' }],
		outputs: [{ name: 'output', kind: 'any' }],
		files: true,
	});
});

test('a trial shows its outputs and its log, or what failed with the line to look at', async () => {
	let trial: NodeTrialView = {
		isOk: false,
		message: 'The script failed in halve.js, line 7: odd',
		line: 7,
		log: ['halving'],
		ms: 3,
	};
	const { asked, user } = show(tried, () => trial);
	expect(await screen.findByText(/It asks to read files of the workspace/)).toBeDefined();
	await user.type(screen.getByRole('textbox', { name: /^Value/ }), '9');
	await user.click(screen.getByText('Run It'));
	await user.click(await screen.findByRole('button', { name: 'Show line 7' }));
	expect(asked).toEqual([
		['tryNode', { inputs: { value: 9 } }],
		['openNodeFile', { line: 7 }],
	]);
	expect(screen.getByText('halving')).toBeDefined();
	trial = { isOk: true, outputs: { output: 0, other: '' }, log: [], ms: 1 };
	await user.click(screen.getByText('Run It'));
	expect(await screen.findByText('It ran')).toBeDefined();
	expect(screen.getByText('0')).toBeDefined();
	expect(screen.queryByText('Save the Node')).toBeNull();
});

test('what was not allowed is told, and a node that is none cannot be run', async () => {
	const { user } = show(tried);
	await user.type(await screen.findByRole('textbox', { name: /^Value/ }), '1');
	await user.click(screen.getByText('Run It'));
	expect(await screen.findByText('It was not allowed.')).toBeDefined();
});

test('a broken file shows why', async () => {
	show({ ...tried, problem: 'halve.js does not describe a node.' });
	expect(await screen.findByText('halve.js does not describe a node.')).toBeDefined();
	expect(screen.getByText('Run It').closest('vscode-button')).toHaveProperty('disabled', true);
});

test('what a model wrote is saved by the user, or changed by the model', async () => {
	const { asked, user } = show({ ...tried, written: { explanation: 'It halves.' } });
	expect(await screen.findByText('It halves.')).toBeDefined();
	await user.type(screen.getByRole('textbox', { name: 'What should be different?' }), 'round it');
	await user.click(screen.getByText('Let the Model Change It'));
	await waitFor(() => expect(asked).toEqual([['changeNode', { wish: 'round it' }]]));
	await user.click(screen.getByText('Save the Node'));
	await waitFor(() => expect(asked.at(-1)).toEqual(['saveNode', null]));
});

test('a page of something that is gone says so', async () => {
	show(null);
	expect(await screen.findByText('This node is not here any more')).toBeDefined();
});
