import { describe, expect, test } from 'vitest';
import { readSetting } from '../../../src/core/mcp/configs';
import type { McpServerDefinition } from '../../../src/core/mcp/definition';
import type { McpServerView, McpToolView } from '../../../src/core/mcp/protocol';
import { withoutSecrets } from '../../../src/core/mcp/secretValues';
import { previewText, previewWarning } from '../../../src/core/mcp/views/preview';
import { serverNodes, subjectOf, type ServerTreeInput } from '../../../src/core/mcp/views/serverTree';

const tool: McpToolView = {
	name: 'drop_table',
	qualifiedName: 'mcp__db__drop_table',
	title: '',
	description: 'Drops a **table**',
	schema: { type: 'object' },
	schemaProblem: null,
	outputSchema: null,
	annotations: {},
	trust: 'approved',
	isEnabled: true,
};

const server: McpServerView = {
	id: 'settings:db',
	name: 'db',
	title: '',
	source: { kind: 'settings', label: 'Settings', path: null },
	transport: 'stdio',
	target: 'npx -y db',
	state: 'running',
	disabledReason: null,
	lastError: null,
	restartAt: null,
	restarts: 0,
	tools: [tool],
	resources: [],
	resourceTemplates: [],
	prompts: [],
	latencyP50Ms: 12.4,
	calls: 3,
	errors: 1,
	version: '',
	protocolVersion: '',
	instructions: '',
	pid: 1,
	readyAt: 0,
	connectMs: 10,
	capabilities: [],
};

const nodesOf = (change: Partial<McpServerView>, input: Partial<ServerTreeInput> = {}) =>
	serverNodes({
		servers: [{ ...server, ...change }],
		problems: [],
		isTrusted: true,
		tierOf: () => 'ORANGE',
		signedIn: new Set(),
		...input,
	});

describe('the rows of servers', () => {
	test('a running one tells latency, errors and tools with their tiers', () => {
		const [row] = nodesOf({});
		expect(row).toMatchObject({ label: 'db', description: 'running · 12 ms · 1 error' });
		expect(row?.contextValue.split(' ')).toEqual(
			expect.arrayContaining(['server', 'own', 'enabled', 'stoppable', 'live']),
		);
		const [group] = row?.children ?? [];
		expect(group).toMatchObject({ label: 'Tools', description: '1' });
		expect(group?.children?.[0]).toMatchObject({
			label: 'drop_table',
			description: 'ORANGE',
			contextValue: 'tool toolOn',
		});
		expect(subjectOf(group?.children?.[0]?.id ?? '')).toEqual({
			kind: 'tool',
			server: 'settings:db',
			name: 'drop_table',
		});
	});

	test('a tool that is off or to be reviewed says so', () => {
		const [row] = nodesOf({
			tools: [
				{ ...tool, isEnabled: false },
				{ ...tool, name: 'b', trust: 'changed' },
			],
		});
		expect(row?.description).toContain('1 tool to review');
		const tools = row?.children?.[0]?.children ?? [];
		expect(tools.map(node => node.description)).toEqual(['ORANGE · off', 'ORANGE · changed, to review']);
		expect(tools.map(node => node.contextValue)).toEqual(['tool toolOff', 'tool toolOn toolReview']);
	});

	test('one that came with the folder offers only to be looked at', () => {
		const source = { kind: 'workspace' as const, label: '.mcp.json', path: '/repo/.mcp.json' };
		const [row] = nodesOf({ state: 'disabled', disabledReason: 'notAllowed', source });
		expect(row?.description).toBe('not allowed yet · 12 ms · 1 error · .mcp.json');
		expect(row?.contextValue).not.toMatch(/startable|stoppable|own/);
		expect(row?.children?.[0]?.command).toEqual({ id: 'quarterdeck.mcp.enable', args: ['settings:db'] });
	});

	test('a failed one shows why, and the last line that it wrote', () => {
		const lastError = { message: 'It ended.', code: 'x', at: 0, stderrTail: 'first\nCannot find module\n' };
		const [row] = nodesOf({ state: 'failed', lastError });
		expect(row?.children?.map(node => node.label)).toEqual(['It ended.', 'Cannot find module']);
		expect(row?.contextValue).toContain('startable');
	});

	test('nothing can be started where the folder is not trusted', () => {
		const [row] = nodesOf({ state: 'stopped' }, { isTrusted: false });
		expect(row?.contextValue).not.toContain('startable');
		expect(row?.children?.[0]?.label).toContain('not trusted');
	});

	test('a file that cannot be read is a row, not nothing', () => {
		const problems = [{ label: '.mcp.json', message: 'a comma is missing', path: '/repo/.mcp.json' }];
		expect(nodesOf({}, { problems })[0]).toMatchObject({ label: '.mcp.json', contextValue: 'problem file' });
	});
});

describe('the look before it runs', () => {
	const definitionOf = (raw: Record<string, unknown>): McpServerDefinition => {
		const [definition] = readSetting({ x: raw }, '/repo').definitions;
		if (!definition) throw new Error('no definition');
		return definition;
	};

	test('shows the whole command line, the folder and every variable, but no secret', () => {
		const { raw, secrets } = withoutSecrets('x', {
			command: 'npx',
			args: ['-y', 'db server'],
			env: { API_KEY: 'sk-1', MODE: 'fast', REF: '${env:REF}' },
		});
		expect(secrets).toEqual({ 'x-API_KEY': 'sk-1' });
		const text = previewText(definitionOf(raw));
		expect(text).toBe(
			'Runs: npx -y "db server"\nIn the folder: /repo\nWith: API_KEY=(kept secret)\nWith: MODE=fast\nWith: REF=${env:REF}',
		);
		expect(previewWarning(definitionOf(raw))).toContain('downloaded');
	});

	test('a bearer token in a header keeps its scheme and loses its value', () => {
		const { raw, secrets } = withoutSecrets('x', {
			url: 'https://a.example/mcp',
			headers: { Authorization: 'Bearer t0' },
		});
		expect(raw).toMatchObject({ headers: { Authorization: 'Bearer ${input:x-Authorization}' } });
		expect(secrets).toEqual({ 'x-Authorization': 't0' });
	});

	test('the example value of a README is no value: it is asked for', () => {
		const { raw, secrets, names } = withoutSecrets('x', { command: 'a', env: { TOKEN: '<your-token>' } });
		expect(secrets).toEqual({});
		expect(names).toEqual(['TOKEN']);
		expect(JSON.stringify(raw)).not.toContain('your-token');
	});
});
