import { randomUUID } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
	CallToolRequestSchema,
	ListToolsRequestSchema,
	type CallToolResult,
	type Tool as McpTool,
} from '@modelcontextprotocol/sdk/types.js';
import { errorText } from '../../base/errors';
import { connect, type Client } from '../../rpc/rpc';
import { dataRule } from '../../tools/resultText';
import type { ToolContent } from '../../tools/tool';
import { ownServerName } from './names';
import { socketVariable, tokenVariable, type OwnToolsContract, type ServedTool } from './protocol';
import { SocketPort } from './socketPort';

/** The id that the CLI gives a call, in the request's `_meta`. */
const toolUseKey = 'claudecode/toolUseId';

/**
 * The server process: speaks MCP with the CLI on stdin and stdout, and passes everything on to the extension. It decides
 * and runs nothing itself. Resolves when either side is gone.
 */
export async function runOwnToolsServer(
	environment: Readonly<Record<string, string | undefined>>,
	stdin: Readable,
	stdout: Writable,
): Promise<void> {
	const path = environment[socketVariable];
	const token = environment[tokenVariable];
	if (path === undefined || token === undefined) throw new Error('This program is started by Quarterdeck alone.');
	const socket = await connected(path);
	const port = new SocketPort(socket);
	const host = connect<OwnToolsContract>(port);
	const { version } = await host.call('hello', { token });
	const server = newServer(host, version);
	const gone = new Promise<void>(resolve => {
		port.onDidClose(() => resolve());
		stdin.once('end', resolve);
		stdin.once('close', resolve);
		stdout.once('error', () => resolve());
	});
	await server.connect(new StdioServerTransport(stdin, stdout));
	await gone;
	await server.close();
	host.dispose();
	port.dispose();
}

function newServer(host: Client<OwnToolsContract>, version: string): Server {
	const options = { capabilities: { tools: { listChanged: true } }, instructions: dataRule };
	const server = new Server({ name: ownServerName, version }, options);
	server.setRequestHandler(ListToolsRequestSchema, async () => ({
		tools: (await host.call('list', null)).map(mcpTool),
	}));
	server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }): Promise<CallToolResult> => {
		const id = randomUUID();
		const cancel = (): void => void host.call('cancel', { id }).catch(() => undefined); // The host is gone: so is the call.
		signal.addEventListener('abort', cancel, { once: true });
		const toolUseId = toolUseOf(params);
		try {
			const call = { id, name: params.name, input: params.arguments ?? {}, toolUseId };
			// A person may be asked, who takes as long as they take.
			const { content, isError } = await host.call('call', call, Number.POSITIVE_INFINITY);
			return { content: content.map(mcpContent), isError };
		} catch (error) {
			return {
				content: [{ type: 'text', text: `Quarterdeck could not run this: ${errorText(error)}` }],
				isError: true,
			};
		} finally {
			signal.removeEventListener('abort', cancel);
		}
	});
	host.on('changed', () => void server.sendToolListChanged().catch(() => undefined)); // The CLI is gone.
	return server;
}

function toolUseOf({ _meta: meta }: { readonly _meta?: Readonly<Record<string, unknown>> | undefined }): string | null {
	const known = meta?.[toolUseKey];
	return typeof known === 'string' ? known : null;
}

function mcpTool({ name, title, description, schema, isReadOnly }: ServedTool): McpTool {
	const inputSchema = { ...schema, type: 'object' as const };
	return {
		name,
		title,
		description,
		inputSchema,
		annotations: { readOnlyHint: isReadOnly, openWorldHint: name.includes('__') },
	};
}

function mcpContent(part: ToolContent): CallToolResult['content'][number] {
	return part.type === 'text' ? part : { type: 'image', data: part.data, mimeType: part.mediaType };
}

function connected(path: string): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const socket = createConnection(path);
		socket.once('error', reject);
		socket.once('connect', () => {
			socket.off('error', reject);
			resolve(socket);
		});
	});
}
