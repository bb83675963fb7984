import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buildCli } from '../../../scripts/build/cli.mjs';
import { buildWorkers } from '../../../scripts/build/workers.mjs';
import { emptyFlow, type Flow } from '../../../src/core/flow/model/flow';
import { printFlow } from '../../../src/core/flow/model/print';
import { normaliseFlow } from '../../../src/core/flow/model/normalise';
import { builtOnce } from '../builtOnce';

/** The command line as a user gets it, built once for all tests. */
export class BuiltCli {
	#folder: string | undefined;

	get entry(): string {
		if (this.#folder === undefined) throw new Error('The command line is not built yet');
		return join(this.#folder, 'dist', 'cli', 'quarterdeck.js');
	}

	async build(): Promise<void> {
		this.#folder = await builtOnce('cli', async folder => {
			await buildCli(join(folder, 'dist', 'cli'));
			await buildWorkers(join(folder, 'dist', 'workers'));
		});
	}
}

export interface Ended {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly out: string;
	readonly err: string;
}

/** A workspace folder, and a home of its own for ledger and runs. */
export class Workspace {
	readonly folder = mkdtempSync(join(tmpdir(), 'quarterdeck-work-'));
	readonly home = mkdtempSync(join(tmpdir(), 'quarterdeck-home-'));
	readonly #cli: BuiltCli;

	constructor(cli: BuiltCli) {
		this.#cli = cli;
	}

	path(name: string): string {
		return join(this.folder, name);
	}

	write(name: string, content: string | Partial<Flow>): string {
		const text = typeof content === 'string' ? content : flowText(content);
		mkdirSync(dirname(this.path(name)), { recursive: true });
		writeFileSync(this.path(name), text);
		return this.path(name);
	}

	read(name: string): string {
		return readFileSync(this.path(name), 'utf8');
	}

	has(name: string): boolean {
		return existsSync(this.path(name));
	}

	/** Texts of the journals of all runs. */
	journals(): readonly string[] {
		const folder = join(this.home, 'flows');
		const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
		return names.filter(name => /-\d+\.jsonl$/.test(name)).map(name => readFileSync(join(folder, name), 'utf8'));
	}

	start(args: readonly string[], environment: Readonly<Record<string, string>> = {}, input?: string): Started {
		const child = spawn(process.execPath, [this.#cli.entry, ...args], {
			cwd: this.folder,
			env: { ...process.env, QUARTERDECK_HOME: this.home, QUARTERDECK_MODEL: '', ...environment },
			stdio: ['pipe', 'pipe', 'pipe'],
		});
		child.stdin.end(input ?? '');
		let [out, err] = ['', ''];
		child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
		child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
		const ended = new Promise<Ended>((done, fail) => {
			child.once('error', fail);
			child.once('close', (code, signal) => done({ code, signal, out, err }));
		});
		return { kill: signal => child.kill(signal), ended, said: () => out + err };
	}

	run(...args: readonly string[]): Promise<Ended> {
		return this.start(args).ended;
	}

	dispose(): void {
		for (const folder of [this.folder, this.home]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

export interface Started {
	kill(signal: NodeJS.Signals): boolean;
	readonly ended: Promise<Ended>;
	/** Everything that was printed so far. */
	said(): string;
}

/** The canonical text of a flow of a test. */
export function flowText(parts: Partial<Flow>): string {
	return printFlow(normaliseFlow({ ...emptyFlow('test', 'Test'), ...parts }));
}

/** An edge from its line. */
export function edge(line: string): Flow['edges'][number] {
	const [, from = '', output = '', to = '', input = ''] = /^(\S+)\.(\S+) -> (\S+)\.(\S+)$/.exec(line) ?? [];
	return { from, output, to, input };
}

/** Lines of JSON. */
export function jsonLines(text: string): readonly Readonly<Record<string, unknown>>[] {
	return text
		.split('\n')
		.filter(line => line !== '')
		.map(line => JSON.parse(line) as Record<string, unknown>);
}

export const repository = resolve(import.meta.dirname, '../../..');
