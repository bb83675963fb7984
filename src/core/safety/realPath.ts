import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { posix } from 'node:path';

/** What a link points to; anything else is itself. */
export function followLink(path: string): string {
	try {
		return lstatSync(path).isSymbolicLink() ? realpathSync.native(path) : path;
	} catch {
		// What does not exist is no link; a dangling one is judged as written.
		return path;
	}
}

/** The real path of the deepest part that exists, followed by the rest. */
export function realOfExisting(path: string): string {
	let existing = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
	let rest = '';
	while (!isThere(existing)) {
		if (existing === '/' || existing === '.' || existing === '') return path;
		rest = existing.slice(existing.lastIndexOf('/')) + rest;
		existing = posix.dirname(existing);
	}
	// A path of another system has no part here, and the folder of our own process is none of its business.
	if (existing === '.') return path;
	try {
		const real = realpathSync.native(existing);
		return real === '/' && rest !== '' ? rest : real + rest;
	} catch {
		// A link that leads nowhere yet: writing through it makes what it points to.
		return (danglingTarget(existing) ?? existing) + rest;
	}
}

/** Asked first, as a look-up that throws costs many times more. */
function isThere(path: string): boolean {
	try {
		return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
	} catch {
		// Below a file, or not ours to look at: the folder above tells.
		return false;
	}
}

/** Where a link points that leads to something not made yet: writing through it makes that. */
function danglingTarget(path: string): string | undefined {
	try {
		if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return undefined;
		return posix.resolve(posix.dirname(path), readlinkSync(path));
	} catch {
		return undefined;
	}
}
