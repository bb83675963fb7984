import { z } from 'zod';
import { ExpectedError } from '../../base/errors';
import { valueKinds } from '../model/flow';
import { slugOf } from '../model/slugs';
import { capabilityPattern } from './capabilities';

const portName = z
	.string()
	.max(40)
	.regex(/^[a-z][A-Za-z0-9]*$/u)
	.meta({ title: 'Name', description: 'A small letter first, then letters and digits: wordCount.' });
const port = z.object({ name: portName, kind: z.enum(valueKinds).default('any').meta({ title: 'Kind' }) });
const server = z
	.string()
	.max(250)
	.regex(/^[*a-z0-9.-]+$/u)
	.meta({ title: 'Server' });
const secret = z
	.string()
	.max(64)
	.regex(/^[A-Za-z][A-Za-z0-9_-]*$/u)
	.meta({ title: 'Secret' });

/** What the form for a new node asks. Its JSON schema is the form. */
export const newNodeShape = z.object({
	title: z.string().min(1).max(60).meta({ title: 'Name', description: 'What people read: Word count.' }),
	summary: z.string().max(200).default('').meta({ title: 'Description', description: 'One line for the palette.' }),
	inputs: z
		.array(port)
		.max(20)
		.default([{ name: 'input', kind: 'any' }])
		.meta({ title: 'Inputs', description: 'Ports on the left.' }),
	outputs: z
		.array(port)
		.min(1)
		.max(20)
		.default([{ name: 'output', kind: 'any' }])
		.meta({ title: 'Outputs', description: 'Ports on the right.' }),
	params: z
		.array(
			z.object({
				name: portName,
				title: z.string().max(80).default('').meta({ title: 'Label', description: 'The name when empty.' }),
				type: z.enum(['string', 'number', 'boolean']).default('string').meta({ title: 'Type' }),
			}),
		)
		.max(20)
		.default([])
		.meta({ title: 'Parameters', description: 'What is set in the inspector, each with a field of its own.' }),
	servers: z.array(server).max(10).default([]).meta({
		title: 'Web servers it asks',
		description: 'api.example.com, *.example.com for all below it, * for any public one.',
	}),
	secrets: z
		.array(secret)
		.max(10)
		.default([])
		.meta({ title: 'Secrets it reads', description: 'By name; their values never stand in the file.' }),
	files: z.boolean().default(false).meta({ title: 'It reads files of the workspace' }),
});

/** The form, filled in. */
export type NewNodeForm = z.output<typeof newNodeShape>;

/** Where custom nodes lie in a workspace. */
export const customFolder = '.quarterdeck/nodes';

/** The path of a node's file, below the workspace. */
export function customPath(name: string): string {
	if (!/^[a-z][a-z0-9-]{0,59}$/u.test(name)) {
		throw new ExpectedError('custom-shape', 'The name is made of small letters, digits and dashes: “word-count”.');
	}
	return `${customFolder}/${name}.js`;
}

/** Checks a form that came from a page. Rejects what would make no node, with a sentence. */
export function readNodeForm(given: unknown): NewNodeForm {
	const { success, data, error } = newNodeShape.safeParse(given);
	if (!success) {
		const { path, message } = error.issues[0] ?? { path: [], message: 'it is not filled in' };
		throw new ExpectedError('custom-shape', `The form cannot be used: ${path.join('.')}: ${message}.`);
	}
	for (const [side, list] of Object.entries({ input: data.inputs, output: data.outputs, parameter: data.params })) {
		const twice = list.find(({ name }, at) => list.findIndex(other => other.name === name) !== at);
		if (twice) throw new ExpectedError('custom-shape', `There are two of the ${side} “${twice.name}”.`);
	}
	const wrong = capabilitiesOf(data).find(name => !capabilityPattern.test(name));
	if (wrong !== undefined)
		throw new ExpectedError('custom-shape', `“${wrong.replace(/^\w+:/u, '')}” is no name of a server.`);
	return data;
}

/** `word-count`: the type of the node, and its file's name. */
export function nodeName({ title }: Pick<NewNodeForm, 'title'>): string {
	return slugOf(title, 'node');
}

function capabilitiesOf({ servers, secrets, files }: NewNodeForm): readonly string[] {
	const fetches = servers.includes('*') ? ['fetch'] : servers.map(server => `fetch:${server}`);
	return [...fetches, ...(files ? ['files'] : []), ...secrets.map(name => `secret:${name}`)];
}

/** The text of a new node's file: it runs as it is, and passes its first input on. */
export function newCustomNode(form: NewNodeForm): string {
	const ports = (side: NewNodeForm['inputs']): string =>
		side.length === 0
			? '[]'
			: `[\n${side.map(({ name, kind }) => `\t\t\t{ name: ${quoted(name)}, kind: ${quoted(kind)} },\n`).join('')}\t\t]`;
	const properties = form.params.map(
		({ name, title, type }) =>
			`\t\t\t${name}: { type: ${quoted(type)}${title === '' ? '' : `, title: ${quoted(title)}`} },\n`,
	);
	const first = form.inputs[0]?.name;
	const value = first === undefined ? 'null' : `inputs.${first} ?? null`;
	return `/// <reference path="./quarterdeck.d.ts" />

/** @type {QuarterdeckNode} */
export default {
	type: ${quoted(nodeName(form))},
	title: ${quoted(form.title)},
	summary: ${quoted(form.summary)},
	help: ${quoted(form.summary)},
	params: {
		type: 'object',
		properties: {${properties.length === 0 ? '' : `\n${properties.join('')}\t\t`}},
	},
	ports: {
		inputs: ${ports(form.inputs)},
		outputs: ${ports(form.outputs)},
	},
	capabilities: [${capabilitiesOf(form).map(quoted).join(', ')}],

	async run(inputs, params, context) {
		context.log(${quoted(`${form.title} runs`)});
		return { ${form.outputs.map(({ name }) => `${name}: ${value}`).join(', ')} };
	},
};
`;
}

/** In single quotes, as the rest of the file. */
function quoted(text: string): string {
	return `'${JSON.stringify(text)
		.slice(1, -1)
		.replaceAll(String.raw`\"`, '"')
		.replaceAll("'", String.raw`\'`)}'`;
}
