import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/base/json';
import { compileFlow } from '../../../../src/core/flow/engine/compile';
import { planRun } from '../../../../src/core/flow/engine/plan';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import type { Flow, FlowNode } from '../../../../src/core/flow/model/flow';
import { catalogOf, edge, endsOf, flowOf, runFlow, runs, states, testTypes, valuesOf } from './support';

/** Numbers between 0 and 1 that are the same for the same seed. */
function randomOf(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

const kinds = ['value', 'add', 'later', 'even', 'list', 'needs', 'read', 'fail'] as const;
type Kind = (typeof kinds)[number];

interface Made {
	readonly flow: Flow;
	readonly ids: readonly string[];
	readonly kinds: Readonly<Record<string, Kind>>;
	/** What `read` nodes name. */
	readonly reads: Readonly<Record<string, string>>;
}

function randomFlow(random: () => number): Made {
	const count = 2 + Math.floor(random() * 14);
	const nodes: Record<string, FlowNode> = {};
	const kindOf: Record<string, Kind> = {};
	const reads: Record<string, string> = {};
	const edges: string[] = [];
	const ids: string[] = [];
	for (let index = 0; index < count; index++) {
		const id = `n${index}`;
		const kind = index === 0 ? 'value' : kinds[Math.floor(random() * kinds.length)]!;
		kindOf[id] = kind;
		const pick = (): string => ids[Math.floor(random() * ids.length)]!;
		const out = (from: string): string => {
			if (kindOf[from] === 'even') return random() < 0.5 ? `${from}.yes` : `${from}.no`;
			return kindOf[from] === 'fail' ? `${from}.error` : from;
		};
		if (kind === 'value') nodes[id] = { type: 'value', params: { value: Math.floor(random() * 10) } };
		else if (kind === 'read') {
			reads[id] = pick();
			nodes[id] = { type: 'value', params: { value: `{{ nodes.${reads[id]}?.out ?? 'none' }}` } };
		} else nodes[id] = { type: kind, ...(kind === 'fail' ? { onError: 'branch' as const } : {}) };
		if (kind !== 'value' && kind !== 'read') {
			const inputs = kind === 'list' ? Math.floor(random() * 4) : kind === 'needs' ? 2 : 1;
			for (let at = 0; at < inputs; at++) {
				const port = kind === 'needs' ? ['.a', '.b'][at] : '';
				edges.push(`${out(pick())} -> ${id}${port}`);
			}
		}
		ids.push(id);
	}
	return { flow: flowOf(nodes, [...new Set(edges)]), ids, kinds: kindOf, reads };
}

type Outputs = Readonly<Record<string, Json>> | null;

/** The same flow, worked out one node after another in the plainest way; `null`: skipped. */
function reference({ flow, ids, kinds: kindOf, reads }: Made): Record<string, Outputs> {
	const done: Record<string, Outputs> = {};
	for (const id of ids) {
		const incoming = flow.edges.filter(({ to }) => to === id);
		const came = incoming.flatMap(({ from, output, input }) => {
			const value = done[from]?.[output];
			return value === undefined ? [] : [{ input, value }];
		});
		const kind = kindOf[id]!;
		const lacks =
			kind === 'needs' && incoming.some(({ input }) => input === 'a') && !came.some(({ input }) => input === 'a');
		const isLost = kind === 'read' ? done[reads[id]!] === null : incoming.length > 0 && (came.length === 0 || lacks);
		done[id] = isLost ? null : outputsOf(kind, came, flow.nodes[id]!, done[reads[id] ?? ''] ?? null, id);
	}
	return done;
}

function outputsOf(
	kind: Kind,
	came: readonly { readonly input: string; readonly value: Json }[],
	node: FlowNode,
	read: Outputs,
	id: string,
): Outputs {
	const [first] = came;
	switch (kind) {
		case 'value':
			return { out: node.params!['value']! };
		case 'read':
			return { out: read?.['out'] ?? 'none' };
		case 'add':
		case 'later':
			return { out: asJson(Number(first?.value ?? 0) + 1) };
		case 'even':
			return { [Number(first?.value) % 2 === 0 ? 'yes' : 'no']: first?.value ?? null };
		case 'list':
			return { out: came.map(({ value }) => value) };
		case 'needs':
			return { out: came.find(({ input }) => input === 'a')!.value };
		default:
			return { error: { message: 'broken', code: 'failed', node: id } };
	}
}

/** What is no number is null in JSON. */
function asJson(value: number): Json {
	return Number.isFinite(value) ? value : null;
}

const types = [
	runs('later', async inputs => {
		await new Promise(resolve => setImmediate(resolve));
		return { out: Number(inputs['in'] ?? 0) + 1 };
	}),
	runs('even', inputs => ({ [Number(inputs['in']) % 2 === 0 ? 'yes' : 'no']: inputs['in'] ?? null }), {
		ports: {
			inputs: [{ name: 'in', title: 'In', kind: 'any' }],
			outputs: ['yes', 'no'].map(name => ({ name, title: name, kind: 'any' as const })),
		},
	}),
];

describe('random flows', () => {
	test('give what the plainest interpreter gives, with any number of slots', async () => {
		for (let seed = 1; seed <= 300; seed++) {
			const random = randomOf(seed);
			const made = randomFlow(random);
			const expected = reference(made);
			const { events, status, error } = await runFlow(made.flow, {
				types,
				limits: { concurrency: 1 + Math.floor(random() * 4) },
			});
			expect({ seed, status, error }).toEqual({ seed, status: 'succeeded', error: null });
			const got = Object.fromEntries(
				endsOf(events).map(({ node, state }) => [node, state === 'skipped' ? null : valuesOf(events, node)]),
			);
			expect({ seed, got }).toEqual({ seed, got: expected });
			expect(endsOf(events)).toHaveLength(made.ids.length);
		}
	});

	test('run to here runs exactly what the node hangs on', async () => {
		for (let seed = 1; seed <= 150; seed++) {
			const random = randomOf(seed * 7919);
			const made = randomFlow(random);
			const target = made.ids[Math.floor(random() * made.ids.length)]!;
			const needed = new Set([target]);
			for (const id of made.ids.toReversed()) {
				if (!needed.has(id)) continue;
				for (const { from } of made.flow.edges.filter(({ to }) => to === id)) needed.add(from);
				if (made.reads[id] !== undefined) needed.add(made.reads[id]);
			}
			const { events } = await runFlow(made.flow, { types, scope: { kind: 'toHere', node: target } });
			expect({ seed, ids: Object.keys(states(events)).sort() }).toEqual({ seed, ids: [...needed].sort() });
			expect(valuesOf(events, target)).toEqual(reference(made)[target] ?? {});
		}
	});
});

describe('joins', () => {
	const flow = (join: Json): Flow =>
		flowOf(
			{
				v: { type: 'value', params: { value: 0 } },
				if: 'even',
				slow: 'later',
				slower: 'later',
				no: 'pass',
				j: { type: 'join', params: { join } },
			},
			['v -> if', 'v -> slow', 'slow -> slower', 'if.no -> no', 'if.yes -> j', 'slow -> j', 'slower -> j', 'no -> j'],
		);

	test.each([
		['all', [0, 1, 2]],
		['any', [0]],
		['first', [0]],
		[{ atLeast: 2 }, [0, 1]],
		[{ atLeast: 3 }, [0, 1, 2]],
		[{ atLeast: 4 }, undefined],
	] as const)('%j', async (join, values) => {
		const { events, status } = await runFlow(flow(join), { types });
		expect(status).toBe('succeeded');
		expect(valuesOf(events, 'j')['out']).toEqual(values);
	});
});

describe('large flows', () => {
	const count = 10_000;
	const ids = Array.from({ length: count }, (_, index) => `n${index}`);
	const all = (type: string): Record<string, string> => Object.fromEntries(ids.map(id => [id, type]));
	const edgesOf = (lines: readonly (readonly [string, string])[]): Flow['edges'] =>
		lines.map(([from, to]) => edge(`${from} -> ${to}`));

	test('a chain of 10,000', async () => {
		const flow = { ...flowOf(all('add')), edges: edgesOf(ids.slice(1).map((id, index) => [ids[index]!, id])) };
		const { events, status } = await runFlow(flow);
		expect(status).toBe('succeeded');
		expect(valuesOf(events, ids.at(-1)!)).toEqual({ out: count });
	});

	test('a fan of 10,000, and a chain of 10,000 that is skipped', async () => {
		const nodes = { ...all('add'), v: 'value', last: 'list', if: 'if', s0: 'pass' };
		const fan = {
			...flowOf(nodes),
			edges: edgesOf(
				ids.flatMap(
					id =>
						[
							['v', id],
							[id, 'last'],
						] as const,
				),
			),
		};
		const { events } = await runFlow(fan);
		expect((valuesOf(events, 'last')['out'] as Json[]).length).toBe(count);
		const chain = ids.slice(1).map((id, index) => [ids[index]!, id] as const);
		const lines = [['v', 'if'], ['if.yes', ids[0]!], ...chain] as const;
		const skipped = await runFlow({ ...flowOf({ ...all('add'), v: 'value', if: 'if' }), edges: edgesOf(lines) });
		expect(Object.values(states(skipped.events)).filter(state => state === 'skipped')).toHaveLength(count);
	});

	test('20 diamonds on top of each other are planned along their edges once', () => {
		const lines = Array.from({ length: 20 }, (_, at) => [
			`d${at} -> l${at}`,
			`d${at} -> r${at}`,
			`l${at} -> d${at + 1}`,
			`r${at} -> d${at + 1}`,
		]);
		const names = [...new Set(lines.flat().flatMap(line => line.split(' -> ')))];
		const compiled = compileFlow(
			flowOf(Object.fromEntries(names.map(name => [name, 'list'])), lines.flat()),
			catalogOf(testTypes),
			{
				expressions: expressionEngine,
			},
		);
		expect(compiled.problems).toEqual([]);
		const plan = planRun(compiled, { kind: 'toHere', node: 'd20' });
		expect(plan.parts.every(part => part === 1)).toBe(true);
	});

	test('10,000 passes of a map', async () => {
		const flow = flowOf({ m: { type: 'map', params: { concurrency: 16 } }, a: { type: 'add', in: 'm' } }, [
			'm.item -> a',
			'a -> m.result',
		]);
		const given = {
			...flow,
			nodes: { ...flow.nodes, v: { type: 'value', params: { value: '{{ flow.x }}' } } },
			edges: [...flow.edges, edge('v -> m.items')],
		};
		const { events } = await runFlow(
			{ ...given, inputs: { x: { type: 'list' } } },
			{ inputs: { x: ids.map((_, index) => index) } },
		);
		expect((valuesOf(events, 'm')['results'] as Json[]).at(-1)).toBe(count);
	});
});

describe('what keeps a flow from running', () => {
	const problemsOf = (flow: Flow): string[] =>
		compileFlow(flow, catalogOf(testTypes), { expressions: expressionEngine }).problems.map(
			({ code, message }) => `${code}: ${message}`,
		);

	test('is told as data', () => {
		const flow = flowOf(
			{
				a: 'nothing@3',
				b: 'add@9',
				c: { type: 'add', in: 'd' },
				d: 'add',
				m: 'map',
				n: { type: 'needs', in: 'm' },
				o: 'add',
				p: { type: 'value', params: { value: '{{ nodes.n.out + nodes.gone.out }}' } },
				q: { type: 'map', in: 'r' },
				r: { type: 'map', in: 'q' },
			},
			['n -> o', 'd.wrong -> o', 'd -> o.wrong', 'd -> gone', 'd.constructor -> o'],
		);
		expect(problemsOf(flow)).toMatchInlineSnapshot(`
			[
			  "unknown-type: There is no node type 'nothing@3'.",
			  "newer-type: 'add@9' was made by a newer version; this one knows add@1.",
			  "container: 'c' stands in 'd', which is no container.",
			  "container: 'q' stands in itself.",
			  "scope: 'n' cannot be used outside of its container. The nodes in 'm' give their values to it, and it gives them on.",
			  "unknown-port: 'd' has no output 'wrong'.",
			  "unknown-port: 'o' has no input 'wrong'.",
			  "missing-node: There is no node 'gone'.",
			  "unknown-port: 'd' has no output 'constructor'.",
			  "scope: An expression names 'n', which stands inside of 'm'.",
			  "missing-node: An expression names 'gone', which is no node.",
			  "missing-input: 'm' needs a value at 'items'.",
			  "missing-input: 'n' needs a value at 'a'.",
			  "missing-input: 'q' needs a value at 'items'.",
			  "missing-input: 'r' needs a value at 'items'.",
			]
		`);
	});

	test('a circle is named by its nodes', () => {
		const flow = flowOf({ a: 'list', b: 'list', c: 'list', d: 'list' }, ['a -> b', 'b -> c', 'c -> b', 'c -> d']);
		expect(problemsOf(flow)).toEqual([
			'cycle: c → b → c depend on each other in a circle. Use a While node to repeat.',
		]);
	});
});
