import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExpectedError } from '../../../../src/core/base/errors';
import { applyOps } from '../../../../src/core/flow/model/apply';
import { emptyFlow } from '../../../../src/core/flow/model/flow';
import type { Flow } from '../../../../src/core/flow/model/flow';
import type { FlowOp } from '../../../../src/core/flow/model/ops';
import { parseFlow } from '../../../../src/core/flow/model/parse';
import { printFlow } from '../../../../src/core/flow/model/print';
import { anyFlow, anyOps, anyText } from './arbitraries';
import { makeWorld, settle } from './syncWorld';
import type { World } from './syncWorld';

const soon = (): Promise<void> => Promise.resolve();

async function quiet({ pages }: World): Promise<void> {
	for (let turns = 0; turns < 200 || !pages.every(({ page }) => page.isSettled); turns++) await Promise.resolve();
}

const add = (id: string, params: Record<string, string> = {}): FlowOp => ({
	op: 'addNode',
	id,
	node: { type: 'text.template@1', params },
	at: { x: 0, y: 0 },
});

const start = applyOps(emptyFlow('x', 'X'), [add('fetch'), add('review')]);

type Action =
	| { readonly do: 'gesture'; readonly page: 0 | 1; readonly ops: readonly FlowOp[] }
	| { readonly do: 'external'; readonly ops: readonly FlowOp[]; readonly isCanonical: boolean }
	| { readonly do: 'checkout'; readonly flow: Flow }
	| { readonly do: 'break'; readonly text: string }
	| { readonly do: 'undo' | 'redo' | 'wait' };

const anyAction: fc.Arbitrary<Action> = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({
			do: fc.constant('gesture' as const),
			page: fc.constantFrom(0 as const, 1 as const),
			ops: anyOps,
		}),
	},
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('external' as const), ops: anyOps, isCanonical: fc.boolean() }) },
	fc.record({ do: fc.constant('checkout' as const), flow: anyFlow }),
	fc.record({ do: fc.constant('break' as const), text: anyText }),
	{
		weight: 4,
		arbitrary: fc.record({ do: fc.constantFrom('undo' as const, 'redo' as const, 'wait' as const, 'wait' as const) }),
	},
);

async function perform({ document, host, pages }: World, action: Action, scheduler: fc.Scheduler): Promise<void> {
	switch (action.do) {
		case 'gesture':
			return pages[action.page]!.page.change(action.ops, 'gesture');
		case 'external': {
			const text = printFlow(applyOps(host.flow, action.ops));
			return document.set(action.isCanonical ? text : JSON.stringify(JSON.parse(text)));
		}
		case 'checkout':
			return document.set(printFlow(action.flow));
		case 'break':
			return document.set(document.text().slice(0, 10) + action.text);
		case 'undo':
			return document.undo();
		case 'redo':
			return document.redo();
		case 'wait':
			if (scheduler.count() > 0) await scheduler.waitOne();
	}
}

describe('text and models', () => {
	test('agree in the end, whoever changes what, in whatever order it arrives', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.scheduler(),
				anyFlow,
				fc.array(anyAction, { maxLength: 20 }),
				async (scheduler, flow, actions) => {
					const world = makeWorld(printFlow(flow), () => scheduler.schedule(Promise.resolve()));
					const { document, host, pages } = world;
					for (const action of actions) await perform(world, action, scheduler);
					await settle(scheduler, pages);
					// A text that is left broken is taken back, as a user would.
					while (!host.isReadable) document.undo();
					await settle(scheduler, pages);
					expect(parseFlow(document.text()).flow).toEqual(host.flow);
					for (const { page } of pages) expect(page.flow).toEqual(host.flow);
					pages[0]!.page.change([{ op: 'setFlow', name: 'the end' }], 'rename');
					await settle(scheduler, pages);
					expect(document.text()).toBe(printFlow(host.flow));
					for (const { page, gaps } of pages) expect([page.flow, gaps]).toEqual([host.flow, 0]);
				},
			),
			{ numRuns: 300 },
		);
	}, 120_000);

	test('undo takes back exactly one gesture, in every page', async () => {
		const world = makeWorld(printFlow(start), soon);
		const [first, second] = world.pages.map(({ page }) => page);
		first!.change(
			[add('a'), { op: 'addEdge', edge: { from: 'fetch', output: 'text', to: 'a', input: 'input' } }],
			'Add',
		);
		await quiet(world);
		second!.change([{ op: 'removeNode', id: 'fetch' }], 'Delete');
		await quiet(world);
		expect(world.document.edits).toBe(2);
		world.document.undo();
		await quiet(world);
		expect(first!.flow.edges).toHaveLength(1);
		expect(second!.flow).toEqual(first!.flow);
		world.document.undo();
		await quiet(world);
		expect([first!.flow, second!.flow]).toEqual([start, start]);
		world.document.redo();
		await quiet(world);
		expect(first!.flow.nodes['a']).toEqual({ type: 'text.template@1' });
	});

	test('what a page did not touch stays the same object through a change from outside', async () => {
		const world = makeWorld(printFlow(start), soon);
		const { page } = world.pages[0]!;
		const before = page.flow.nodes['review'];
		world.document.set(printFlow(applyOps(start, [{ op: 'setParam', id: 'fetch', name: 'template', value: 'new' }])));
		await quiet(world);
		expect(page.flow.nodes['fetch']?.params).toEqual({ template: 'new' });
		expect(page.flow.nodes['review']).toBe(before);
	});
});

