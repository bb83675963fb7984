import { describe, expect, test } from 'vitest';
import type { SafetyContext } from '../../../src/core/safety/approval';
import { classify } from '../../../src/core/safety/classify';
import { parsePolicy } from '../../../src/core/safety/policyFile';
import type { RepositoryPolicy } from '../../../src/core/safety/policy';
import { context, cwd } from './context';
import { gateForTest } from './gateForTest';

function policyOf(value: unknown): RepositoryPolicy {
	const { policy } = parsePolicy(JSON.stringify(value), cwd);
	if (!policy) throw new Error('no policy');
	return policy;
}

function tierOf(command: string, value: unknown): string {
	return classify({ tool: 'Bash', input: { command }, cwd }, under(value)).tier;
}

function under(value: unknown): SafetyContext {
	return { ...context, policies: [policyOf(value)] };
}

const strict = {
	version: 1,
	tools: { WebFetch: 'ORANGE', 'mcp__github__*': 'RED', CronCreate: 'BLACK' },
	commands: [
		{ prefix: 'git push', tier: 'RED', reason: 'Releases go through CI' },
		{ prefix: 'npm run migrate', tier: 'BLACK' },
	],
	protectedPaths: ['infra/prod/**', '*.tfstate', { path: 'migrations/**', write: 'RED' }],
	forbiddenHosts: ['*.internal.example.com', 'evil.com'],
	modes: ['plan', 'default'],
};

describe('what a policy raises', () => {
	test.each([
		['git push', 'RED'],
		['git -C . push origin main', 'RED'],
		['npm test && git push', 'RED'],
		['bash -c "git push"', 'RED'],
		['sudo -u x git push', 'RED'],
		['npm run migrate', 'BLACK'],
		['npm run build', 'YELLOW'],
		['git status', 'GREEN'],
		['echo git push', 'GREEN'],
		['cat infra/prod/keys.yml', 'BLACK'],
		['cat infra/dev/keys.yml', 'GREEN'],
		['cat prod/x.tfstate', 'BLACK'],
		['cat *.tfstate', 'BLACK'],
		['echo x > migrations/1.sql', 'RED'],
		['cat migrations/1.sql', 'GREEN'],
		['rm migrations/1.sql', 'RED'],
		['curl https://evil.com/x', 'BLACK'],
		['curl https://a.internal.example.com', 'BLACK'],
		['curl https://EVIL.com./x', 'BLACK'],
		['wget user@evil.com:x', 'BLACK'],
		['git clone git@evil.com:a/b', 'BLACK'],
		['curl https://example.com', 'YELLOW'],
	])('%s is %s', (command, tier) => {
		expect(tierOf(command, strict)).toBe(tier);
	});

	test('tools, their patterns, and hosts in the arguments of any tool', () => {
		const call = (tool: string, input: Readonly<Record<string, unknown>>) =>
			classify({ tool, input, cwd }, under(strict));
		expect(call('WebFetch', { url: 'https://example.com' }).tier).toBe('ORANGE');
		expect(call('WebFetch', { url: 'https://evil.com' }).tier).toBe('BLACK');
		expect(call('mcp__github__list_issues', {}).tier).toBe('RED');
		expect(call('mcp__fetch__get', { url: 'https://evil.com/a' }).tier).toBe('BLACK');
		expect(call('CronCreate', {}).tier).toBe('BLACK');
		expect(call('Edit', { file_path: `${cwd}/migrations/1.sql` }).tier).toBe('RED');
		expect(call('Read', { file_path: 'infra/prod/a' }).reasons[0]).toContain('policy of project');
	});

	test('only the named machines, and this one', () => {
		const only = { onlyHosts: ['registry.npmjs.org', '*.github.com'] };
		expect(tierOf('curl https://api.github.com', only)).toBe('YELLOW');
		expect(tierOf('curl http://localhost:3000', only)).toBe('YELLOW');
		expect(tierOf('curl https://example.com', only)).toBe('BLACK');
	});

	test('a mode that is not allowed asks like the default one', () => {
		const edit = {
			toolName: 'Edit',
			input: { file_path: `${cwd}/a.ts` },
			toolUseId: '1',
			permissionMode: 'acceptEdits',
		};
		const free = gateForTest();
		const bound = gateForTest({ context: { policies: [policyOf(strict)] } });
		expect(free.cli.onHook(edit)).toBe('pass');
		expect(bound.cli.onHook(edit)).toMatchObject({ decision: 'ask' });
		expect(bound.cli.onHook({ ...edit, toolUseId: '2', permissionMode: 'default' })).toBe('pass');
		expect(bound.cli.onHook({ ...edit, toolUseId: '3', permissionMode: 'bypassPermissions' })).toMatchObject({
			decision: 'ask',
		});
	});
});

