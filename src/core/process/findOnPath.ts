import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Environment } from './environment';

/** The path of a program in a folder of the PATH, its name with `.exe` on Windows. Folders that depend on where one stands are passed over. */
export function findOnPath(name: string, environment: Environment): string | null {
	const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter).filter(isAbsolute);
	return folders.map(folder => join(folder, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false; // Not there, or not ours to run.
	}
}
