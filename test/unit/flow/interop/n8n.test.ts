import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/base/json';
import { exportN8n } from '../../../../src/core/flow/interop/n8n/exportN8n';
import { importN8n } from '../../../../src/core/flow/interop/n8n/importN8n';
import { translateExpression } from '../../../../src/core/flow/interop/n8n/expressions';
import { listAt, objectAt, textAt, type JsonObject } from '../../../../src/core/flow/interop/json';
import type { NodeId } from '../../../../src/core/flow/model/flow';
import { applyOps } from '../../../../src/core/flow/model/apply';
import { parseFlow } from '../../../../src/core/flow/model/parse';
import { printFlow } from '../../../../src/core/flow/model/print';
import { validateFlow } from '../../../../src/core/flow/model/validate/validate';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import { connections, n8nFixtures, node } from './n8nFixtures';

const world = { flow: () => undefined, tool: () => undefined };

/** Edges as lines, in any order. */
function edgesOf(workflow: JsonObject): readonly string[] {
	return Object.entries(objectAt(workflow, 'connections'))
		.flatMap(([from, byType]) =>
			Object.entries(objectAt(byType)).flatMap(([type, outputs]) =>
				listAt(outputs).flatMap((targets, output) =>
					listAt(targets).map(
						target =>
							`${from} ${type} ${output} -> ${textAt(objectAt(target), 'node')} ${JSON.stringify(objectAt(target)['index'] ?? 0)}`,
					),
				),
			),
		)
		.toSorted();
}

function byName(workflow: JsonObject): Readonly<Record<string, Json>> {
	return Object.fromEntries(listAt(workflow, 'nodes').map(raw => [textAt(objectAt(raw), 'name'), raw]));
}

