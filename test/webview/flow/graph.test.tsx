import { describe, expect, test } from 'vitest';
import { applyOps } from '../../../src/core/flow/model/apply';
import { edgeText, type Flow } from '../../../src/core/flow/model/flow';
import { alignOps, distributeOps } from '../../../src/webviews/flow/edits/arrange';
import { addConnectedOps, addOps, spliceOps } from '../../../src/webviews/flow/edits/add';
import { copyText, fragmentOf, pasteOps, readClipboard } from '../../../src/webviews/flow/edits/clipboard';
import { connectOps, refusal } from '../../../src/webviews/flow/edits/connect';
import { removeAndReconnectOps, removeOps } from '../../../src/webviews/flow/edits/remove';
import { GraphIndex } from '../../../src/webviews/flow/graph/graphIndex';
import { snapTo } from '../../../src/webviews/flow/graph/guides';
import { listOrder } from '../../../src/webviews/flow/graph/listOrder';
import { closesCircle, downstream, nearest, upstream } from '../../../src/webviews/flow/graph/walk';
import { Catalog } from '../../../src/webviews/flow/state/catalog';
import { catalog } from './catalog';
import { flowOf } from './fakeHost';
import { review } from './gallery/scenes';

function indexed(flow: Flow): GraphIndex {
	const types = new Catalog(
		() => Promise.resolve([]),
		() => undefined,
	);
	types.setTypes(catalog);
	const index = new GraphIndex();
	index.update(flow, types, true);
	return index;
}

const lines = (flow: Flow): readonly string[] => flow.edges.map(edgeText);
const typeOf = (name: string): (typeof catalog)[number] => {
	const type = catalog.find(each => each.type === name);
	if (!type) throw new Error(name);
	return type;
};

describe('folded groups', () => {
	const folded = new Set(['publish']);
	const everything = { x: -10_000, y: -10_000, width: 20_000, height: 20_000 };
	const seen = (index: GraphIndex): readonly string[] => index.query(everything).map(({ id }) => id);

	test('hide their nodes, whose edges end at one card, until they are opened', () => {
		const index = indexed(review);
		const all = seen(index).length;
		const into = review.edges.find(({ to }) => to === 'ask');
		const between = review.edges.find(({ from, to }) => from === 'ask' && to === 'post');
		if (!into || !between) throw new Error('The scene is another');
		const before = index.ends(into);
		index.fold(review.groups, folded);
		expect(seen(index)).not.toContain('ask');
		expect(seen(index)).toHaveLength(all - 2);
		const [fold] = index.folds;
		expect(fold).toMatchObject({ id: 'publish', nodes: new Set(['ask', 'post']) });
		expect(index.ends(into)).toMatchObject({ x2: fold?.x, y2: (fold?.y ?? 0) + (fold?.height ?? 0) / 2 });
		expect(index.ends(between)).toBeNull();
		// Where they really are stays known: they are moved and laid out as ever.
		expect(index.box('post')?.x).toBe(review.layout['post']?.x);
		index.fold(review.groups, new Set());
		expect(seen(index)).toHaveLength(all);
		expect(index.ends(into)).toEqual(before);
	});

	test('stay hidden when they change, and are forgotten with the group', () => {
		const index = indexed(review);
		index.fold(review.groups, folded);
		const types = new Catalog(
			() => Promise.resolve([]),
			() => undefined,
		);
		types.setTypes(catalog);
		const moved = applyOps(review, [{ op: 'move', places: { ask: { x: 4000, y: 80 }, post: { x: 4400, y: 80 } } }]);
		index.update(moved, types);
		index.fold(moved.groups, folded);
		expect(index.folds[0]).toMatchObject({ x: 4000, y: 80 });
		expect(seen(index)).not.toContain('post');
		index.fold({}, folded);
		expect(index.folds).toEqual([]);
		expect(seen(index)).toContain('post');
	});
});

