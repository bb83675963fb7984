import type { Json } from '../../base/json';
import type { NodeContext } from '../nodes/context';
import { asText, failure, isRecord, useTool, callTool } from '../nodes/support';
import type { Capability } from '../sandbox/thread';
import { mayFetch } from './capabilities';

/**
 * What a custom node reaches, by the node's own context: every request passes the gate like any other node's.
 * @param granted of what the file declared, what the user granted
 */
export function reachOf(granted: readonly string[], context: NodeContext): Readonly<Record<string, Capability>> {
	const secrets = new Set(granted.filter(name => name.startsWith('secret:')).map(name => name.slice(7)));
	return {
		...(granted.some(name => name.startsWith('fetch')) && {
			fetch: async (request: Json) => fetchFor(request, granted, context),
		}),
		...(granted.includes('files') && { files: async (request: Json) => filesFor(request, context) }),
		...(secrets.size > 0 && { secrets: async (name: Json) => secretFor(name, secrets, context) }),
	};
}

async function fetchFor(request: Json, granted: readonly string[], context: NodeContext): Promise<Json> {
	if (!isRecord(request)) throw failure('input', 'fetch takes an address and options.');
	const { url, method = 'GET', headers = {}, body } = request;
	checkAddress(url, granted);
	const input = { url, method, headers, ...(body === undefined ? {} : { body }) };
	const { value, text, isError } = await callTool(context, 'quarterdeck_http_request', input);
	if (isError || !isRecord(value)) throw failure('tool', text);
	// A server may send on to another: what that one says is not for this node.
	checkAddress(value['url'] ?? url, granted);
	const headersSaid = isRecord(value['headers']) ? value['headers'] : {};
	return {
		url: value['url'] ?? url ?? '',
		status: value['status'] ?? 0,
		headers: Object.fromEntries(Object.entries(headersSaid).map(([name, said]) => [name.toLowerCase(), said])),
		body: asText(value['text'] ?? ''),
	};
}

function checkAddress(url: Json | undefined, granted: readonly string[]): void {
	if (mayFetch(granted, asText(url ?? ''))) return;
	throw failure('refused', `“${asText(url ?? '')}” is not on a server that the node’s capabilities name.`);
}

async function filesFor(request: Json, context: NodeContext): Promise<Json> {
	const { action, path } = isRecord(request) ? request : {};
	if (typeof path !== 'string') throw failure('input', 'A file is named by its path.');
	if (action === 'list') {
		const { value } = await useTool(context, 'quarterdeck_find_files', { pattern: '**', path });
		if (!Array.isArray(value)) throw failure('tool', asText(value));
		return value as readonly Json[];
	}
	const { value } = await useTool(context, 'quarterdeck_read_file', { file_path: path });
	if (typeof value !== 'string') throw failure('tool', `${path} is no text.`);
	return value;
}

async function secretFor(name: Json, granted: ReadonlySet<string>, context: NodeContext): Promise<Json> {
	if (typeof name !== 'string' || !granted.has(name)) {
		throw failure('refused', `The secret “${asText(name)}” is not among the node’s capabilities, or was not granted.`);
	}
	return context.secret(name);
}
