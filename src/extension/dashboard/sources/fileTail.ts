import { open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import type { Clock } from '../../../core/base/clock';
import { ExpectedError, systemCode } from '../../../core/base/errors';
import { Owner, MutableDisposable, type Disposable } from '../../../core/base/lifecycle';
import {
	fileTailTopic,
	lastLines,
	openTailed,
	type FileTail,
	type FileTailParams,
} from '../../../core/dashboard/topics/fileTail';
import type { Sink } from '../../../core/dashboard/topicHub';
import { workspaceFolders } from '../../host/workspace';
import { does, tells, type Source } from '../source';

/** Read at once, bytes. */
const mostBytes = 256 * 1024;
const lookMs = 1000;

/** The ends of files of this workspace, while somebody looks. */
export const fileTailSource: Source = {
	tells: [
		tells(
			fileTailTopic,
			(params, sink, { host }) => new Tail(params, sink, { clock: host.clock, folders: workspaceFolders }),
		),
	],
	does: [
		does(openTailed, async ({ path }) => {
			const file = await insideOf(path, workspaceFolders());
			await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
		}),
	],
};

export interface TailPorts {
	readonly clock: Clock;
	/** Where files may be. */
	folders(): readonly string[];
}

/** Follows one file by looking at it: notices of the system are missing on some file systems, and lost at a rotation. */
export class Tail extends Owner {
	readonly #params: FileTailParams;
	readonly #sink: Sink<FileTail>;
	readonly #ports: TailPorts;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#known = '';

	constructor(params: FileTailParams, sink: Sink<FileTail>, ports: TailPorts) {
		super();
		this.#params = params;
		this.#sink = sink;
		this.#ports = ports;
		void this.#look();
	}

	async #look(): Promise<void> {
		try {
			// Its path is looked at anew each time: after a rotation it may lead elsewhere.
			const file = await insideOf(this.#params.path, this.#ports.folders());
			const { size, mtimeMs, ino } = await stat(file);
			const state = `${ino} ${size} ${mtimeMs}`;
			if (state !== this.#known && !this.isDisposed) {
				const tail = await readTail(file, this.#params.lines);
				this.#known = state;
				if (!this.isDisposed) this.#sink.tell({ ...tail, bytes: size, changedAt: mtimeMs });
			}
		} catch (error) {
			this.#known = '';
			if (!this.isDisposed) this.#sink.fail(error);
		}
		if (!this.isDisposed) this.#timer.value = this.#ports.clock.after(lookMs, () => void this.#look());
	}
}

/** The file that a path of the workspace means. What leads out of it, also by a link, is refused. */
async function insideOf(path: string, folders: readonly string[]): Promise<string> {
	if (path.trim() === '') throw new ExpectedError('no-file', 'Choose a file in the settings of this widget.');
	if (folders.length === 0) throw new ExpectedError('no-folder', 'Open a folder first: files are shown from there.');
	let isMissing = false;
	for (const folder of folders) {
		const root = await realpath(folder);
		const named = isAbsolute(path) ? path : join(root, path);
		try {
			const file = await realpath(named);
			const inside = relative(root, file);
			if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) continue;
			if (!(await stat(file)).isFile()) throw new ExpectedError('no-file', `${path} is no file.`);
			return file;
		} catch (error) {
			if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw error;
			isMissing = true;
		}
	}
	if (isMissing) throw new ExpectedError('no-file', `There is no file ${path} in this workspace now.`);
	throw new ExpectedError('outside', `${path} is outside of this workspace: only its own files are shown.`);
}

async function readTail(path: string, lines: number): Promise<ReturnType<typeof lastLines>> {
	const file = await open(path, 'r');
	try {
		const { size } = await file.stat();
		const start = Math.max(0, size - mostBytes);
		const buffer = Buffer.alloc(Math.min(size, mostBytes));
		const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
		return lastLines(buffer.toString('utf8', 0, bytesRead), lines, start > 0);
	} finally {
		await file.close();
	}
}
