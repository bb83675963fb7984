import { existsSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/** Whether a program is in its place, or in a folder of the PATH. */
export function programExists(program: string): boolean {
	if (basename(program) !== program) return existsSync(program);
	const names = process.platform === 'win32' ? [`${program}.exe`] : [program];
	const folders = (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '');
	return folders.some(folder => names.some(name => existsSync(join(folder, name))));
}
