import { z } from 'zod';
import type { Json } from '../../../base/json';
import type { ValueKind } from '../../model/flow';
import type { NodeContext } from '../context';
import { defineNode, type Port, type PortValues, type PortWorld, type Ports } from '../nodeType';
import { flag, needed, record, valueMap } from '../params';
import { callTool, failure, isRecord, port } from '../support';

const params = {
	arguments: valueMap('Arguments', 'By name; what is connected comes before what stands here.'),
	isErrorAValue: flag(
		'Errors as values',
		'What the tool says went wrong comes out of `failed` instead of failing the node.',
		false,
		{
			isAdvanced: true,
		},
	),
};

const outputs = [
	port('result', 'Result', 'any', { description: 'Structured where the tool gives that, else its text' }),
	port('text', 'Text', 'text'),
	port('failed', 'Failed', 'text', { description: 'With *Errors as values*' }),
];

export const toolNode = defineNode({
	type: 'tool.call',
	version: 1,
	title: 'Tool',
	category: 'Agents',
	icon: 'tools',
	summary: 'One call of any tool, with your arguments',
	help: 'Calls a tool by its name, without a model: built in, of an MCP server, or a flow. The call passes the gate. Each argument of the tool is a port. Example: `quarterdeck_search` with `pattern` set to `deprecated`.',
	aliases: ['Function', 'Call Tool', 'Plugin'],
	params: z.object({ tool: needed('Tool', 'Its name.', { widget: 'tool' }), ...params }),
	ports: ({ tool }, world): Ports => portsOf(typeof tool === 'string' ? tool : '', world),
	effects: 'writes',
	run: (inputs, given, context) => call(given.tool, inputs, given, context),
});

export const mcpNode = defineNode({
	type: 'tool.mcp',
	version: 1,
	title: 'MCP Tool',
	category: 'Agents',
	icon: 'plug',
	summary: 'One call of a tool of an MCP server',
	help: 'Calls a tool of an MCP server with your arguments, without a model. The server must run and its tool be approved; the call passes the gate. Each argument of the tool is a port. Example: server `github`, tool `create_issue`, `title` from a *Template*.',
	aliases: ['MCP Client', 'Model Context Protocol'],
	params: z.object({
		server: needed('Server', 'Its name.'),
		tool: needed('Tool', 'Its name on the server.'),
		...params,
	}),
	ports: ({ server, tool }, world): Ports =>
		portsOf(typeof server === 'string' && typeof tool === 'string' ? mcpName(server, tool) : '', world),
	effects: 'writes',
	run: (inputs, given, context) => call(mcpName(given.server, given.tool), inputs, given, context),
});

function mcpName(server: string, tool: string): string {
	return `mcp__${server}__${tool}`;
}

async function call(
	tool: string,
	inputs: PortValues,
	given: { readonly arguments: unknown; readonly isErrorAValue: boolean },
	context: NodeContext,
): Promise<PortValues> {
	const { arguments: all, ...single } = inputs;
	const input: Record<string, Json> = { ...record(given.arguments), ...(isRecord(all) ? all : {}) };
	for (const [name, value] of Object.entries(single)) if (value !== undefined) input[name] = value;
	const { value, text, isError } = await callTool(context, tool, input);
	if (!isError) return { result: value, text };
	if (given.isErrorAValue) return { failed: text };
	throw failure('tool', text, { tool });
}

const kinds: Readonly<Record<string, ValueKind>> = {
	string: 'text',
	number: 'number',
	integer: 'number',
	boolean: 'boolean',
	array: 'list',
	object: 'object',
};

/** A port for all arguments at once, and one for each that the tool names. */
function portsOf(tool: string, world: PortWorld): Ports {
	const schema = tool === '' ? undefined : world.tool(tool);
	const properties = isRecord(schema?.['properties']) ? Object.entries(schema['properties']) : [];
	const inputs = properties.slice(0, 60).map(([name, about]): Port => {
		const { type, description, title } = isRecord(about) ? about : {};
		const kind = typeof type === 'string' ? (kinds[type] ?? 'any') : 'any';
		const said = typeof description === 'string' ? { description: description.slice(0, 300) } : {};
		return { name, title: typeof title === 'string' ? title : name, kind, ...said };
	});
	const hasOwn = inputs.some(({ name }) => name === 'arguments');
	return { inputs: hasOwn ? inputs : [port('arguments', 'Arguments', 'object'), ...inputs], outputs };
}
