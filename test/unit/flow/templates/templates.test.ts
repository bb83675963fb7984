import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../../src/core/flow/model/flow';
import { parseFlow } from '../../../../src/core/flow/model/parse';
import { printFlow } from '../../../../src/core/flow/model/print';
import { validateFlow } from '../../../../src/core/flow/model/validate/validate';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import { agreedNodes, flowFacts, toolsOfNode } from '../../../../src/core/flow/templates/facts';
import { templateView } from '../../../../src/core/flow/templates/galleryView';
import { findTemplate, flowOfTemplate } from '../../../../src/core/flow/templates/library';
import type { BuiltInPorts } from '../../../../src/core/tools/ports';
import { builtInTools } from '../../../../src/core/tools/builtIn';
import { tieredTools } from '../../../../src/core/safety/tiers';
import { templateFolder, templateIndex, templates, templateText } from './bench';

const schemas = new Map(
	builtInTools({ environment: {}, ripgrep: 'rg', shell: 'bash', version: '0' } as unknown as BuiltInPorts)
		.tools()
		.map(({ name, schema }) => [name, schema]),
);
const world = { flow: () => undefined, tool: (name: string) => schemas.get(name) };
const boxWorld = { catalog: builtInCatalog, ports: world };
const all = templates.map(({ id, flow }) => [id, flow] as const);

test('every file is in the index once, and there are at least twenty', () => {
	const files = readdirSync(templateFolder).filter(name => name.endsWith('.flow.json'));
	const listed = templateIndex.flatMap(entry => entry.templates);
	expect(listed.map(id => `${id}.flow.json`).toSorted()).toEqual(files.toSorted());
	expect(new Set(listed).size).toBe(listed.length);
	expect(listed.length).toBeGreaterThanOrEqual(20);
});

describe.each(all)('%s', (id, flow) => {
	test('is written as the editor writes it, and nothing is wrong with it', () => {
		const text = templateText(id);
		expect(parseFlow(text).problems).toEqual([]);
		expect(printFlow(flow)).toBe(text);
		expect(flow.id).toBe(id);
		expect(validateFlow(flow, builtInCatalog, { ...world, secrets: new Set<string>() })).toEqual([]);
	});

	test('says what it does, what it is given, and where it ends', () => {
		expect(flow.description?.length ?? 0).toBeGreaterThan(80);
		for (const input of Object.values(flow.inputs)) expect(input.description).toMatch(/\.$/u);
		const { maxCostUsd = 0, maxMinutes = 0 } = flow.limits;
		expect(maxCostUsd).toBeGreaterThan(0);
		expect(maxCostUsd).toBeLessThanOrEqual(10);
		expect(maxMinutes).toBeGreaterThan(0);
		expect(maxMinutes).toBeLessThanOrEqual(120);
		expect(Object.values(flow.nodes).filter(({ type }) => type === 'flow.output@1').length).toBeGreaterThan(0);
		for (const node of Object.values(flow.nodes)) {
			if (node.type.startsWith('agent.')) expect(node.timeoutMs).toBeGreaterThan(0);
			if (!node.type.startsWith('flow.')) expect(node.params?.['model'] ?? '{{').toMatch(/^\{\{/u);
		}
	});

	test('asks before it writes', () => {
		const agreed = agreedNodes(flow);
		const writing = Object.entries(flow.nodes).filter(
			([, { type, params }]) =>
				/^(?:file\.write|git\.commit)@/u.test(type) || params?.['permissionMode'] === 'acceptEdits',
		);
		expect(writing.filter(([node]) => !agreed.has(node)).map(([node]) => node)).toEqual([]);
	});

	test('names only tools that there are', () => {
		const known = new Set([...Object.keys(tieredTools()), 'any tool of the Claude CLI']);
		const named = Object.values(flow.nodes).flatMap(node => toolsOfNode(node));
		expect(named.filter(name => !known.has(name))).toEqual([]);
	});

	test('is drawn so that nothing lies over anything else', () => {
		expect(overlaps(flow, id)).toEqual([]);
	});
});

/** Pairs of boxes that share a place although neither holds the other. */
function overlaps(flow: Flow, id: string): readonly string[] {
	const { picture } = templateView({ id, category: '', flow }, boxWorld);
	expect(picture.boxes).toHaveLength(Object.keys(flow.nodes).length);
	expect(picture.edges).toHaveLength(flow.edges.length);
	const found: string[] = [];
	for (const [at, a] of picture.boxes.entries()) {
		for (const b of picture.boxes.slice(at + 1)) {
			const isApart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
			const isInside =
				a.shape === 'container' &&
				b.x >= a.x &&
				b.y >= a.y &&
				b.x + b.width <= a.x + a.width &&
				b.y + b.height <= a.y + a.height;
			if (!isApart && !isInside) found.push(`${a.title} / ${b.title}`);
		}
	}
	return found;
}

describe('what a template needs and may do', () => {
	const facts = (id: string) => flowFacts(findTemplate(templates, id).flow, builtInCatalog);

	test('is read off its nodes', () => {
		expect(facts('check-links')).toMatchObject({ needs: [], modelNodes: 0, questions: 0 });
		expect(facts('commit-message').needs).toEqual(['A model: your default for flows', 'A Git repository']);
		expect(facts('research').needs).toEqual(['A model: your default for flows', 'A web search', 'The network']);
		expect(facts('explain-repository').needs).toEqual(['The Claude CLI, signed in']);
	});

	test('says what waits for a yes, and what a command’s own line decides', () => {
		const { effects } = facts('write-tests');
		expect(effects.map(({ does, tier, isAgreed }) => [does, tier, isAgreed])).toEqual([
			['runs a command', null, true],
			['writes a file', 'YELLOW', true],
			['reads a file', 'GREEN', false],
		]);
		const build = facts('build-and-review').effects;
		expect(build[0]).toEqual({ does: 'uses any tool of the Claude CLI', tier: null, nodes: ['Build'], isAgreed: true });
		expect(facts('triage-tests').effects[0]).toMatchObject({ does: 'runs a command', isAgreed: false });
	});
});

describe('a template that is used', () => {
	test('is a flow of the user’s own name', () => {
		const template = findTemplate(templates, 'commit-message');
		const flow = flowOfTemplate(template, 'Commit in the style of the house');
		expect(flow).toMatchObject({ id: 'commit-in-the-style-of-the-house', name: 'Commit in the style of the house' });
		expect(flow.nodes).toBe(template.flow.nodes);
		expect(() => findTemplate(templates, '../secret')).toThrow('There is no such template.');
	});

	test('is shown with its inputs, outputs and limits', () => {
		const view = templateView(findTemplate(templates, 'release-notes'), boxWorld);
		expect(view.inputs.map(({ name, default: value }) => [name, value])).toEqual([
			['file', 'CHANGELOG.md'],
			['from', null],
			['to', 'HEAD'],
			['version', 'Unreleased'],
		]);
		expect(view).toMatchObject({ outputs: ['file', 'notes'], maxCostUsd: 0.5, maxMinutes: 15, questions: 1 });
		const titles = view.picture.boxes.map(({ title }) => title);
		expect(titles.indexOf('Each part')).toBeLessThan(titles.indexOf('Sort'));
	});

	test('has no path of a machine in it', () => {
		for (const { id } of templates) expect(templateText(id)).not.toMatch(/\/(?:root|work|tmp|home)\//u);
	});
});
