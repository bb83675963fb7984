import { describe, expect, test } from 'vitest';
import type { SafetyContext } from '../../../src/core/safety/approval';
import { classify, isAlwaysAsked } from '../../../src/core/safety/classify';
import type { ForeignTool } from '../../../src/core/safety/foreignTool';
import { context, cwd } from './context';
import { gateForTest } from './gateForTest';

function facts(tool: string, more: Partial<ForeignTool> = {}): ForeignTool {
	return { server: 'github', serverId: 'user:github', tool, annotations: {}, fingerprint: 'a1', ...more };
}

function placed(
	tool: string,
	input: Readonly<Record<string, unknown>> = {},
	more: Partial<ForeignTool> = {},
): ReturnType<typeof classify> {
	const withFacts: SafetyContext = { ...context, toolFacts: () => facts(tool, more) };
	return classify({ tool: `mcp__github__${tool}`, input, cwd }, withFacts);
}

describe('tools of MCP servers', () => {
	test('what is not known is YELLOW, and is asked about in every mode', async () => {
		expect(placed('list_issues').tier).toBe('YELLOW');
		expect(isAlwaysAsked('mcp__github__list_issues')).toBe(true);
		const world = gateForTest({ context: { toolFacts: () => facts('list_issues') } });
		for (const mode of ['default', 'acceptEdits', 'bypassPermissions', 'plan']) {
			const hook = world.cli.onHook({
				toolName: 'mcp__github__list_issues',
				input: {},
				toolUseId: mode,
				permissionMode: mode,
			});
			expect(hook).toMatchObject({ decision: 'ask' });
		}
		world.approvals.dispose();
		world.grants.dispose();
	});

	test.each([
		'delete_issue',
		'deleteAllRows',
		'drop-table',
		'wipe_disk',
		'DestroyStack',
		'purge_queue',
		'resetDatabase',
		'kill_process',
		'execute_command',
		'run_shell',
		'send_email',
		'publish_package',
		'transferFunds',
	])('%s sounds as if it took more than a click', tool => {
		expect(placed(tool).tier).toBe('ORANGE');
	});

	test.each([
		'undelete_hint',
		'list_deleted',
		'get_runtime',
		'reader',
		'dropdown_options',
		'search_code',
		'create_issue',
	])('%s only sounds a little like it', tool => {
		expect(placed(tool).tier).toBe('YELLOW');
	});

	test('a hint of the server raises and never lowers', () => {
		expect(placed('tidy', {}, { annotations: { destructiveHint: true } }).tier).toBe('ORANGE');
		expect(placed('delete_all', {}, { annotations: { readOnlyHint: true, destructiveHint: false } }).tier).toBe(
			'ORANGE',
		);
		expect(placed('peek', {}, { annotations: { readOnlyHint: true } }).tier).toBe('YELLOW');
	});

	test.each([
		['read_file', { path: '/home/dev/.ssh/id_rsa' }, 'BLACK'],
		['read_file', { path: '~/.aws/credentials' }, 'BLACK'],
		['read_file', { path: 'file:///home/dev/.netrc' }, 'BLACK'],
		['read_multiple', { paths: ['a.ts', { deep: ['../.ssh/id_ed25519'] }] }, 'BLACK'],
		['read_file', { path: '.env' }, 'ORANGE'],
		['read_file', { path: 'src/a.ts' }, 'YELLOW'],
		['write_file', { path: '/home/dev/.bashrc', content: 'x' }, 'RED'],
		['write_file', { path: '.git/hooks/pre-commit' }, 'RED'],
		['write_file', { path: '.quarterdeck/policy.json' }, 'RED'],
		['browse', { command: 'rm -rf /' }, 'BLACK'],
		['browse', { command: 'git push --force' }, 'RED'],
		['look', { sql: 'DROP TABLE users' }, 'RED'],
		['look', { query: 'SELECT 1' }, 'YELLOW'],
		['look', { query: 'how to drop weight' }, 'YELLOW'],
		['fetch', { url: 'http://169.254.169.254/latest/meta-data/' }, 'BLACK'],
	])('%s with %j is judged by what it names', (tool, input, tier) => {
		expect(placed(tool, input).tier).toBe(tier);
	});

	test('settings raise a tool, a server and a pattern', () => {
		for (const name of ['mcp__github__list_issues', 'mcp__github', 'mcp__github__*', 'mcp__*__list_*']) {
			const raised = { ...context, raisedTiers: { [name]: 'RED' as const } };
			expect(classify({ tool: 'mcp__github__list_issues', input: {}, cwd }, raised).tier, name).toBe('RED');
		}
		const off = { ...context, raisedTiers: { mcp__github__list_issues: 'BLACK' as const } };
		expect(classify({ tool: 'mcp__github__list_issues', input: {}, cwd }, off).tier).toBe('BLACK');
	});
});

describe('“always allow this tool of this server here”', () => {
	test('holds for the tool as it was, and is void when the server or what it says of itself is another', () => {
		const world = gateForTest();
		const before = placed('list_issues');
		expect(before).toMatchObject({ grantLabel: 'list_issues of github', maxGrant: 'workspace' });
		world.grants.add('workspace', before, null);
		const covered = (more: Partial<ForeignTool>): unknown => world.grants.covers(placed('list_issues', {}, more), null);
		expect(covered({})).toBe('workspace');
		expect(covered({ fingerprint: 'b2' })).toBeUndefined();
		expect(covered({ serverId: 'workspace:github' })).toBeUndefined();
		expect(covered({ annotations: { destructiveHint: true } })).toBeUndefined();
		expect(world.grants.covers(placed('list_issues', { path: '.env' }), null)).toBeUndefined();
		world.approvals.dispose();
		world.grants.dispose();
	});

	test('does not hold for a server of the same name that the CLI runs itself', () => {
		const facts: ForeignTool = { server: 'github', serverId: 'settings:github', tool: 'list_issues', annotations: {} };
		const world = gateForTest({ context: { toolFacts: () => facts } });
		const tool = 'mcp__github__list_issues';
		world.grants.add('workspace', world.gate.classify({ tool, input: {}, cwd }), null);
		const asked = { toolName: tool, input: {}, toolUseId: 'u1' };
		expect(world.cli.onHook({ ...asked, isServedByUs: true })).toBe('pass');
		expect(world.cli.onHook(asked)).toMatchObject({ decision: 'ask' });
		world.approvals.dispose();
		world.grants.dispose();
	});
});
