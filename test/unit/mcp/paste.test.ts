import { describe, expect, test } from 'vitest';
import { parsePasted } from '../../../src/core/mcp/paste';

const names = (text: string): readonly string[] => parsePasted(text).definitions.map(({ name }) => name);

describe('pasted servers', () => {
	test.each([
		['Claude Desktop', '{"mcpServers":{"fs":{"command":"npx","args":["-y","x"]}}}'],
		['VS Code', '{"servers":{"fs":{"type":"stdio","command":"npx"}},"inputs":[]}'],
		["VS Code's settings", '{"editor.fontSize":12,"mcp":{"servers":{"fs":{"command":"npx"}}}}'],
		['the inside of a file', '{"fs":{"command":"npx"}}'],
		['a line of a README', '"fs": { "command": "npx" },'],
		['a fenced block', 'Add this:\n```json\n{"mcpServers":{"fs":{"command":"npx"}}}\n```\nand restart.'],
		['with comments', '// mine\n{ "mcpServers": { "fs": { "command": "npx", /* here */ }, } }'],
		['a byte order mark', '\uFEFF{"fs":{"command":"npx"}}'],
		['a list', '[{"name":"fs","command":"npx"}]'],
		['an empty list beside it', '{"mcpServers":{"fs":{"command":"npx"}}, "servers": {}}'],
	])('%s', (_, text) => {
		expect(names(text)).toEqual(['fs']);
	});

	test.each([
		['{"command":"npx","args":["-y","@modelcontextprotocol/server-filesystem@1.2","/tmp"]}', 'filesystem'],
		['{"command":"uvx","args":["mcp-server-git"]}', 'git'],
		['{"command":"docker","args":["run","-i","--rm","ghcr.io/github/github-mcp-server"]}', 'github'],
		['{"url":"https://mcp.linear.app/sse"}', 'linear'],
		['https://mcp.context7.com/mcp', 'context7'],
		['{"url":"http://127.0.0.1:8080/mcp"}', 'server'],
		['{"command":["node","/home/a/tools/weather.js"]}', 'weather'],
	])('a bare server gets a name: %s', (text, name) => {
		expect(names(text)).toEqual([name]);
	});

	test.each([
		['', 'There is nothing to read: paste the JSON of a server.'],
		['npx -y x', 'This is not valid JSON: line 1, column 1: something stands there that is not JSON (“npx”).'],
		['{"fs":{"command":"npx"}', 'This is not valid JSON: line 1, column 24: a closing brace } is missing.'],
		["{'fs':{}}", "This is not valid JSON: line 1, column 2: names and texts stand in double quotes (“'fs'”)."],
		['{"mcpServers":{}}', 'The JSON is fine, but it lists no server.'],
		['{"mcpServers":[]}', '“mcpServers” must be an object of servers, not a list.'],
		[
			'{"name":"x","version":"1"}',
			'No server was found. A server has a “command” or a “url”; this has “name”, “version”.',
		],
		['[1]', 'Entry 1 of the list is 1, not a server.'],
		['"text"', 'This is the text “text”; an object with servers is expected.'],
		[
			'{"path":"C:\\dir"}',
			'This is not valid JSON: line 1, column 9: a backslash must be written twice (“"C:\\dir"”).',
		],
	])('%s', (text, problem) => {
		expect(parsePasted(text)).toEqual({ definitions: [], problem });
	});
});
