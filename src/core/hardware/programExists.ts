import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { findOnPath } from '../process/findOnPath';

/** Whether a program is in its place, or in a folder of the PATH. */
export function programExists(program: string): boolean {
	if (basename(program) !== program) return existsSync(program);
	const names = process.platform === 'win32' ? [`${program}.exe`] : [program];
	return names.some(name => findOnPath(name, process.env) !== null);
}
