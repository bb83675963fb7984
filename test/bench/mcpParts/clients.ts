import { homedir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { systemClock } from '../../../src/core/base/clock';
import { silentLogger } from '../../../src/core/base/logger';
import { readSetting } from '../../../src/core/mcp/configs';
import { createHub } from '../../../src/core/mcp/createHub';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';

/** How a server is started. */
export interface BenchLaunch {
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
}

/** A connected client, ours or the SDK's own. */
export interface BenchClient {
	call(tool: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
	close(): Promise<void>;
}

/** Our hub with one server. */
export async function openOurs(launch: BenchLaunch, folder: string): Promise<BenchClient> {
	const table = systemProcessTable();
	const supervisor = new ProcessSupervisor({ folder: join(folder, 'processes'), table, logger: silentLogger });
	const hub = createHub({
		supervisor,
		environment: process.env,
		home: homedir(),
		clock: systemClock,
		log: silentLogger,
		client: { name: 'Quarterdeck', version: '0.0.0' },
		roots: () => [],
		onDidChangeRoots: () => ({ dispose: () => undefined }),
		secrets: { get: () => Promise.resolve(undefined), set: () => Promise.resolve(), delete: () => Promise.resolve() },
		choices: { get: () => ({}), set: () => Promise.resolve() },
		input: () => Promise.resolve(undefined),
		confirmChangedTools: () => Promise.resolve(true),
	});
	const { definitions } = readSetting({ server: launch }, null);
	await hub.setDefinitions(definitions);
	await hub.start('settings:server');
	return {
		call: (tool, input) => hub.callTool('settings:server', tool, input),
		close: async () => {
			await hub.close();
			await supervisor.close();
		},
	};
}

/** The SDK's client and its stdio transport, as its documentation shows them. */
export async function openPlain(launch: BenchLaunch): Promise<BenchClient> {
	const client = new Client({ name: 'plain', version: '0.0.0' });
	const inherited = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined));
	const env = { ...(inherited as Record<string, string>), ...launch.env };
	const transport = new StdioClientTransport({ ...launch, args: [...launch.args], env, stderr: 'ignore' });
	await client.connect(transport);
	await client.listTools();
	return {
		call: (tool, input) => client.callTool({ name: tool, arguments: { ...input } }),
		close: () => client.close(),
	};
}
