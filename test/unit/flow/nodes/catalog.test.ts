import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { problemsOf } from '../../../../src/core/flow/expressions/references';
import { builtInCatalog, catalogOf } from '../../../../src/core/flow/nodes/catalog';
import { defineNode, nodeCategories, type Port, type PortWorld } from '../../../../src/core/flow/nodes/nodeType';
import { modesOf, paramMeta, paramsSchema } from '../../../../src/core/flow/nodes/paramMeta';
import { formOf } from '../../../../src/core/mcp/form/fields';
import { nodeType } from './fakeContext';
import type { Flow } from '../../../../src/core/flow/model/flow';

const types = builtInCatalog.list();
const icons = new Set(
	[
		...readFileSync('node_modules/@vscode/codicons/dist/codicon.css', 'utf8').matchAll(/\.codicon-([\w-]+):before/gu),
	].map(match => match[1]),
);
const nowhere: PortWorld = { flow: () => undefined, tool: () => undefined };

describe('every node type', () => {
	test.each(types.map(type => [type.type, type] as const))('%s says what it is', (_, type) => {
		expect(type.type).toMatch(/^[a-z]+(?:\.[a-z][A-Za-z]*)?$/);
		expect(type.version).toBeGreaterThan(0);
		expect(type.title).not.toBe('');
		expect(nodeCategories).toContain(type.category);
		expect(icons.has(type.icon), `icon ${type.icon}`).toBe(true);
		expect(type.summary).toMatch(/^[A-Z].*[^.]$/u);
		expect(type.help, 'an example').toContain('Example: ');
		expect(type.help.length).toBeGreaterThan(100);
		expect(type.aliases?.length ?? 0).toBeGreaterThan(0);
		expect(type.run === undefined).toBe(
			type.isTrigger === true || type.isNote === true || type.container !== undefined,
		);
	});

	test.each(types.map(type => [type.type, type] as const))('%s has a form with words', (_, type) => {
		const schema = paramsSchema(type);
		expect(schema['type']).toBe('object');
		const form = formOf(schema);
		for (const field of form.fields) {
			expect(field.label, field.name).not.toBe(field.name);
			expect(field.description, field.name).not.toBe('');
		}
		expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
	});

	test.each(types.map(type => [type.type, type] as const))('%s has ports whatever its parameters are', (_, type) => {
		const odd = [
			{},
			{ cases: 'x' },
			{ cases: [null, { name: 3 }, { name: '' }] },
			{ template: 3 },
			{ inputs: [1, 'a', 'a'] },
		];
		const more = [{ path: '{{ x }}' }, { tool: 3 }, { server: 's', tool: 't' }];
		for (const params of [...odd, ...more]) {
			const ports = typeof type.ports === 'function' ? type.ports(params, nowhere) : type.ports;
			for (const side of [ports.inputs, ports.outputs]) {
				const keys = side.map(({ name, isInner }: Port) => `${name} ${isInner === true}`);
				expect(new Set(keys).size).toBe(keys.length);
				for (const { name, title } of side) expect(name !== '' && title !== '').toBe(true);
			}
		}
		if (type.isTrigger === true && typeof type.ports !== 'function') expect(type.ports.inputs).toEqual([]);
	});

	test('defaults hold no expression that is wrong', () => {
		for (const type of types) {
			for (const [name, property] of Object.entries(
				(paramsSchema(type)['properties'] ?? {}) as Record<string, { default?: unknown }>,
			)) {
				if (typeof property.default !== 'string') continue;
				const mode = modesOf(type)([name]);
				if (mode !== 'expression' || property.default === '') continue;
				expect(problemsOf(property.default, mode), `${type.type} ${name}`).toEqual([]);
			}
		}
	});

	test('titles are unique, and the names of ClaraVerse’s nodes lead to ours', () => {
		const titles = types.map(({ title }) => title);
		expect(new Set(titles).size).toBe(titles.length);
		const aliases = new Set(types.flatMap(type => type.aliases ?? []));
		const clara = [
			'static-text',
			'combine-text',
			'json-parse',
			'if-else',
			'api-request',
			'structured-llm',
			'agent-executor',
			'pdf-input',
			'file-upload',
		];
		expect(clara.filter(name => !aliases.has(name))).toEqual([]);
	});
});

