import { readFileSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';

const mostCharacters = 1_000_000;

/** What a file of another system is called: a `flow.dag.yaml`, or one without a name, as its folder is. */
export function importedName(file: string, folder: string): string {
	const own = basename(file).replace(/\.(?:flow|dag)?\.?(?:json|ya?ml)$/u, '');
	return own === '' || /^flow(?:\.dag)?$/u.test(own) ? basename(folder) : own;
}

/** A file below the folder, of a megabyte at most. */
export function readBeside(folder: string, path: string): string | undefined {
	const file = resolve(folder, path);
	if (relative(folder, file).startsWith('..')) return undefined;
	try {
		const text = readFileSync(file, 'utf8');
		return text.length > mostCharacters ? undefined : text;
	} catch {
		return undefined; // Said in the report.
	}
}