describe('batches that crossed', () => {
	test('a new node whose id was taken gets another, and so does what names it', async () => {
		const world = makeWorld(printFlow(start), soon);
		const [first, second] = world.pages.map(({ page }) => page);
		first!.change([add('step', { template: 'first' })], 'Add');
		second!.change(
			[
				add('step', { template: 'second' }),
				add('after', { template: '{{ nodes.step.text }}' }),
				{ op: 'addEdge', edge: { from: 'step', output: 'text', to: 'after', input: 'input' } },
			],
			'Paste',
		);
		second!.change([{ op: 'setParam', id: 'step', name: 'template', value: 'second, changed' }], 'Type');
		await quiet(world);
		expect(world.host.flow.nodes['step']?.params).toEqual({ template: 'first' });
		expect(world.host.flow.nodes['step-2']?.params).toEqual({ template: 'second, changed' });
		expect(world.host.flow.nodes['after']?.params).toEqual({ template: '{{ nodes["step-2"].text }}' });
		expect(world.host.flow.edges).toEqual([{ from: 'step-2', output: 'text', to: 'after', input: 'input' }]);
		for (const page of [first!, second!]) expect(page.flow).toEqual(world.host.flow);
	});

	test('an edge to a node that is gone is not drawn into nowhere', async () => {
		const world = makeWorld(printFlow(start), soon);
		const [first, second] = world.pages.map(({ page }) => page);
		first!.change([{ op: 'removeNode', id: 'review' }], 'Delete');
		second!.change(
			[{ op: 'addEdge', edge: { from: 'fetch', output: 'text', to: 'review', input: 'input' } }],
			'Connect',
		);
		await quiet(world);
		expect(world.host.flow.edges).toEqual([]);
		for (const page of [first!, second!]) expect(page.flow).toEqual(world.host.flow);
	});
});

describe('a text that cannot be read', () => {
	test('keeps the last flow, refuses changes with a sentence, and goes on when it is mended', async () => {
		const world = makeWorld(printFlow(start), soon);
		const [first] = world.pages;
		const broken = world.document.text().replace('"nodes"', '"nodes');
		world.document.set(broken);
		expect(world.host.isReadable).toBe(false);
		expect(world.host.problems[0]?.range?.line).toBe(4);
		first!.page.change([add('a')], 'Add');
		await quiet(world);
		expect(first!.failures.map(error => ExpectedError.is(error, 'flow-unreadable'))).toEqual([true]);
		expect([first!.page.flow, world.host.flow, world.document.text()]).toEqual([start, start, broken]);
		world.document.undo();
		first!.page.change([add('a')], 'Add');
		await quiet(world);
		expect([world.host.isReadable, world.host.problems]).toEqual([true, []]);
		expect(world.document.text()).toBe(printFlow(first!.page.flow));
	});

	test('may be so from the beginning', async () => {
		const world = makeWorld('', soon);
		expect(world.host.problems.map(problem => problem.message)).toEqual(['The file is empty.']);
		world.document.set(printFlow(start));
		await quiet(world);
		for (const { page } of world.pages) expect(page.flow).toEqual(start);
	});
});

test('a file with CRLF keeps it, and the edit stays small', async () => {
	const world = makeWorld(printFlow(start).replaceAll('\n', '\r\n'), soon);
	world.pages[0]!.page.change([{ op: 'move', places: { fetch: { x: 80, y: 0 } } }], 'Move');
	await quiet(world);
	expect(world.document.text()).toBe(printFlow(world.host.flow).replaceAll('\n', '\r\n'));
	expect(world.host.flow.layout['fetch']).toEqual({ x: 80, y: 0 });
});

test('a page that lost a message asks for the whole flow and goes on', async () => {
	const world = makeWorld(printFlow(start), soon);
	const [first, second] = world.pages;
	second!.isDeaf = true;
	first!.page.change([add('lost')], 'Add');
	await quiet(world);
	second!.isDeaf = false;
	second!.page.change([add('own')], 'Add');
	await quiet(world);
	await quiet(world);
	expect(second!.gaps).toBe(1);
	expect(Object.keys(second!.page.flow.nodes)).toEqual(['fetch', 'lost', 'own', 'review']);
	expect(second!.page.flow).toEqual(world.host.flow);
});

test('a change that arrives together with somebody else’s is taken once', async () => {
	const world = makeWorld(printFlow(start), soon);
	const { document } = world;
	const edit = document.edit.bind(document);
	document.edit = async change => {
		const renamed =
			document.text().slice(0, change.offset) + change.text + document.text().slice(change.offset + change.length);
		document.edit = edit;
		document.set(renamed.replace('"X"', '"Y"'));
		return true;
	};
	world.pages[0]!.page.change([add('a')], 'Add');
	world.pages[0]!.page.change([add('b')], 'Add');
	await quiet(world);
	expect(world.host.flow).toEqual(applyOps(start, [add('a'), add('b'), { op: 'setFlow', name: 'Y' }]));
	for (const { page, gaps } of world.pages) expect([page.flow, gaps]).toEqual([world.host.flow, 0]);
});

test('a file that never stands still gives a sentence, not a hang', async () => {
	const world = makeWorld(printFlow(start), soon);
	let count = 0;
	world.document.edit = () => {
		world.document.set(printFlow({ ...start, name: `X${count++}` }));
		return Promise.resolve(false);
	};
	world.pages[0]!.page.change([add('a')], 'Add');
	await quiet(world);
	expect(world.pages[0]!.failures.map(error => ExpectedError.is(error, 'flow-busy'))).toEqual([true]);
	expect(world.pages[0]!.page.flow).toEqual(world.host.flow);
});