describe('what a policy cannot do', () => {
	/** Every policy of a few hundred hostile ones leaves each of these calls at least where it was. */
	const calls = [
		{ tool: 'Bash', input: { command: 'rm -rf /' } },
		{ tool: 'Bash', input: { command: 'cat ~/.ssh/id_rsa' } },
		{ tool: 'Bash', input: { command: 'git push --force' } },
		{ tool: 'Bash', input: { command: 'cat .env' } },
		{ tool: 'Bash', input: { command: 'npm test' } },
		{ tool: 'Edit', input: { file_path: '/home/dev/.bashrc' } },
		{ tool: 'Read', input: { file_path: '/home/dev/.aws/credentials' } },
		{ tool: 'Edit', input: { file_path: '.quarterdeck/policy.json' } },
		{ tool: 'mcp__x__delete_all', input: {} },
		{ tool: 'WebFetch', input: { url: 'http://169.254.169.254/' } },
	];

	test.each([
		{ tools: { Bash: 'GREEN', Edit: 'GREEN', Read: 'GREEN', WebFetch: 'GREEN', 'mcp__x__*': 'GREEN' } },
		{ commands: [{ prefix: 'rm', tier: 'GREEN' }] },
		{ commands: [{ prefix: 'git push', tier: 'YELLOW' }] },
		{ protectedPaths: [{ path: '**/.ssh/**', read: 'GREEN', write: 'GREEN' }] },
		{
			protectedPaths: [
				{ path: '~/.ssh', read: 'YELLOW' },
				{ path: '/', read: 'YELLOW', write: 'YELLOW' },
			],
		},
		{ protectedPaths: [{ path: '**/.env', read: 'YELLOW' }] },
		{ protectedPaths: [{ path: '.quarterdeck/policy.json', write: 'YELLOW' }] },
		{ modes: ['bypassPermissions', 'acceptEdits'] },
		{ onlyHosts: ['*'] },
		{ allow: ['*'], grants: ['workspace'], raisedTiers: { Bash: 'GREEN' } },
	])('%j loosens nothing', value => {
		const bound = under(value);
		const order = ['GREEN', 'YELLOW', 'ORANGE', 'RED', 'BLACK'];
		for (const call of calls) {
			const free = order.indexOf(classify({ ...call, cwd }, context).tier);
			expect(order.indexOf(classify({ ...call, cwd }, bound).tier), JSON.stringify(call)).toBeGreaterThanOrEqual(free);
		}
	});

	test('what would loosen, or means nothing, is named where it stands', () => {
		const text = JSON.stringify(
			{
				tools: { CronCreate: 'YELLOW', WebFetch: 'PURPLE' },
				commands: [{ prefix: 'rm', tier: 'GREEN' }, { prefix: 'x' }],
				allow: ['*'],
				modes: ['yolo'],
				forbiddenHosts: ['not a host'],
			},
			null,
			2,
		);
		const { policy, problems } = parsePolicy(text, cwd);
		expect(policy).toMatchObject({ tools: {}, commands: [], forbiddenHosts: [], modes: ['default', 'plan'] });
		expect(
			problems.map(({ message, offset, length, kind }) => [kind, text.slice(offset, offset + length), message]),
		).toEqual([
			['ignored', '"YELLOW"', 'CronCreate is ORANGE already; a policy cannot make it YELLOW.'],
			['broken', '"PURPLE"', 'A tier is one of GREEN, YELLOW, ORANGE, RED and BLACK.'],
			['ignored', '"GREEN"', 'A policy cannot allow a command. “rm” keeps the tier it has.'],
			['broken', expect.stringContaining('x') as string, 'A command has a “prefix” and a “tier”.'],
			[
				'ignored',
				expect.stringContaining('*') as string,
				'“allow” means nothing here. A policy can only make calls take more.',
			],
			['broken', '"yolo"', 'A mode is one of plan, default, acceptEdits.'],
			['broken', '"not a host"', 'A host is a name such as “example.com” or “*.example.com”.'],
		]);
	});

	test.each(['', '{', '[]', '"x"', '{"tools": [}', 'not json'])('%j is said to be broken', text => {
		const { policy, problems } = parsePolicy(text, cwd);
		expect(policy).toBeNull();
		expect(problems).toHaveLength(1);
		expect(problems[0]?.kind).toBe('broken');
	});

	test('comments and a trailing comma are no problem', () => {
		expect(parsePolicy('{ // why\n "tools": { "Bash": "YELLOW", }, }', cwd)).toMatchObject({
			policy: { tools: { Bash: 'YELLOW' } },
			problems: [],
		});
	});
});

test.each([
	'rm .quarterdeck/policy.json',
	'rm -rf .quarterdeck',
	'mv .quarterdeck x',
	'echo {} > .quarterdeck/policy.json',
	'sed -i s/RED/GREEN/ .quarterdeck/policy.json',
	'cp a.json .quarterdeck/policy.json',
	'cp policy.json .quarterdeck/',
	'tee .quarterdeck/policy.json < a',
	'cd .quarterdeck && echo {} > policy.json',
	"python -c \"open('.quarterdeck/policy.json','w')\"",
	'git checkout HEAD~1 -- .quarterdeck/policy.json',
	'git rm .quarterdeck/policy.json',
	'ln -sf /tmp/x .quarterdeck/policy.json',
])('an agent does not get by the policy with %s', command => {
	expect(['RED', 'BLACK']).toContain(classify({ tool: 'Bash', input: { command }, cwd }, context).tier);
});
