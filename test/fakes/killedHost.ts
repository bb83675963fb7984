import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';
import type { ClaudeHostOptions } from './claudeHost.ts';
import { claudeEnvironment, claudeForTests } from './claudePath.ts';
import { callTool, refuse, say } from './messages/reply.ts';
import { startMessagesApi, type MessagesApi, type Script } from './messages/server.ts';

/** States in which a host may be killed, by what the scripted API answers. */
export const hostStates = ['idle', 'pending', 'streaming', 'retrying', 'hanging', 'bash'] as const;
export type HostState = (typeof hostStates)[number];

const script: Script = request => {
	const replies: Record<string, () => ReturnType<Script>> = {
		pending: () => callTool('Bash', { command: 'touch never', description: 'x' }),
		streaming: () => say('word '.repeat(5000), { chunk: 5, delayMs: 20 }),
		retrying: () => refuse(529, 'Overloaded'),
		hanging: () => ({ kind: 'hang' }),
		bash: () =>
			callTool('Bash', {
				command: 'touch busy; (setsid tail -f busy &) ; tail -f busy & tail -f busy; wait',
				description: 'x',
			}),
	};
	return replies[request.userText]?.() ?? say('ok');
};

export interface HostPids {
	readonly host: number;
	readonly claude: number;
	readonly watchdog: number | null;
}

/** Runs stand-in hosts and kills them, and looks for what they leave behind. */
export class HostKiller {
	readonly #folder: string;
	readonly #root: string;
	readonly #api: MessagesApi;
	#count = 0;

	/** @param root the repository; @param folder a throw-away folder with a name of its own, by which processes are found */
	static async open(root: string, folder: string): Promise<HostKiller> {
		const entryPoints = [join(root, 'test/fakes/claudeHost.ts'), join(root, 'src/workers/watchdog.ts')];
		await build({
			entryPoints,
			outdir: folder,
			outExtension: { '.js': '.mjs' },
			bundle: true,
			platform: 'node',
			format: 'esm',
			entryNames: '[name]',
			logLevel: 'error',
		});
		return new HostKiller(root, folder, await startMessagesApi({ script }));
	}

	private constructor(root: string, folder: string, api: MessagesApi) {
		this.#root = root;
		this.#folder = folder;
		this.#api = api;
	}

	get registerFolder(): string {
		return join(this.#folder, 'processes');
	}

	/** Starts a host and resolves when it has reached `state`. */
	async start(state: HostState, hasWatchdog = true): Promise<HostPids> {
		const name = `host-${++this.#count}`;
		const cwd = join(this.#folder, `${name}-workspace`);
		mkdirSync(cwd, { recursive: true });
		const readyFile = join(this.#folder, `${name}.json`);
		const options: ClaudeHostOptions = {
			claude: claudeForTests(),
			cwd,
			registerFolder: this.registerFolder,
			watchdog: hasWatchdog ? join(this.#folder, 'watchdog.mjs') : null,
			prompt: state === 'idle' ? null : state,
			readyFile,
		};
		const own = claudeEnvironment(this.#api.url, join(this.#folder, 'config'));
		const env = { PATH: process.env['PATH'] ?? '', HOME: homedir(), ...own };
		const before = this.#api.requests.length;
		const child = spawn(process.execPath, [join(this.#folder, 'claudeHost.mjs'), JSON.stringify(options)], {
			env,
			cwd: this.#root,
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		await until(
			() => existsSync(readyFile) && readFileSync(readyFile, 'utf8').endsWith('}'),
			() => child.exitCode !== null,
		);
		const pids = JSON.parse(readFileSync(readyFile, 'utf8')) as HostPids;
		if (state !== 'idle') await until(() => this.#api.requests.length > before);
		if (state === 'bash') await until(() => this.leftovers().filter(isTail).length >= 3);
		// The answer is on its way; the CLI needs a moment to be in the middle of it.
		if (state === 'pending' || state === 'streaming') await wait(300);
		return pids;
	}

	/** Kills the host and gives the pids that are still there `ms` later, and how long the last one took to go. */
	async kill(pids: HostPids, ms = 5000): Promise<{ readonly left: readonly number[]; readonly tookMs: number }> {
		process.kill(pids.host, 'SIGKILL');
		const began = performance.now();
		let left = this.leftovers();
		while (left.length > 0 && performance.now() - began < ms) {
			await wait(25);
			left = this.leftovers();
		}
		return { left, tookMs: performance.now() - began };
	}

	/** Every process that carries our folder in its environment or its command line, but this one. */
	leftovers(): readonly number[] {
		const text = this.#folder;
		return readdirSync('/proc')
			.map(Number)
			.filter(pid => Number.isInteger(pid) && pid !== process.pid && isOurs(pid, text));
	}

	async close(): Promise<void> {
		for (const pid of this.leftovers()) process.kill(pid, 'SIGKILL');
		await this.#api.close();
	}
}

function isOurs(pid: number, text: string): boolean {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return false;
		return ['environ', 'cmdline'].some(name => readFileSync(`/proc/${pid}/${name}`, 'latin1').includes(text));
	} catch {
		// It ended while we looked, or belongs to another user.
		return false;
	}
}

function isTail(pid: number): boolean {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('tail\0');
	} catch {
		// It ended while we looked.
		return false;
	}
}

async function until(test: () => boolean, hasFailed: () => boolean = () => false): Promise<void> {
	const deadline = performance.now() + 30_000;
	while (!test()) {
		if (hasFailed() || performance.now() > deadline) throw new Error('The stand-in host did not get there');
		await wait(20);
	}
}
