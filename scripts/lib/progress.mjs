// What the set-up says and how it runs other programs. Plain JavaScript for Node 20.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const cache = join(root, '.cache');

/** A failure whose sentence is all that the reader needs: shown without a stack. */
export class SetupError extends Error {}

/** One line for the person who waits. */
export function say(text) {
	process.stdout.write(`${text}\n`);
}

/** Programs of ours run under the Node that the lock file brings, once it is there. */
export function environment(extra = {}) {
	const own = join(root, 'node_modules', 'node', 'bin');
	const path = process.env.PATH ?? '';
	return { ...process.env, PATH: existsSync(own) ? `${own}${delimiter}${path}` : path, ...extra };
}

const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network timeout|network request/i;

/** Runs npm and shows that time passes. What npm wrote is shown only when it fails. */
export async function npm(args, { cwd, what }) {
	const started = Date.now();
	const seconds = () => Math.round((Date.now() - started) / 1000);
	say(`${what} …`);
	const heartbeat = setInterval(() => say(`  still at it after ${seconds()} s`), 10_000);
	try {
		// npm is a shell script on Windows; the arguments are ours and hold nothing that a shell would read.
		const result = await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [...args, '--no-audit', '--no-fund'], {
			cwd,
			shell: process.platform === 'win32',
		});
		if (result.code === 0) return say(`  done in ${seconds()} s`);
		throw new SetupError(explain(result, `npm ${args.join(' ')}`));
	} finally {
		clearInterval(heartbeat);
	}
}

function explain(result, command) {
	if (offline.test(result.output)) {
		return [
			'The npm registry cannot be reached, and something that is needed is not here yet.',
			'Connect to the network (or name the registry you use: npm config set registry ADDRESS), then run the same command again:',
			'what has been fetched is kept, and the rest is continued.',
		].join('\n');
	}
	return `'${command}' failed with code ${result.code}:\n${result.output.split('\n').slice(-25).join('\n')}`;
}

/** Runs a program to its end and keeps what it wrote. Stopping the set-up stops it too. */
export function run(file, args, { cwd = root, env = environment(), shell = false } = {}) {
	return new Promise((done, fail) => {
		const child = spawn(file, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
		const parts = [];
		child.stdout.on('data', data => parts.push(data));
		child.stderr.on('data', data => parts.push(data));
		const stop = () => child.kill();
		process.once('SIGINT', stop);
		process.once('SIGTERM', stop);
		child.once('error', fail);
		child.once('close', (code, signal) => {
			process.off('SIGINT', stop);
			process.off('SIGTERM', stop);
			if (signal) fail(new SetupError(`Stopped (${signal}). Run the same command again to continue.`));
			else done({ code, output: Buffer.concat(parts).toString('utf8') });
		});
	});
}
