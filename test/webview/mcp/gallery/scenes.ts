// What the MCP pages are looked at with.
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ElicitationView } from '../../../../src/core/mcp/elicitationProtocol';
import type { McpLogLine, McpTraffic } from '../../../../src/core/mcp/protocol';
import { moment, richTool, serverView, toolView, type InspectorSetup } from '../fakeHost';

export type Scene = (
	| { readonly kind: 'inspector'; readonly setup: InspectorSetup }
	| { readonly kind: 'question'; readonly view: ElicitationView }
) & {
	/** Buttons and tabs to press, by their words. */
	readonly press?: readonly string[];
};

/** A picture of eight by eight points. */
const picture =
	'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFUlEQVR4nGNkYPjPgA0wYRUdtBIAO/8BCDO0xVMAAAAASUVORK5CYII=';

const result: CallToolResult = {
	content: [
		{ type: 'text', text: '{"number":42,"labels":["dates"]}' },
		{ type: 'image', mimeType: 'image/png', data: picture },
		{
			type: 'text',
			text: 'Created issue 42 in a repository with a very-long-name-that-has-no-place-to-break-anywhere-at-all.',
		},
	],
	structuredContent: { number: 42 },
};

const tools = [
	richTool,
	toolView('list_issues', { annotations: { readOnlyHint: true } }),
	toolView('delete_repository', { trust: 'changed', annotations: { destructiveHint: true } }),
	toolView('a_tool_with_a_name_that_is_too_long_for_its_column', { isEnabled: false }),
	...['read', 'write', 'search', 'fork'].map(name => toolView(name)),
];

const message = (
	method: string,
	direction: McpTraffic['direction'],
	type: McpTraffic['type'],
	at: number,
): McpTraffic => ({
	kind: 'traffic',
	at: moment + at,
	direction,
	type,
	method,
	id: type === 'notification' ? null : at,
	size: 84,
	text: `{"jsonrpc":"2.0","method":"${method}","params":{"name":"create_issue","arguments":{"title":"Month is off by one"}}}`,
});

const line = (from: McpLogLine['from'], level: McpLogLine['level'], text: string): McpLogLine => ({
	kind: 'line',
	at: moment,
	from,
	level,
	text,
});

const everything = serverView({
	tools,
	instructions: 'Ask for issues by number. Labels must exist already.',
	resources: [
		{
			uri: 'repo://readme',
			name: 'readme',
			title: 'Read me',
			description: 'What it is',
			mimeType: 'text/markdown',
			size: 812,
			isSubscribed: true,
		},
	],
	resourceTemplates: [
		{
			uriTemplate: 'repo://issues/{number}',
			name: 'issue',
			title: 'Issue',
			description: '',
			mimeType: null,
			variables: ['number'],
		},
	],
	prompts: [
		{
			name: 'triage',
			title: 'Triage',
			description: 'Sorts new issues',
			arguments: [{ name: 'label', description: 'Only these', isRequired: true }],
		},
	],
});

const log = {
	lines: [
		line('hub', 'info', 'Started npx -y @modelcontextprotocol/server-everything'),
		line('stderr', 'info', 'Starting default (STDIO) server...'),
		line('server', 'warning', 'The token expires tomorrow'),
		line('server', 'error', 'Rate limit reached; the next call waits for 12 s'),
	],
	traffic: [
		message('initialize', 'sent', 'request', 1),
		message('initialize', 'received', 'result', 2),
		message('notifications/tools/list_changed', 'received', 'notification', 3),
		message('tools/call', 'sent', 'request', 4),
		message('tools/call', 'received', 'error', 5),
	],
};

const lastError = {
	message: 'The server ended with code 1 before it answered.',
	code: 'mcp.crashed',
	at: moment,
	stderrTail:
		"Error: Cannot find module '@modelcontextprotocol/sdk'\n    at Module._resolveFilename (node:internal/modules/cjs/loader:1212:15)",
};

const form: ElicitationView = {
	kind: 'form',
	server: 'everything',
	launch: 'npx -y @modelcontextprotocol/server-everything --with --many --arguments --that --do --not --fit',
	message: 'Before I book the ferry I need to know:\nwho travels, and how I can reach you.',
	conversation: 'Book the ferry',
	schema: {
		type: 'object',
		required: ['name', 'seat'],
		properties: {
			name: { type: 'string', title: 'Name' },
			email: { type: 'string', format: 'email', title: 'E-mail' },
			seat: { type: 'string', title: 'Seat', enum: ['deck', 'cabin'] },
			hasCar: { type: 'boolean', title: 'With a car', description: 'Cars cost 12.80 more' },
			pin: { type: 'string', title: 'PIN of your card' },
		},
	},
};

export const scenes: Readonly<Record<string, Scene>> = {
	tools: { kind: 'inspector', setup: { server: everything, log }, press: ['Call Tool'] },
	result: {
		kind: 'inspector',
		setup: {
			server: everything,
			earlier: { kept: { 'tool:list_issues': { result, failure: null, ms: 212 } }, running: {}, lastCall: 1 },
			target: { tab: 'tools', name: 'list_issues' },
		},
	},
	review: { kind: 'inspector', setup: { server: everything, target: { tab: 'tools', name: 'delete_repository' } } },
	resources: {
		kind: 'inspector',
		setup: { server: everything, target: { tab: 'resources', name: 'repo://readme' } },
		press: ['Read'],
	},
	prompts: {
		kind: 'inspector',
		setup: { server: everything, target: { tab: 'prompts', name: 'triage' } },
		press: ['Get Prompt'],
	},
	traffic: { kind: 'inspector', setup: { server: everything, log, target: { tab: 'traffic', name: null } } },
	log: { kind: 'inspector', setup: { server: everything, log, target: { tab: 'log', name: null } } },
	failed: { kind: 'inspector', setup: { server: serverView({ state: 'failed', lastError, connectMs: null }) } },
	signIn: {
		kind: 'inspector',
		setup: { server: serverView({ state: 'needs-auth', transport: 'http', target: 'https://mcp.example.org/mcp' }) },
	},
	gone: { kind: 'inspector', setup: { server: null } },
	question: { kind: 'question', view: form, press: ['Send the Answer'] },
	address: {
		kind: 'question',
		view: {
			...form,
			kind: 'url',
			url: 'https://pay.example.org/checkout?order=4711&return=app',
			host: 'pay.example.org',
			isSecure: true,
		},
	},
};
