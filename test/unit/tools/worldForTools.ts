import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../src/core/base/clock';
import { silentLogger } from '../../../src/core/base/logger';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';
import { machineContext } from '../../../src/core/safety/classify';
import { builtInTools } from '../../../src/core/tools/builtIn';
import type { BuiltInPorts } from '../../../src/core/tools/ports';
import type { ToolContext, ToolResult } from '../../../src/core/tools/tool';
import type { FetchPorts } from '../../../src/core/tools/web/guardedFetch';
import { contextForTest } from './toolsForTest';

/** The ripgrep of the workbench that end-to-end tests use; `null` where that was not set up. */
export const ripgrepForTest = ((): string | null => {
	const modules = join('.cache', 'workbench', 'node_modules', 'code-server', 'lib', 'vscode', 'node_modules');
	const path = join(
		process.cwd(),
		modules,
		'@vscode',
		'ripgrep-universal',
		'bin',
		`${process.platform}-${process.arch}`,
		'rg',
	);
	return existsSync(path) ? path : null;
})();

/** The built-in tools over a real folder and real processes. */
export class ToolWorld {
	readonly folder: string;
	readonly ports: BuiltInPorts;
	readonly supervisor: ProcessSupervisor;
	readonly #tools: ReturnType<typeof builtInTools>;
	readonly #root: string;

	static async make(more: Partial<BuiltInPorts> = {}, fetchPorts?: FetchPorts): Promise<ToolWorld> {
		const root = await realpath(await mkdtemp(join(tmpdir(), 'quarterdeck-tools-')));
		await mkdir(join(root, 'project'));
		return new ToolWorld(root, more, fetchPorts);
	}

	private constructor(root: string, more: Partial<BuiltInPorts>, fetchPorts: FetchPorts | undefined) {
		this.#root = root;
		this.folder = join(root, 'project');
		const table = systemProcessTable();
		this.supervisor = new ProcessSupervisor({ folder: join(root, 'processes'), table, logger: silentLogger });
		this.ports = {
			clock: systemClock,
			safety: () => machineContext([this.folder]),
			environment: process.env,
			spawn: async () => request => this.supervisor.spawn(request),
			ripgrep: ripgrepForTest,
			shell: '/bin/bash',
			version: '0.0.0',
			...more,
		};
		this.#tools = builtInTools(this.ports, fetchPorts);
	}

	path(name: string): string {
		return join(this.folder, name);
	}

	async write(name: string, content: string | Uint8Array): Promise<string> {
		await mkdir(dirname(this.path(name)), { recursive: true });
		await writeFile(this.path(name), content);
		return this.path(name);
	}

	names(): readonly string[] {
		return this.#tools.tools().map(tool => tool.name);
	}

	/** Runs `quarterdeck_<name>`, past the gate. */
	run(name: string, input: Readonly<Record<string, unknown>>, more: Partial<ToolContext> = {}): Promise<ToolResult> {
		const tool = this.#tools.tools().find(one => one.name === `quarterdeck_${name}`);
		if (!tool) throw new Error(`There is no tool ${name}`);
		return tool.run(input, contextForTest(this.folder, more));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.supervisor.close();
		await rm(this.#root, { recursive: true, force: true });
	}
}
