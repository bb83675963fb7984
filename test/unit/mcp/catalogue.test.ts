import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { installDraft, readCatalogue, type CatalogueServer } from '../../../src/core/mcp/catalogue';

const packageName = z.string().regex(/^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/);
const https = z.url().startsWith('https://');
const words = z.array(z.string().min(1));
const launcher = z.discriminatedUnion('kind', [
	z.strictObject({ kind: z.literal('npx'), package: packageName, args: words }),
	z.strictObject({ kind: z.literal('uvx'), package: packageName, from: packageName.optional(), args: words }),
	z.strictObject({
		kind: z.literal('docker'),
		image: z.string().regex(/^[\w.-]+(?:\/[\w.-]+)*(?::[\w.-]+)?$/),
		options: words,
		args: words,
	}),
	z.strictObject({ kind: z.literal('http'), url: https, headers: z.record(z.string(), z.string()) }),
]);
const input = z.strictObject({
	id: z.string().regex(/^[a-z]+$/),
	description: z.string().min(3).max(100),
	isSecret: z.boolean(),
	where: https.optional(),
	default: z.string().optional(),
	isOptional: z.boolean().optional(),
});
const schema = z.strictObject({
	checked: z.iso.date(),
	servers: z.array(
		z.strictObject({
			id: z.string().regex(/^[a-z][a-z0-9-]*$/),
			name: z.string().min(2),
			category: z.string().min(3),
			description: z.string().min(10).max(90),
			homepage: https,
			launcher,
			env: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).optional(),
			inputs: z.array(input).optional(),
			note: z.string().min(5).max(90).optional(),
		}),
	),
});

const catalogue = readCatalogue();
const named = (id: string): CatalogueServer => {
	const found = catalogue.servers.find(server => server.id === id);
	if (!found) throw new Error(`The catalogue has no ${id}`);
	return found;
};

/** Reference servers that were archived, and packages whose authors call them deprecated. */
const dead = ['github', 'gitlab', 'postgres', 'puppeteer', 'slack', 'brave-search', 'google-maps', 'redis', 'everart']
	.map(name => `@modelcontextprotocol/server-${name}`)
	.concat('@dynatrace-oss/dynatrace-mcp-server', '@doist/todoist-ai', '@21st-dev/magic');

describe('the catalogue', () => {
	test('has the shape that code expects', () => {
		expect(() => schema.parse(catalogue)).not.toThrow();
	});

	test('has at least forty servers, each once', () => {
		expect(catalogue.servers.length).toBeGreaterThanOrEqual(40);
		const ids = catalogue.servers.map(server => server.id);
		expect(new Set(ids).size).toBe(ids.length);
	});

	test('asks for exactly what its templates use', () => {
		for (const server of catalogue.servers) {
			const used = [...JSON.stringify([server.launcher, server.env ?? {}]).matchAll(/\$\{input:(\w+)\}/g)].map(
				match => match[1],
			);
			expect(new Set(used), server.id).toEqual(new Set((server.inputs ?? []).map(each => each.id)));
		}
	});

	test('holds no dead package, and starts programs of Python with uvx', () => {
		const python = ['mcp-server-git', 'mcp-server-fetch', 'mcp-server-time', 'mcp-server-sqlite'];
		for (const { id, launcher: how } of catalogue.servers) {
			if (how.kind !== 'npx') continue;
			expect(dead, id).not.toContain(how.package);
			expect(python, id).not.toContain(how.package);
			expect(how.package, id).not.toMatch(/server-(?:git|fetch|time|sqlite)$/);
		}
	});
});

describe('installing from the catalogue', () => {
	test('a secret stays out of the definition, under a name of that server alone', () => {
		const draft = installDraft(named('brave-search'), 'brave', { key: 'BSA-123' });
		expect(draft.definition).toEqual({
			command: 'npx',
			args: ['-y', '@brave/brave-search-mcp-server'],
			env: { BRAVE_API_KEY: '${input:brave-key}' },
			inputs: [{ id: 'brave-key', type: 'promptString', description: 'API key of Brave Search', password: true }],
		});
		expect(draft.secrets).toEqual({ 'brave-key': 'BSA-123' });
		expect(JSON.stringify(draft.definition)).not.toContain('BSA-123');
	});

	test('plain answers and defaults are written out; an optional one that is empty takes its place with it', () => {
		const draft = installDraft(named('ssh'), 'box', { host: '10.0.0.5', user: 'ada', password: '' });
		expect(draft.definition).toEqual({ command: 'npx', args: ['-y', 'ssh-mcp', '--host=10.0.0.5', '--user=ada'] });
		const folder = installDraft(named('filesystem'), 'files', {});
		expect(folder.definition['args']).toContain('${workspaceFolder}');
	});

	test('a container gets names of variables on its command line, never values', () => {
		const draft = installDraft(named('github-local'), 'github', { token: 'ghp_1' });
		expect(draft.definition['args']).toEqual([
			'run',
			'-i',
			'--rm',
			'-e',
			'GITHUB_PERSONAL_ACCESS_TOKEN',
			'ghcr.io/github/github-mcp-server',
		]);
		expect(draft.definition['env']).toEqual({ GITHUB_PERSONAL_ACCESS_TOKEN: '${input:github-token}' });
	});

	test('a header of a remote server keeps the words around a secret', () => {
		const draft = installDraft(named('github'), 'gh', { token: 'ghp_1' });
		expect(draft.definition).toMatchObject({
			type: 'http',
			url: 'https://api.githubcopilot.com/mcp/',
			headers: { Authorization: 'Bearer ${input:gh-token}' },
		});
	});

	test('every server gives a definition that can be saved', () => {
		for (const server of catalogue.servers) {
			const answers = Object.fromEntries((server.inputs ?? []).map(each => [each.id, each.default ?? 'x']));
			const { inputs: _, ...definition } = installDraft(server, 'name', answers).definition;
			expect('url' in definition || typeof definition['command'] === 'string', server.id).toBe(true);
			const left = [...JSON.stringify(definition).matchAll(/\$\{input:([\w-]+)\}/g)].map(match => match[1] ?? '');
			expect(
				left.every(id => id.startsWith('name-')),
				server.id,
			).toBe(true);
		}
	});
});
