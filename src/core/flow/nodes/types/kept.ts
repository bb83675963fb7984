import { z } from 'zod';
import { defineNode, type Ports } from '../nodeType';
import { text, texts } from '../params';
import { failure, port } from '../support';

export const keptNode = defineNode({
	type: 'import.kept',
	version: 1,
	title: 'Kept from an Import',
	category: 'Flow',
	icon: 'archive',
	summary: 'A node of another system that has no counterpart here; it does not run',
	help: 'Stands where an imported flow had a node that this editor does not know, with its ports and its data kept as they were, so that an export gives it back. A run that reaches it fails. Replace it, or pin a value to it. Example: the `Slack` node of an n8n workflow, replaced by an *HTTP Request*.',
	aliases: ['Unknown', 'Imported', 'Placeholder'],
	params: z.object({
		system: text('System', 'Where it comes from.'),
		original: text('Node', 'What it was there.'),
		inputs: texts('Inputs', 'Names of its ports.'),
		outputs: texts('Outputs', 'Names of its ports.'),
	}),
	ports: ({ inputs, outputs }): Ports => ({
		inputs: names(inputs).map(name => port(name, name, 'any')),
		outputs: names(outputs).map(name => port(name, name, 'any')),
	}),
	effects: 'reads',
	isOffered: false,
	run(_, { system, original }) {
		const from = system === '' ? '' : ` of ${system}`;
		throw failure(
			'failed',
			`“${original}”${from} has no counterpart here and does not run. Replace the node, or pin a value to it.`,
		);
	},
});

/** The document may hold anything there. */
function names(value: unknown): readonly string[] {
	if (!Array.isArray(value)) return [];
	return [...new Set(value.filter((name): name is string => typeof name === 'string' && name !== ''))];
}