describe('walking', () => {
	const index = indexed(review);

	test('what comes before and after', () => {
		expect([...upstream(index, ['read'])].sort()).toEqual(['diff', 'each', 'read', 'review', 'start']);
		expect([...downstream(index, ['ask'])].sort()).toEqual(['ask', 'post']);
	});

	test('the nearest node in a direction', () => {
		const from = index.box('summary');
		if (!from) throw new Error('summary');
		expect(nearest(index, from, 'right')?.id).toBe('good');
		expect(nearest(index, from, 'down')?.id).toBe('old');
		const out = index.box('out');
		expect(out && nearest(index, out, 'right')).toBeUndefined();
	});

	test('circles, also through frames', () => {
		expect(closesCircle(index, 'summary', 'diff')).toBe(true);
		expect(closesCircle(index, 'diff', 'summary')).toBe(false);
		// The frame would wait for what comes after it.
		expect(closesCircle(index, 'summary', 'read')).toBe(true);
		expect(closesCircle(index, 'read', 'review')).toBe(false);
	});

	test('the list follows the run, bodies below their frames', () => {
		const rows = listOrder(index).map(({ id, depth }) => `${'  '.repeat(depth)}${id}`);
		expect(rows.filter(row => row !== 'about')).toEqual([
			'start',
			'old',
			'diff',
			'each',
			'  read',
			'  review',
			'summary',
			'good',
			'ask',
			'out',
			'post',
		]);
	});
});

describe('connecting', () => {
	const index = indexed(review);

	test('kinds, circles, frames and sides are minded', () => {
		const end = (node: string, handle: string, side: 'input' | 'output') => ({ node, handle, side });
		expect(refusal(index, end('diff', 'diff', 'output'), end('summary', 'input', 'input'))).toBeNull();
		expect(refusal(index, end('diff', 'files', 'output'), end('summary', 'input', 'input'))).toContain('takes text');
		expect(refusal(index, end('post', 'body', 'output'), end('good', 'input', 'input'))).toContain('circle');
		expect(refusal(index, end('read', 'text', 'output'), end('out', 'value', 'input'))).toContain('inner port');
		expect(refusal(index, end('each', '~item', 'output'), end('summary', 'input', 'input'))).toContain('inside');
		expect(refusal(index, end('diff', 'diff', 'output'), end('read', 'input', 'input'))).toBeNull();
		expect(refusal(index, end('diff', 'diff', 'output'), end('post', 'body', 'output'))).toContain('output');
	});

	test('an input that takes one edge loses the one that it had', () => {
		const start = { node: 'diff', handle: 'diff', side: 'output' } as const;
		const after = applyOps(review, connectOps(index, start, { node: 'summary', handle: 'input', side: 'input' }));
		expect(lines(after).filter(line => line.endsWith('-> summary.input'))).toEqual(['diff.diff -> summary.input']);
	});

	test('a new node is joined with the port where the edge was dropped', () => {
		const type = typeOf('llm');
		const start = { node: 'diff', handle: 'diff', side: 'output' } as const;
		const { id, ops } = addConnectedOps(
			index,
			type,
			{ x: 280, y: 500 },
			start,
			type.ports ?? { inputs: [], outputs: [] },
		);
		const after = applyOps(review, ops);
		expect(id).toBe('llm');
		expect(after.nodes['llm']?.type).toBe('llm@1');
		expect(lines(after)).toContain('diff.diff -> llm.input');
	});

	test('a node is put into an edge when its ports fit on both sides', () => {
		const edge = index.edge('summary.text -> good.input');
		if (!edge) throw new Error('edge');
		const ports = typeOf('text.template').ports ?? { inputs: [], outputs: [] };
		expect(spliceOps(index, edge, 'new', ports)?.map(op => ('edge' in op ? edgeText(op.edge) : ''))).toEqual([
			'summary.text -> good.input',
			'summary.text -> new.input',
			'new.text -> good.input',
		]);
		expect(spliceOps(index, edge, 'new', typeOf('flow.output').ports ?? { inputs: [], outputs: [] })).toBeNull();
	});
});

