import { z } from 'zod';
import type { Json } from '../../../base/json';
import type { Flow } from '../../model/flow';
import { defineNode, type Port, type Ports } from '../nodeType';
import { anything, asJson, choice, needed, record, text, valueMap } from '../params';
import { asText, failure, neededPort, port, textAt } from '../support';

export const inputNode = defineNode({
	type: 'flow.input',
	version: 1,
	title: 'Input',
	category: 'Flow',
	icon: 'sign-in',
	summary: 'A value that the run is given',
	help: 'Gives the value of an input of the flow, which whoever runs it fills in. Inputs with their kinds and defaults stand in the flow’s settings; `{{ flow.name }}` reads them anywhere. Example: name `repo`, connected to the address of an *HTTP Request*.',
	aliases: ['Start', 'Graph Input', 'Set Parameters', 'Flow Parameter'],
	params: z.object({
		name: needed('Name', 'The input of the flow.'),
		value: anything(
			'Without one',
			'What it gives when the run was given nothing. `0`, empty text and false are values.',
		),
	}),
	ports: { inputs: [], outputs: [port('value', 'Value', 'any')] },
	// The inputs of a run are no part of the node's own inputs: the cache would not see them change.
	effects: 'reads',
	run(_, { name, value }, { flowInputs }) {
		if (Object.hasOwn(flowInputs, name)) return { value: flowInputs[name] };
		if (value !== undefined) return { value: asJson(value) };
		throw failure(
			'not-found',
			`The run was given no “${name}”. Add it to the inputs of the flow, or set a value here.`,
		);
	},
});

export const outputNode = defineNode({
	type: 'flow.output',
	version: 1,
	title: 'Output',
	category: 'Flow',
	icon: 'sign-out',
	summary: 'A result of the flow',
	help: 'What arrives here is a result of the flow, by its name: shown at the end of a run, given to the flow that called this one, and printed by the command line. Example: name `review`, fed by the `text` of an agent.',
	aliases: ['End', 'Result', 'Graph Output', 'Respond to Webhook', 'Return'],
	params: z.object({
		name: text('Name', 'Of the result; the node’s id when empty.'),
		format: choice('Format', '`auto` leaves the value as it is; `text` makes it a text; `json` reads a text as JSON.', [
			'auto',
			'text',
			'json',
		]),
	}),
	ports: { inputs: [neededPort('value', 'Value', 'any')], outputs: [port('value', 'Value', 'any')] },
	effects: 'pure',
	isOutput: true,
	run({ value }, { format }) {
		if (value === undefined || format === 'auto') return { value: value ?? null };
		if (format === 'text') return { value: asText(value) };
		if (typeof value !== 'string') return { value };
		try {
			return { value: JSON.parse(value) as Json };
		} catch {
			throw failure(
				'input',
				'The result is to be JSON, and the text is none. A *Parse JSON* node finds JSON in an answer.',
			);
		}
	},
});

export const subFlow = defineNode({
	type: 'flow.call',
	version: 1,
	title: 'Sub-flow',
	category: 'Flow',
	icon: 'type-hierarchy-sub',
	summary: 'Runs another flow as one node',
	help: 'Runs a flow file inside this run; its inputs and outputs are the ports of the node, and its nodes are steps below it. Example: `flows/review.flow.json` with its input `diff` connected to *Git Diff*.',
	aliases: ['Execute Workflow', 'Subgraph', 'Call Flow', 'Flow Tool', 'Link Call'],
	params: z.object({
		path: needed('Flow', 'The file, from the workspace folder.', { widget: 'flow' }),
		values: valueMap('Values', 'Inputs that no edge brings, by name.'),
	}),
	ports: ({ path }, world): Ports => {
		const flow = typeof path === 'string' ? world.flow(path) : undefined;
		return flow ? portsOfFlow(flow) : { inputs: [], outputs: [] };
	},
	effects: 'writes',
	// The nodes inside of it are asked about each by itself, and those that have ended do not run again.
	isIdempotent: true,
	async run(inputs, { path, values }, context) {
		const given: Record<string, Json> = { ...record(values) };
		for (const [name, value] of Object.entries(inputs)) if (value !== undefined) given[name] = value;
		return context.runFlow(path, given);
	},
});

/** The ports of a flow that is used as a node. */
export function portsOfFlow(flow: Flow): Ports {
	const inputs = Object.entries(flow.inputs).map(([name, input]): Port => ({
		name,
		title: name,
		kind: input.type,
		...(input.description === undefined ? {} : { description: input.description }),
	}));
	const outputs = Object.entries(flow.nodes).flatMap(([id, node]): readonly Port[] => {
		if (!/^flow\.output(?:@|$)/u.test(node.type)) return [];
		const name = node.params?.['name'];
		return [
			port(
				typeof name === 'string' && name !== '' ? name : id,
				node.name ?? (typeof name === 'string' && name !== '' ? name : id),
				'any',
			),
		];
	});
	return { inputs, outputs };
}

export const note = defineNode({
	type: 'note',
	version: 1,
	title: 'Note',
	category: 'Flow',
	icon: 'note',
	summary: 'Words for whoever reads the graph',
	help: 'A sheet of Markdown on the canvas. It does nothing when the flow runs. Example: why a limit is what it is, with a link.',
	aliases: ['Sticky Note', 'Comment'],
	params: z.object({
		text: text('Text', 'Markdown.', { widget: 'multiline', isRaw: true }),
		color: choice('Colour', 'Of the sheet.', ['yellow', 'red', 'orange', 'green', 'blue', 'purple']),
	}),
	ports: { inputs: [], outputs: [] },
	effects: 'pure',
	isNote: true,
});

export const logNode = defineNode({
	type: 'log',
	version: 1,
	title: 'Log',
	category: 'Flow',
	icon: 'output',
	summary: 'Writes a line into the run’s log',
	help: 'Writes what arrives, or the text that is set, into the log of the run, and passes the value on. Example: `{{ input.value.length }} files to go`.',
	aliases: ['Debug', 'Console', 'Print'],
	params: z.object({ text: text('Text', 'Empty for the value itself.', { widget: 'multiline' }) }),
	ports: { inputs: [port('value', 'Value', 'any')], outputs: [port('value', 'Value', 'any')] },
	effects: 'reads',
	run(inputs, { text: line }, context) {
		context.log(line === '' ? textAt(inputs, 'value') : line);
		return { value: inputs['value'] ?? null };
	},
});
