import { z } from 'zod';
import { defineNode } from '../../../../src/core/flow/nodes/nodeType';
import type { NodeCatalog, NodeType, Port } from '../../../../src/core/flow/nodes/nodeType';

const port = (name: string, kind: Port['kind'] = 'any', more: Partial<Port> = {}): Port => ({
	name,
	title: name,
	kind,
	...more,
});

const words = { category: 'Data', icon: 'symbol-misc', summary: '', help: '', effects: 'pure' } as const;

/** Types of every sort that the checks tell apart; each is what a real one looks like. */
const types: readonly NodeType[] = [
	defineNode({
		...words,
		type: 'flow.start',
		version: 1,
		title: 'Start',
		isTrigger: true,
		params: z.object({}),
		ports: { inputs: [], outputs: [port('value')] },
	}),
	defineNode({
		...words,
		type: 'http.request',
		version: 2,
		title: 'HTTP request',
		params: z.object({
			url: z.string().min(1),
			method: z.enum(['GET', 'POST']).default('GET'),
			maxBytes: z.number().int().min(1).optional(),
			headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
			token: z.string().default('').meta({ widget: 'secret' }),
		}),
		ports: { inputs: [port('body')], outputs: [port('body', 'text'), port('status', 'number')] },
		migrate: params => {
			const { address, ...rest } = params;
			return address === undefined ? params : { ...rest, url: address };
		},
	}),
	defineNode({
		...words,
		type: 'text.template',
		version: 1,
		title: 'Template',
		params: z.object({ template: z.string().meta({ widget: 'multiline' }) }),
		ports: { inputs: [port('input')], outputs: [port('text', 'text')] },
	}),
	defineNode({
		...words,
		type: 'data.sum',
		version: 1,
		title: 'Sum',
		params: z.object({ by: z.string().default('').meta({ widget: 'expression', isRaw: true }) }),
		ports: { inputs: [port('numbers', 'list', { isRequired: true })], outputs: [port('sum', 'number')] },
	}),
	defineNode({
		...words,
		type: 'control.if',
		version: 1,
		title: 'If',
		params: z.object({ condition: z.union([z.string(), z.boolean()]) }),
		ports: { inputs: [port('value')], outputs: [port('true'), port('false')] },
	}),
	defineNode({
		...words,
		type: 'control.switch',
		version: 1,
		title: 'Switch',
		params: z.object({ cases: z.array(z.string()).default([]) }),
		ports: ({ cases }) => ({ inputs: [port('value')], outputs: (cases ?? []).map(name => port(name)) }),
	}),
	defineNode({
		...words,
		type: 'control.join',
		version: 1,
		title: 'Join',
		params: z.object({}),
		ports: { inputs: [port('values', 'any', { isMany: true })], outputs: [port('list', 'list')] },
	}),
	defineNode({
		...words,
		type: 'control.map',
		version: 1,
		title: 'Map',
		container: 'map',
		params: z.object({ concurrency: z.number().default(4) }),
		ports: {
			inputs: [port('items', 'list', { isRequired: true }), port('result', 'any', { isInner: true })],
			outputs: [
				port('results', 'list'),
				port('item', 'any', { isInner: true }),
				port('index', 'number', { isInner: true }),
			],
		},
	}),
	defineNode({
		...words,
		type: 'flow.output',
		version: 1,
		title: 'Output',
		isOutput: true,
		params: z.object({ name: z.string().default('') }),
		ports: { inputs: [port('value')], outputs: [] },
	}),
	defineNode({
		...words,
		type: 'flow.note',
		version: 1,
		title: 'Note',
		isNote: true,
		params: z.object({ text: z.string().default('') }),
		ports: { inputs: [], outputs: [] },
	}),
] as readonly NodeType[];

const byName = new Map(
	types.flatMap(type => [[type.type, type] as const, [`${type.type}@${type.version}`, type] as const]),
);

export const exampleCatalog: NodeCatalog = { find: type => byName.get(type), list: () => types };
