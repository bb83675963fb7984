import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { findOnPath } from '../../core/process/findOnPath';

const isWindows = process.platform === 'win32';
const suffix = isWindows ? '.exe' : '';

/** The ripgrep that the editor ships for its own search, or one on the PATH; `null` where there is none. */
export function findRipgrep(): string | null {
	const folders = ['node_modules', 'node_modules.asar.unpacked'].map(name => join(vscode.env.appRoot, name, '@vscode'));
	const shipped = folders.flatMap(folder => [
		join(folder, 'ripgrep', 'bin', `rg${suffix}`),
		join(folder, 'ripgrep-universal', 'bin', `${process.platform}-${process.arch}`, `rg${suffix}`),
	]);
	return shipped.find(path => existsSync(path)) ?? findOnPath(`rg${suffix}`, process.env);
}

/** A bash, by whose rules the gate reads commands; `null` where there is none. */
export function findShell(): string | null {
	// `bash.exe` of System32 is another machine's: that of the Linux subsystem, with paths of its own.
	const fixed = isWindows
		? ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA']
				.map(name => process.env[name])
				.filter(folder => folder !== undefined)
				.flatMap(folder => [join(folder, 'Git', 'bin', 'bash.exe'), join(folder, 'Programs', 'Git', 'bin', 'bash.exe')])
		: ['/bin/bash', '/usr/bin/bash'];
	return fixed.find(path => existsSync(path)) ?? (isWindows ? null : findOnPath('bash', process.env));
}