describe('n8n workflows', () => {
	test.each(Object.entries(n8nFixtures))('%s: imported and exported, nothing is lost', (title, workflow) => {
		const { flow } = importN8n(workflow);
		const { workflow: back } = exportN8n(flow);
		if (title === 'a secret in a header') expect(JSON.stringify([flow, back])).not.toContain('ghp_');
		else expect(byName(back)).toEqual(byName(workflow));
		expect(edgesOf(back)).toEqual(edgesOf(workflow));
		const { nodes: _a, connections: _b, pinData: _c, name, ...rest } = workflow;
		expect(back).toMatchObject({ name: name ?? 'Imported workflow', ...rest });
	});

	test.each(Object.entries(n8nFixtures))('%s: the flow is one, and has its one text', (title, workflow) => {
		const { flow, report } = importN8n(workflow);
		const text = printFlow(flow);
		const parsed = parseFlow(text);
		expect(parsed.problems).toEqual([]);
		expect(printFlow(parsed.flow!)).toBe(text);
		// A workflow that went to n8n and came back is the same flow.
		const again = importN8n(exportN8n(parsed.flow!).workflow);
		// What was taken out as a secret is not told a second time.
		if (title !== 'a secret in a header') expect(printFlow(again.flow)).toBe(text);
		const flagged = new Set(report.lines.filter(({ kind }) => kind === 'flagged').map(line => line.node));
		const errors = validateFlow(flow, builtInCatalog, world).filter(
			({ severity, node: id, code }) => severity === 'error' && code !== 'cycle' && !flagged.has(id),
		);
		expect({ title, errors: errors.map(({ message }) => message) }).toEqual({ title, errors: [] });
	});

	test('any nodes in any order: what was imported and not changed is exported as it was', () => {
		const pool = Object.values(n8nFixtures).flatMap(workflow => listAt(workflow, 'nodes').map(raw => objectAt(raw)));
		const plain = pool.filter(
			raw =>
				!textAt(raw, 'type').includes('langchain') &&
				!/(?:splitInBatches|stickyNote|merge)$/u.test(textAt(raw, 'type')),
		);
		const wire = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 });
		const picked = fc.uniqueArray(fc.nat({ max: plain.length - 1 }), { minLength: 1, maxLength: 8 });
		fc.assert(
			fc.property(picked, wire, (indexes, wires) => {
				const nodes = indexes.map((index, at) => ({ ...plain[index]!, name: `N${at}`, id: `id-${at}` }));
				// Nothing leads to a trigger, nothing back, and nothing from where a workflow ends here.
				const lines = wires.flatMap(([a, b]) => {
					const [from, to] = [a % nodes.length, b % nodes.length];
					const isEnd = /respondToWebhook|stopAndError/u.test(textAt(nodes[from]!, 'type'));
					const isStart = /trigger|\.webhook$/iu.test(textAt(nodes[to]!, 'type'));
					return from < to && !isEnd && !isStart ? [`N${from} -> N${to}`] : [];
				});
				const workflow = { name: 'Any', nodes, connections: connections(...new Set(lines)) };
				const { flow } = importN8n(workflow);
				expect(parseFlow(printFlow(flow)).problems).toEqual([]);
				const { workflow: back } = exportN8n(flow);
				if (!JSON.stringify(workflow).includes('ghp_')) expect(byName(back)).toEqual(byName(workflow));
				expect(edgesOf(back)).toEqual(edgesOf(workflow));
				expect(importN8n(back).flow.edges).toEqual(flow.edges);
			}),
			{ numRuns: 60 },
		);
	});

	test('what follows an answer goes on from what stands before it', () => {
		const edit = { assignments: { assignments: [{ id: '1', name: 'a', value: '={{ $json.id }}', type: 'string' }] } };
		const { flow, report } = importN8n({
			name: 'Answers first',
			nodes: [
				node('Hook', 'webhook', { path: 'orders' }, { typeVersion: 2 }),
				node('Answer', 'respondToWebhook', { respondWith: 'json', responseBody: '={{ $json }}' }, { typeVersion: 1.1 }),
				node('Log', 'respondToWebhook', { respondWith: 'noData' }, { typeVersion: 1.1 }),
				node('Work', 'set', edit, { typeVersion: 3.4 }),
			],
			connections: connections('Hook -> Answer', 'Answer -> Log', 'Log -> Work'),
		});
		expect(flow.edges.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
			'hook -> answer',
			'hook -> log',
			'hook -> work',
		]);
		expect(JSON.stringify(flow.nodes['work' as NodeId]?.params)).not.toContain('nodes.answer');
		expect(report.lines.filter(({ kind }) => kind === 'dropped')).toEqual([]);
	});

	test('a changed node is written anew, and keeps its id, its name and its place', () => {
		const workflow = n8nFixtures['a line of fields']!;
		const { flow } = importN8n(workflow);
		const changed = applyOps(flow, [
			{
				op: 'setParam',
				id: 'edit-fields',
				name: 'fields',
				value: [{ name: 'total', value: '{{ input.value.price * 3 }}' }],
			},
		]);
		const back = exportN8n(changed).workflow;
		const [before, after] = [objectAt(byName(workflow)['Edit Fields']), objectAt(byName(back)['Edit Fields'])];
		expect(after).toMatchObject({ id: before['id'], position: before['position'], type: 'n8n-nodes-base.set' });
		expect(JSON.stringify(after['parameters'])).toContain('={{ $json.price * 3 }}');
		expect(edgesOf(back)).toEqual(edgesOf(workflow));
	});

	test('the loop is a container, and what comes after it gets its results', () => {
		const { flow } = importN8n(n8nFixtures['a loop over items']!);
		expect(flow.nodes['loop-over-items']).toMatchObject({ type: 'control.forEach@1' });
		expect(flow.nodes['double']).toMatchObject({
			in: 'loop-over-items',
			params: { fields: [{ name: 'twice', value: '{{ input.value.n * 2 }}' }] },
		});
		expect(flow.nodes['wait-a-little']).toMatchObject({
			in: 'loop-over-items',
			type: 'control.delay@1',
			params: { for: '2 s' },
		});
		expect(flow.edges).toContainEqual({ from: 'loop-over-items', output: 'results', to: 'after', input: 'value' });
		expect(flow.edges).toContainEqual({
			from: 'wait-a-little',
			output: 'value',
			to: 'loop-over-items',
			input: 'result',
		});
	});

	test('a loop that cannot be a container is kept, with the reason', () => {
		const { flow, report } = importN8n(n8nFixtures['a loop that leaks']!);
		expect(flow.nodes['loop']).toMatchObject({ type: 'import.kept@1', params: { original: 'splitInBatches' } });
		expect(report.lines).toContainEqual(
			expect.objectContaining({
				kind: 'flagged',
				text: expect.stringContaining('“In” inside of it leads to “Out” outside') as string,
			}),
		);
	});

	test('parts of an agent are its parameters', () => {
		const { flow, report } = importN8n(n8nFixtures['an agent with parts']!);
		expect(Object.keys(flow.nodes).toSorted()).toEqual(['chat', 'helper', 'import-notes']);
		expect(flow.nodes['helper']).toMatchObject({
			type: 'agent.loop@1',
			params: {
				instructions: 'Answer: {{ nodes.chat.body.chatInput }}',
				system: 'You are short.',
				model: 'openai/gpt-4.1-mini',
				temperature: 0,
				maxTurns: 7,
				tools: ['mcp__issues__*'],
			},
		});
		expect(report.lines).toContainEqual(
			expect.objectContaining({ kind: 'dropped', text: expect.stringContaining('“Wiki”') as string }),
		);
		const chain = importN8n(n8nFixtures['a chain with a parser']!).flow.nodes['judge'];
		expect(chain).toMatchObject({
			type: 'llm.structured@1',
			params: { prompt: 'Judge this.', system: 'Be strict.', model: 'claude-sonnet-4-5', example: { score: 1 } },
		});
	});

	test('conditions and expressions are ours, and what cannot be said is a problem in its place', () => {
		const { flow } = importN8n(n8nFixtures['a request with a decision']!);
		expect(flow.nodes['large']?.params).toEqual({
			condition: 'input.value.size > 10 && input.value.name.includes("x")',
		});
		expect(flow.nodes['fetch']).toMatchObject({
			onError: 'branch',
			retry: { max: 3, delayMs: 2000 },
			params: { url: 'https://api.example.com/{{ nodes["every-morning"].at.id }}', timeoutSeconds: 10 },
		});
		expect(flow.edges).toContainEqual({ from: 'fetch', output: 'error', to: 'failed', input: 'value' });
		const { flow: uses, report } = importN8n(n8nFixtures['expressions of all kinds']!);
		const values = listAt(uses.nodes['uses']?.params?.['fields'] ?? []).map(field => objectAt(field)['value']);
		expect(values.slice(0, 4)).toEqual([
			'{{ nodes["first-one"].value.user.name }}',
			'{{ nodes["first-one"].value.user.name.toUpperCase() }}',
			'Run {{ run.id }} of {{ "Expressions" }} at {{ now }}',
			'{{ input.value["user"]?.name ?? "nobody" }}',
		]);
		expect(report.lines.filter(({ kind }) => kind === 'flagged')).toHaveLength(1);
		expect(validateFlow(uses, builtInCatalog, world).filter(({ severity }) => severity === 'error')).toEqual([
			expect.objectContaining({ node: 'uses' }),
		]);
	});

	test.each([
		['$json.a', 'input.value.a'],
		["$('It\\'s').first().json.b", 'nodes.it.value.b'],
		['"$json" + $json.x', '"$json" + input.value.x'],
		['$json.list.map(x => x.n)', 'input.value.list.map(x => x.n)'],
		['$env.HOME', undefined],
		['$jmespath($json, "a")', undefined],
		['(() => { while (true) {} })()', undefined],
	])('%s', (source, expected) => {
		const scope = {
			json: 'input.value',
			node: (name: string) => (name === "It's" ? 'nodes.it.value' : undefined),
			workflowName: 'W',
			onUnknown: () => undefined,
		};
		expect(translateExpression(source, scope)).toBe(expected);
	});

	test('odd input is told, not thrown', () => {
		const odd = {
			nodes: [node('A', 'noOp'), node('A', 'noOp'), { name: 'B' }, 5],
			connections: connections('A -> Gone'),
		};
		const { flow, report } = importN8n(odd);
		expect(Object.keys(flow.nodes)).toContain('a');
		expect(report.lines.filter(({ kind }) => kind === 'dropped')).toHaveLength(3);
		expect(() => importN8n({ nodes: null, connections: [] })).not.toThrow();
	});

	test('a flow of ours becomes a workflow that n8n can start', () => {
		const { flow } = parseFlow(
			JSON.stringify({
				flow: 1,
				id: 'ours',
				name: 'Ours',
				inputs: { who: { type: 'text' } },
				nodes: {
					hello: { type: 'text.template@1', params: { template: 'Hello {{ flow.who }}' } },
					ask: { type: 'llm.chat@1', params: { model: 'ollama/llama3.2' } },
					check: { type: 'control.if@1', params: { condition: 'input.value.length > 3' } },
					agent: { type: 'agent.claude@1', params: { prompt: 'Do {{ nodes.ask.text }}' } },
				},
				edges: ['hello.text -> ask.prompt', 'ask.text -> check.value', 'check.true -> agent.context'],
			}),
		);
		const { workflow, report } = exportN8n(flow!);
		const nodes = byName(workflow);
		expect(Object.keys(nodes).toSorted()).toEqual(['Inputs', 'agent', 'ask', 'ask model', 'check', 'hello']);
		expect(JSON.stringify(nodes['hello'])).toContain("=Hello {{ $('Inputs').first().json.who }}");
		expect(JSON.stringify(nodes['check'])).toContain('$json.text.length > 3');
		expect(nodes['agent']).toMatchObject({ type: 'n8n-nodes-base.noOp' });
		expect(edgesOf(workflow)).toEqual(
			[
				'Inputs main 0 -> hello 0',
				'ask main 0 -> check 0',
				'ask model ai_languageModel 0 -> ask 0',
				'check main 0 -> agent 0',
				'hello main 0 -> ask 0',
			].toSorted(),
		);
		expect(report.lines).toContainEqual(expect.objectContaining({ kind: 'flagged', node: 'agent' }));
	});
});
