import { ExpectedError } from '../../base/errors';
import type { ValueKind } from '../model/flow';

/** What the form for a new node asks. */
export interface NewNodeForm {
	/** `word-count`: the type, and the file's name. */
	readonly name: string;
	readonly title: string;
	readonly summary: string;
	readonly inputs: readonly { readonly name: string; readonly kind: ValueKind }[];
	readonly outputs: readonly { readonly name: string; readonly kind: ValueKind }[];
	readonly capabilities: readonly string[];
}

/** Where custom nodes lie in a workspace. */
export const customFolder = '.quarterdeck/nodes';

/** The path of a node's file, below the workspace. */
export function customPath(name: string): string {
	if (!/^[a-z][a-z0-9-]{0,59}$/u.test(name)) {
		throw new ExpectedError('custom-shape', 'The name is made of small letters, digits and dashes: “word-count”.');
	}
	return `${customFolder}/${name}.js`;
}

/** The text of a new node's file: it runs as it is, and passes its first input on. */
export function newCustomNode(form: NewNodeForm): string {
	const ports = (side: NewNodeForm['inputs']): string =>
		side.map(({ name, kind }) => `\t\t\t{ name: ${quoted(name)}, kind: ${quoted(kind)} },`).join('\n');
	const first = form.inputs[0]?.name;
	const value = first === undefined ? 'null' : `inputs.${first} ?? null`;
	return `/// <reference path="./quarterdeck.d.ts" />

/** @type {QuarterdeckNode} */
export default {
	type: ${quoted(form.name)},
	title: ${quoted(form.title)},
	summary: ${quoted(form.summary)},
	help: ${quoted(form.summary)},
	params: {
		type: 'object',
		properties: {},
	},
	ports: {
		inputs: [
${ports(form.inputs)}
		],
		outputs: [
${ports(form.outputs)}
		],
	},
	capabilities: [${form.capabilities.map(quoted).join(', ')}],

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
