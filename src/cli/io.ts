import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { ExpectedError, errorText, systemCode } from '../core/base/errors';

/** What the program has around it. */
export interface Io {
	out(text: string): void;
	err(text: string): void;
	readonly cwd: string;
	readonly environment: NodeJS.ProcessEnv;
	/** All of standard input. */
	readStdin(): Promise<string>;
}

/** It was called in a way that it does not understand. */
export class UsageError extends ExpectedError<'usage'> {
	constructor(message: string, cause?: unknown) {
		super('usage', message, cause === undefined ? {} : { cause });
	}
}

/** The real one. A reader that has gone away (`| head`) ends nothing but the printing. */
export function processIo(): Io {
	let isGone = false;
	process.stdout.on('error', (error: Error) => {
		if (systemCode(error) !== 'EPIPE') throw error;
		isGone = true;
	});
	return {
		out: text => void (isGone || process.stdout.write(text)),
		err: text => void process.stderr.write(text),
		cwd: process.cwd(),
		environment: process.env,
		async readStdin() {
			const parts: Buffer[] = [];
			for await (const part of process.stdin) parts.push(part as Buffer);
			return Buffer.concat(parts).toString('utf8');
		},
	};
}

/** Reads a file that the user named. */
export async function readNamed(io: Io, path: string): Promise<string> {
	try {
		return path === '-' ? await io.readStdin() : await readFile(resolve(io.cwd, path), 'utf8');
	} catch (error) {
		const code = systemCode(error);
		if (code === 'ENOENT') throw new UsageError(`There is no file ${path}.`, error);
		if (code === 'EISDIR') throw new UsageError(`${path} is a folder.`);
		throw new UsageError(`${path} cannot be read: ${errorText(error)}`);
	}
}

/** A path as people read it: from here, where that is shorter. */
export function shownPath(io: Io, path: string): string {
	const near = relative(io.cwd, resolve(io.cwd, path));
	return near.startsWith('..') || isAbsolute(near) ? path : near === '' ? '.' : near;
}

/** One line of JSON. */
export function jsonLine(value: unknown): string {
	return `${JSON.stringify(value)}\n`;
}