describe('ports that follow the parameters', () => {
	const names = (ports: readonly Port[]): readonly string[] => ports.map(({ name }) => name);
	const portsOf = (type: string, params: object, world = nowhere) => {
		const { ports } = nodeType(type);
		return typeof ports === 'function' ? ports(params, world) : ports;
	};

	test('cases of a switch, names of a template, names of a script', () => {
		expect(names(portsOf('control.switch', { cases: [{ name: 'a' }, { name: 'a' }, { name: 'b' }] }).outputs)).toEqual([
			'a',
			'b',
			'default',
		]);
		expect(
			names(portsOf('text.template', { template: '{{ input.a }} {{ input["b-c"].x }} {{ input.a }}' }).inputs),
		).toEqual(['a', 'b-c']);
		expect(names(portsOf('code.javascript', { inputs: ['x', 'y'] }).inputs)).toEqual(['x', 'y']);
	});

	test('inputs and outputs of a sub-flow', () => {
		const flow = {
			inputs: { repo: { type: 'text' }, max: { type: 'number' } },
			nodes: {
				out: { type: 'flow.output@1' },
				b: { type: 'flow.output@1', params: { name: 'notes' } },
				c: { type: 'log@1' },
			},
		} as unknown as Flow;
		const { inputs, outputs } = portsOf('flow.call', { path: 'a' }, { ...nowhere, flow: () => flow });
		expect(inputs.map(({ name, kind }) => [name, kind])).toEqual([
			['repo', 'text'],
			['max', 'number'],
		]);
		expect(names(outputs)).toEqual(['out', 'notes']);
	});

	test('arguments of a tool', () => {
		const tool = (name: string) =>
			name === 'mcp__s__t'
				? { properties: { q: { type: 'string', description: 'd' }, n: { type: 'integer' } } }
				: undefined;
		expect(portsOf('tool.mcp', { server: 's', tool: 't' }, { ...nowhere, tool }).inputs).toEqual([
			{ name: 'arguments', title: 'Arguments', kind: 'object' },
			{ name: 'q', title: 'q', kind: 'text', description: 'd' },
			{ name: 'n', title: 'n', kind: 'number' },
		]);
	});

	test('a merge waits as it is told', () => {
		const { join } = nodeType('control.merge');
		const policy = (params: object) => (typeof join === 'function' ? join(params) : join);
		expect(policy({ waitFor: 'some', atLeast: 3 })).toEqual({ atLeast: 3 });
		expect(policy({ waitFor: 'first' })).toBe('first');
		expect(policy({})).toBe('all');
	});
});

describe('a catalog', () => {
	const make = (version: number, migrate = false) =>
		defineNode({
			...nodeType('log'),
			type: 'x',
			version,
			...(migrate ? { migrate: (params: never) => params } : {}),
		} as never);

	test('finds types by name and by version, and lifts earlier ones', () => {
		const [one, two] = [make(1), make(2, true)];
		expect(catalogOf([one, two]).find('x')).toBe(two);
		expect(catalogOf([two, one]).find('x')).toBe(two);
		expect(catalogOf([one, two]).find('x@1')).toBe(one);
		expect(catalogOf([two]).find('x@1')).toBe(two);
		expect(catalogOf([two]).find('x@3')).toBeUndefined();
		expect(catalogOf([one]).find('toString')).toBeUndefined();
		expect(builtInCatalog.find('log@1')?.title).toBe('Log');
	});
});

describe('how parameters are read', () => {
	test('raw ones are left alone, deep inside too', () => {
		const modeOf = modesOf(nodeType('control.switch'));
		expect(modeOf(['cases', 3, 'when'])).toBe('expression');
		expect(modeOf(['cases', 0, 'name'])).toBe('template');
		expect(modesOf(nodeType('code.javascript'))(['code'])).toBe('code');
		expect(modesOf(nodeType('note'))(['text'])).toBe('raw');
		expect(modesOf(nodeType('http.request'))(['headers', 'x'])).toBe('template');
		expect(paramMeta(nodeType('http.request'), ['secret'])).toMatchObject({ widget: 'secret', title: 'Secret' });
	});
});
