import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../../../src/core/base/clock';
import { Emitter } from '../../../src/core/base/event';
import { silentLogger } from '../../../src/core/base/logger';
import { readSetting } from '../../../src/core/mcp/configs';
import type { McpServerDefinition } from '../../../src/core/mcp/definition';
import type { McpHub } from '../../../src/core/mcp/hub';
import { createHub } from '../../../src/core/mcp/createHub';
import type { McpChoice, McpPorts, McpRoot } from '../../../src/core/mcp/ports';
import type { McpToolChange } from '../../../src/core/mcp/protocol';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';

const root = resolve(import.meta.dirname, '../../..');
const modules = join(root, 'node_modules', '@modelcontextprotocol');

/** The program of a real server that is installed as a development dependency. */
export function realServer(name: 'everything' | 'filesystem' | 'memory'): string {
	return join(modules, `server-${name}`, 'dist', 'index.js');
}

export const badServer = join(root, 'test', 'fakes', 'mcp', 'badServer.ts');

/** A hub with its ports in memory, and what was asked through them. */
export class HubWorld {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'quarterdeck-mcp-')));
	readonly choices = new Map<string, McpChoice>();
	readonly secrets = new Map<string, string>();
	readonly asked: (readonly McpToolChange[])[] = [];
	readonly didChangeRoots = new Emitter<void>();
	readonly supervisor: ProcessSupervisor;
	readonly hub: McpHub;
	roots: readonly McpRoot[] = [];
	/** The answer to the question about changed tools. */
	acceptsChanges = false;

	constructor(ports: Partial<McpPorts> = {}) {
		this.supervisor = new ProcessSupervisor({
			folder: join(this.folder, 'processes'),
			table: systemProcessTable(),
			logger: silentLogger,
		});
		this.hub = createHub({ ...this.#ports(), ...ports });
	}

	/** Definitions as they would stand in our own setting. */
	async define(servers: Readonly<Record<string, unknown>>): Promise<readonly McpServerDefinition[]> {
		const { definitions } = readSetting(servers, this.folder);
		await this.hub.setDefinitions(definitions);
		return definitions;
	}

	/** Defines and starts one server that misbehaves. */
	async startBad(mode: string, argument = '', more: Readonly<Record<string, unknown>> = {}): Promise<string> {
		await this.define({ bad: { command: process.execPath, args: [badServer, mode, argument], ...more } });
		await this.hub.start('settings:bad');
		return 'settings:bad';
	}

	async startReal(name: 'everything' | 'filesystem' | 'memory', ...args: readonly string[]): Promise<string> {
		const env = { MEMORY_FILE_PATH: join(this.folder, 'memory.jsonl') };
		await this.define({ [name]: { command: process.execPath, args: [realServer(name), ...args], env } });
		await this.hub.start(`settings:${name}`);
		return `settings:${name}`;
	}

	async close(): Promise<void> {
		await this.hub.close();
		await this.supervisor.close();
		this.didChangeRoots.dispose();
		rmSync(this.folder, { recursive: true, force: true });
	}

	#ports(): McpPorts {
		return {
			supervisor: this.supervisor,
			environment: process.env,
			home: homedir(),
			clock: systemClock,
			log: silentLogger,
			client: { name: 'Quarterdeck', version: '0.0.0' },
			roots: () => this.roots,
			onDidChangeRoots: this.didChangeRoots.event,
			secrets: {
				get: id => Promise.resolve(this.secrets.get(id)),
				set: (id, value) => Promise.resolve(void this.secrets.set(id, value)),
				delete: id => Promise.resolve(void this.secrets.delete(id)),
			},
			choices: {
				get: id => this.choices.get(id) ?? {},
				set: (id, choice) => Promise.resolve(void this.choices.set(id, choice)),
			},
			input: () => Promise.resolve(undefined),
			confirmChangedTools: (_, changes) => {
				this.asked.push(changes);
				return Promise.resolve(this.acceptsChanges);
			},
		};
	}
}

/** The texts of a result. */
export function textOf(result: { readonly content: readonly { readonly type: string }[] }): string {
	return result.content.map(part => ('text' in part ? String(part.text) : `[${part.type}]`)).join('\n');
}
