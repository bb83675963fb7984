import { posix } from 'node:path';

/**
 * The file that a link of a note means, as a path from the workspace folder; `undefined` for what leads out of the
 * folder or is no path: notes come with imported files too.
 */
export function linkedFile(href: string): string | undefined {
	if (/^[a-z][a-z0-9+.-]+:/i.test(href)) return undefined;
	const path = posix.normalize(href.replace(/#.*$/, '').replaceAll('\\', '/')).replace(/^\/+/, '');
	return path === '' || path === '.' || path === '..' || path.startsWith('../') ? undefined : path;
}