describe('adding and removing', () => {
	const index = indexed(review);

	test('a node that is dropped on a frame stands in it, and never on another node', () => {
		const [add] = addOps(index, typeOf('llm'), { x: 660, y: 160 }).ops;
		if (add?.op !== 'addNode') throw new Error('addNode');
		expect(add.node.in).toBe('each');
		expect(add.at?.y).toBeGreaterThan(200);
	});

	test('a frame is removed with what stands in it', () => {
		const after = applyOps(review, removeOps(index, ['each'], []));
		expect(['each', 'read', 'review'].filter(id => Object.hasOwn(after.nodes, id))).toEqual([]);
	});

	test('neighbours of a removed node are joined where the kinds fit', () => {
		const after = applyOps(review, removeAndReconnectOps(index, ['good', 'ask']));
		expect(lines(after)).toEqual(expect.arrayContaining(['summary.text -> out.value', 'summary.text -> post.input']));
		expect(Object.hasOwn(after.nodes, 'good')).toBe(false);
	});
});

describe('the clipboard', () => {
	const index = indexed(review);

	test('what was copied is pasted under new ids, with its edges, its frame and its expressions', () => {
		const clipboard = readClipboard(copyText(review, index, ['each']));
		if (clipboard.kind !== 'flow') throw new Error('flow');
		const { ops, ids } = pasteOps(review, index, clipboard.fragment, { x: 0, y: 600 }, false);
		const after = applyOps(review, ops);
		expect([...ids].sort()).toEqual(['each-2', 'read-2', 'review-2']);
		expect(after.nodes['read-2']?.in).toBe('each-2');
		expect(after.nodes['review-2']?.params?.['prompt']).toContain('nodes["read-2"].text');
		expect(lines(after)).toContain('read-2.text -> review-2.input');
		expect(lines(after)).not.toContain('diff.files -> each-2.items');
		expect(after.layout['each-2']).toMatchObject({ x: 0, y: 600, width: 600 });
	});

	test('incoming edges are kept on demand', () => {
		const { ops } = pasteOps(review, index, fragmentOf(review, index, ['summary']), { x: 0, y: 600 }, true);
		expect(lines(applyOps(review, ops))).toContain('each.results -> summary-2.input');
	});

	test('other texts are told apart', () => {
		expect(readClipboard('{"nodes":[{"name":"Webhook"}],"connections":{}}').kind).toBe('n8n');
		expect(readClipboard('{"quarterdeck":"flow","nodes":{"__proto__":{"type":"x"}}').kind).toBe('other');
		expect(
			readClipboard('{"quarterdeck":"flow","nodes":{"a b":{"type":"x"}},"edges":[],"groups":{},"layout":{}}').kind,
		).toBe('other');
		expect(readClipboard('hello').kind).toBe('other');
	});
});

describe('nodes without a place', () => {
	test('stand in columns in the order of the edges, below what has a place', () => {
		const flow = flowOf({ a: ['llm', 0, 0], b: ['llm', 0, 0], c: ['llm', 0, 0] }, ['b.text -> c.input']);
		const index = indexed({ ...flow, layout: { a: { x: 40, y: 80 } } });
		expect(['b', 'c'].map(id => [index.box(id)?.x, index.box(id)?.y])).toEqual([
			[0, 296],
			[288, 296],
		]);
	});
});

describe('arranging', () => {
	const flow = flowOf({ a: ['llm', 0, 0], b: ['llm', 300, 40], c: ['llm', 1000, 8] });
	const index = indexed(flow);

	test('aligning and distributing', () => {
		expect(applyOps(flow, alignOps(flow, index, ['a', 'b', 'c'], 'top')).layout).toMatchObject({
			b: { x: 304, y: 0 },
			c: { y: 0 },
		});
		expect(applyOps(flow, distributeOps(flow, index, ['a', 'b', 'c'], 'horizontal')).layout['b']?.x).toBe(504);
	});

	test('a dragged node lines up with another, else with the grid', () => {
		const other = { x: 104, y: 100, width: 200, height: 80 };
		const near = snapTo({ x: 107, y: 397, width: 200, height: 80 }, [other], 1);
		expect({ x: near.x, y: near.y, guides: near.guides.map(guide => guide.axis) }).toEqual({
			x: 104,
			y: 400,
			guides: ['x'],
		});
	});
});
