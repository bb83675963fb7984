import { z } from 'zod';
import { defineNode } from '../nodeType';
import { anything, asJson, text } from '../params';
import { after, port } from '../support';

export const staticText = defineNode({
	type: 'text.static',
	version: 1,
	title: 'Static Text',
	category: 'Text',
	icon: 'symbol-string',
	summary: 'A text that you write',
	help: 'Gives a text, of as many lines as it needs; expressions in it are replaced. Example: the instructions that three agents share.',
	aliases: ['static-text', 'Text', 'Constant', 'Prompt'],
	params: z.object({ text: text('Text', 'What it gives.', { widget: 'multiline' }) }),
	ports: { inputs: [after], outputs: [port('text', 'Text', 'text')] },
	effects: 'pure',
	run: (_, params) => ({ text: params.text }),
});

export const staticValue = defineNode({
	type: 'data.value',
	version: 1,
	title: 'Static Value',
	category: 'Data',
	icon: 'symbol-constant',
	summary: 'A number, a list, an object or any other value',
	help: 'Gives a value of any kind, written as JSON, or made by an expression. `0`, false, null and an empty text are values. Example: `["src", "test"]`, connected to a *Map*.',
	aliases: ['Number', 'Boolean', 'List', 'Object', 'Constant'],
	params: z.object({ value: anything('Value', 'As JSON, or an expression: `{{ flow.files.slice(0, 3) }}`.') }),
	ports: { inputs: [after], outputs: [port('value', 'Value', 'any')] },
	effects: 'pure',
	run: (_, { value }) => ({ value: asJson(value) }),
});
