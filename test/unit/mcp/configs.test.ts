import { describe, expect, test } from 'vitest';
import { loadConfigs, readSetting, toSetting } from '../../../src/core/mcp/configs';
import { servedByClaude } from '../../../src/core/mcp/definition';
import { placesOf, type McpMachine } from '../../../src/core/mcp/places';

const machine: McpMachine = {
	platform: 'linux',
	home: '/home/ada',
	environment: {},
	workspaceFolders: ['/repo'],
	editorUserFolder: null,
};

function reader(files: Readonly<Record<string, string>>) {
	return (path: string): Promise<string> => {
		const text = files[path];
		if (text !== undefined) return Promise.resolve(text);
		return Promise.reject(Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' }));
	};
}

const load = (files: Readonly<Record<string, string>>) => loadConfigs(placesOf(machine), reader(files));

describe('files that define servers', () => {
	test('.mcp.json of Claude Code, with its unknown fields kept', async () => {
		const text = '{"mcpServers":{"db":{"command":"db-mcp","args":["--port",5432],"env":{"A":1},"alwaysAllow":["x"]}}}';
		const { definitions, problems } = await load({ '/repo/.mcp.json': text });
		expect(problems).toEqual([]);
		expect(definitions).toEqual([
			{
				id: 'workspace:/repo/.mcp.json:db',
				name: 'db',
				source: { kind: 'workspace', label: '.mcp.json', path: '/repo/.mcp.json' },
				folder: '/repo',
				config: {
					type: 'stdio',
					command: 'db-mcp',
					args: ['--port', '5432'],
					env: { A: '1' },
					envFile: null,
					cwd: null,
				},
				problem: null,
				isDisabled: false,
				inputs: [],
				timeouts: { initMs: null, callMs: null },
				raw: { command: 'db-mcp', args: ['--port', 5432], env: { A: 1 }, alwaysAllow: ['x'] },
			},
		]);
	});

	test('.vscode/mcp.json with comments, inputs and a trailing comma', async () => {
		const text = `{
			// what the server needs
			"inputs": [{ "type": "promptString", "id": "key", "description": "API key", "password": true }],
			"servers": { "web": { "type": "http", "url": "https://mcp.example.com/mcp", "headers": { "Authorization": "Bearer \${input:key}" } }, },
		}`;
		const { definitions } = await load({ '/repo/.vscode/mcp.json': text });
		expect(definitions[0]).toMatchObject({
			config: {
				type: 'http',
				url: 'https://mcp.example.com/mcp',
				headers: { Authorization: 'Bearer ${input:key}' },
				auth: null,
			},
			inputs: [{ id: 'key', type: 'promptString', description: 'API key', isPassword: true }],
		});
	});

	test("Claude Code's own file: the user's servers and those of this project alone", async () => {
		const text = JSON.stringify({
			numStartups: 4,
			mcpServers: { mine: { command: 'mine' } },
			projects: {
				'/repo': { mcpServers: { here: { type: 'sse', url: 'http://127.0.0.1:1/sse' } } },
				'/other': { mcpServers: { there: { command: 'there' } } },
			},
		});
		const { definitions } = await load({ '/home/ada/.claude.json': text });
		expect(definitions.map(({ name, source }) => [source.kind, name])).toEqual([
			['claudeProject', 'here'],
			['claudeUser', 'mine'],
		]);
	});

	test('a broken file is a problem with its line, and the others are still read', async () => {
		const { definitions, problems } = await load({
			'/repo/.mcp.json': '{\n\t"mcpServers": {\n\t\t"a": { "command": "x" \n\t\t"b": {}\n}}',
			'/repo/.vscode/mcp.json': '{"servers":{"ok":{"command":"ok"}}}',
			'/home/ada/.claude.json': '[]',
		});
		expect(definitions.map(({ name }) => name)).toEqual(['ok']);
		expect(problems.map(({ message }) => message)).toEqual([
			'.mcp.json: This is not valid JSON: line 4, column 3: a comma is missing (“"b"”).',
			'Claude Code (this project): there must be an object in braces, not a list.',
			'Claude Code: there must be an object in braces, not a list.',
		]);
	});

	test('a file that cannot be read is a problem; one that is not there or empty is none', async () => {
		const denied = (): Promise<string> => Promise.reject(Object.assign(new Error('not allowed'), { code: 'EACCES' }));
		const [place] = placesOf(machine);
		expect((await loadConfigs([place!], denied)).problems[0]?.message).toBe('.mcp.json cannot be read: not allowed');
		expect(await load({})).toEqual({ definitions: [], problems: [] });
		expect(await load({ '/repo/.mcp.json': '  ' })).toMatchObject({ definitions: [] });
	});

	test("Claude Desktop's file stands in another place on each system", () => {
		const file = (change: Partial<McpMachine>): string | null | undefined =>
			placesOf({ ...machine, ...change }).find(({ source }) => source.kind === 'claudeDesktop')?.source.path;
		expect([
			file({}),
			file({ environment: { XDG_CONFIG_HOME: '/cfg' } }),
			file({ platform: 'darwin' }),
			file({ platform: 'win32', home: 'C:\\Users\\ada', environment: { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' } }),
		]).toEqual([
			'/home/ada/.config/Claude/claude_desktop_config.json',
			'/cfg/Claude/claude_desktop_config.json',
			'/home/ada/Library/Application Support/Claude/claude_desktop_config.json',
			'C:\\Users\\ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
		]);
	});

	test('one bad server does not take the others with it, and says what is wrong', () => {
		const { definitions } = readSetting(
			{
				good: { command: 'x' },
				noCommand: { args: [] },
				badArgs: { command: 'x', args: 'y' },
				badArg: { command: 'x', args: ['y', ['z']] },
				badEnv: { command: 'x', env: { A: {} } },
				badUrl: { url: 'example' },
				badType: { type: 'carrier-pigeon', url: 'http://x' },
				noUrl: { type: 'http', command: 'x' },
				both: { command: 'x', url: 'http://x' },
				text: 'npx x',
				badAuth: { url: 'http://x', auth: { type: 'client_credentials', clientId: 'me' } },
				badTimeout: { command: 'x', timeout: -1 },
			},
			null,
		);
		expect(Object.fromEntries(definitions.map(({ name, problem }) => [name, problem]))).toEqual({
			good: null,
			noCommand: '“noCommand”: it needs a “command” to start, or a “url” to reach.',
			badArgs: '“badArgs”: “args” must be a list in brackets, not the text “y”.',
			badArg: '“badArg”: “args[1]” must be text, not a list.',
			badEnv: '“badEnv”: “env.A” must be text, not an object.',
			badUrl: '“badUrl”: “example” is not an address; it should look like https://example.com/mcp.',
			badType: '“badType”: its type “carrier-pigeon” is not known; use “stdio”, “http” or “sse”.',
			noUrl: '“noUrl”: its type is “http”, so it needs a “url”.',
			both: '“both”: it has both a “command” and a “url”; say which with “type”: “stdio” or “http”.',
			text: '“text”: it must be an object in braces, not the text “npx x”.',
			badAuth: '“badAuth”: in “auth”, “clientSecret” is missing.',
			badTimeout: '“badTimeout”: “timeout” must be more than 0, not -1.',
		});
	});

	test('timeouts are seconds when they are small, and a switched off server says so', () => {
		const { definitions } = readSetting(
			{ a: { command: 'x', timeout: 90, disabled: true }, b: { command: 'x', timeout: 45_000, enabled: false } },
			null,
		);
		expect(definitions.map(({ timeouts, isDisabled }) => [timeouts.callMs, isDisabled])).toEqual([
			[90_000, true],
			[45_000, true],
		]);
	});

	test('what is written into our setting reads back the same, with the inputs that it uses', async () => {
		const text =
			'{"inputs":[{"id":"k","type":"promptString","description":"Key","password":true},{"id":"other","type":"promptString"}],"servers":{"s":{"command":"x","env":{"K":"${input:k}"},"gallery":true}}}';
		const [definition] = (await load({ '/repo/.vscode/mcp.json': text })).definitions;
		const setting = toSetting(definition!);
		expect(setting).toEqual({
			command: 'x',
			env: { K: '${input:k}' },
			gallery: true,
			inputs: [{ id: 'k', type: 'promptString', description: 'Key', password: true }],
		});
		const [again] = readSetting({ s: setting }, '/repo').definitions;
		expect(again).toMatchObject({ id: 'settings:s', config: definition!.config, inputs: [{ id: 'k' }] });
	});
});

test('what the Claude CLI has itself is known by name and meaning, in its own file alone', async () => {
	const server = (command: string) => ({ command, args: ['--port', '1'] });
	const own = readSetting(
		{ same: server('db'), other: server('web'), mine: server('mine'), cursor: server('c') },
		null,
	);
	const elsewhere = await load({
		'/home/ada/.claude.json': JSON.stringify({
			mcpServers: { same: server('db'), other: server('another'), extra: server('mine') },
			projects: { '/repo': { mcpServers: { mine: server('mine') } } },
		}),
		'/repo/.vscode/mcp.json': JSON.stringify({ servers: { cursor: server('c') } }),
	});
	expect([...servedByClaude(own.definitions, elsewhere.definitions)]).toEqual(['settings:same', 'settings:mine']);
});
