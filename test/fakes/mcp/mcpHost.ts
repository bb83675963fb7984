// Stands in for an extension host with MCP servers, to be killed. Takes a `McpHostOptions` as its argument and writes
// what started into the ready file.
import { renameSync, writeFileSync } from 'node:fs';
import { systemClock } from '../../../src/core/base/clock';
import { silentLogger } from '../../../src/core/base/logger';
import { readSetting } from '../../../src/core/mcp/configs';
import { createHub } from '../../../src/core/mcp/createHub';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';
import { Watchdog } from '../../../src/core/process/watchdog';

export interface McpHostOptions {
	/** Definitions as they stand in our setting. */
	readonly servers: Readonly<Record<string, unknown>>;
	readonly registerFolder: string;
	/** The bundled entry of the watchdog. */
	readonly watchdog: string;
	readonly readyFile: string;
}

const options = JSON.parse(process.argv[2] ?? '{}') as McpHostOptions;
const watchdog = new Watchdog({ entry: options.watchdog, logger: silentLogger });
const supervisor = new ProcessSupervisor({
	folder: options.registerFolder,
	table: systemProcessTable(),
	watchdog,
	logger: silentLogger,
});
const hub = createHub({
	supervisor,
	environment: process.env,
	home: process.cwd(),
	clock: systemClock,
	log: silentLogger,
	client: { name: 'Quarterdeck', version: '0.0.0' },
	roots: () => [],
	onDidChangeRoots: () => ({ dispose: () => undefined }),
	secrets: { get: () => Promise.resolve(undefined), set: () => Promise.resolve(), delete: () => Promise.resolve() },
	choices: { get: () => ({}), set: () => Promise.resolve() },
	input: () => Promise.resolve(undefined),
	confirmChangedTools: () => Promise.resolve(false),
});
await hub.setDefinitions(readSetting(options.servers, null).definitions);
await hub.startEnabled();
const states = hub.servers().map(({ name, state, pid }) => ({ name, state, pid }));
writeFileSync(`${options.readyFile}.part`, JSON.stringify({ host: process.pid, states }));
renameSync(`${options.readyFile}.part`, options.readyFile);
