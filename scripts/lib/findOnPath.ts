import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program stands on the PATH, as a shell would find it. */
export function findOnPath(name: string): string | undefined {
	const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
	const folders = (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '');
	return folders.flatMap(folder => endings.map(ending => join(folder, name + ending))).find(isProgram);
}

function isProgram(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return statSync(file).isFile();
	} catch {
		// Not there, or not to be run: the next folder may have it.
		return false;
	}
}
