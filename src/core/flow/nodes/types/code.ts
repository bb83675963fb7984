import { z } from 'zod';
import type { Json } from '../../../base/json';
import { defineNode, type Ports } from '../nodeType';
import { texts } from '../params';
import { port } from '../support';

const example = 'return input.value;';

export const javascriptNode = defineNode({
	type: 'code.javascript',
	version: 1,
	title: 'JavaScript',
	category: 'Data',
	icon: 'symbol-method',
	summary: 'A few lines of JavaScript, in a sandbox',
	help: 'Runs the body of a function that sees `input` with the values at its ports and `flow` with what the run was given, and returns any JSON value. It has no files, no network and no process, and ends at limits of time and memory. Example: `return input.value.map(x => x.total).sort((a, b) => b - a);`',
	aliases: ['Code', 'Function', 'Script', 'Custom Code'],
	params: z.object({
		code: z.string().default(example).meta({
			title: 'Code',
			description: 'The body of a function; `return` gives the result.',
			widget: 'code',
			language: 'javascript',
			isRaw: true,
		}),
		inputs: texts('Ports', 'Names of the inputs, each seen as `input.<name>`; `value` when none is named.'),
	}),
	ports: ({ inputs }): Ports => ({
		inputs: portNames(inputs).map(name => port(name, name, 'any')),
		outputs: [port('result', 'Result', 'any')],
	}),
	// A script may ask for the time or for chance.
	effects: 'reads',
	async run(inputs, { code }, context) {
		const given: Record<string, Json> = {};
		for (const [name, value] of Object.entries(inputs)) given[name] = value ?? null;
		// A script has no limits beside its own: what it knows is only what it is given.
		return { result: await context.script(code, { input: given, flow: context.flowInputs }) };
	},
});

function portNames(inputs: unknown): readonly string[] {
	const names = Array.isArray(inputs)
		? inputs.filter((name): name is string => typeof name === 'string' && name !== '')
		: [];
	return names.length === 0 ? ['value'] : [...new Set(names)];
}
