import { win32 } from 'node:path';

/** How to start a program without a shell. */
export interface Launch {
	readonly command: string;
	readonly args: readonly string[];
}

/** What the resolver asks of the disk. */
export interface ShimFiles {
	exists(path: string): Promise<boolean>;
	/** The text of a small file, or `undefined`. */
	read(path: string): Promise<string | undefined>;
}

/**
 * Finds what a `.cmd` shim of npm, pnpm, yarn or Volta starts. A batch file itself can only be started through a shell,
 * where an argument with `&`, `%` or `"` becomes a command; the program behind it is started directly.
 */
export async function resolveShim(
	path: string,
	files: ShimFiles,
	findNode: () => Promise<string | undefined>,
): Promise<Launch | undefined> {
	const extension = win32.extname(path).toLowerCase();
	if (extension === '.exe' || extension === '.com') return { command: path, args: [] };
	if (extension !== '.cmd' && extension !== '.bat') return undefined;
	const text = await files.read(path);
	if (text === undefined) return undefined;
	const folder = win32.dirname(path);
	for (const target of targetsOf(text, folder)) {
		if (!(await files.exists(target))) continue;
		const kind = win32.extname(target).toLowerCase();
		if (kind === '.exe') return { command: target, args: [] };
		const beside = win32.join(folder, 'node.exe');
		const node = (await files.exists(beside)) ? beside : await findNode();
		if (node !== undefined) return { command: node, args: [target] };
	}
	return undefined;
}

/**
 * Quoted programs of a shim, in the order in which they stand: those under its own folder, and those of the CLI's own
 * package elsewhere (pnpm on another drive). A script of the user's own that starts something else is not taken apart:
 * what it sets or adds would be lost.
 */
function targetsOf(text: string, folder: string): readonly string[] {
	const quoted = [...text.matchAll(/"(%~dp0|%dp0%)?\\?([^"%]+\.(?:exe|js|cjs|mjs))"/gi)];
	const paths = quoted
		.map(match => (match[1] === undefined ? (match[2] ?? '') : win32.join(folder, match[2] ?? '')))
		.filter(path => win32.isAbsolute(path) && !/^node(?:\.exe)?$/i.test(win32.basename(path)))
		.filter(path => path.startsWith(folder) || /claude-code/i.test(path));
	return [...new Set(paths)];
}
