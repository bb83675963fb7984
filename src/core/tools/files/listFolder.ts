import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Args, argumentsSchema, textArgument } from '../args';
import { ownTool } from '../own';
import { textResult, type Tool } from '../tool';
import { absolutePath, pathFailure, shownPath } from './paths';

const maxEntries = 1000;

/** `quarterdeck_list_folder`: names, kinds and sizes, one folder deep. */
export function listFolderTool(): Tool {
	return ownTool({
		name: 'quarterdeck_list_folder',
		title: 'List folder',
		description:
			'Lists what stands in a folder, one level deep: folders end with /, links with @, files show their size in bytes. ' +
			'To find files by name in a whole tree use quarterdeck_find_files.',
		schema: argumentsSchema({ path: textArgument('The folder; the working folder when absent.') }),
		async run(input, { cwd, signal }) {
			const path = absolutePath(new Args(input).maybeText('path') ?? '.', cwd);
			try {
				const entries = await readdir(path, { withFileTypes: true });
				entries.sort(
					(left, right) => Number(right.isDirectory()) - Number(left.isDirectory()) || compare(left.name, right.name),
				);
				const lines: string[] = [];
				for (const entry of entries.slice(0, maxEntries)) {
					signal.throwIfAborted();
					if (entry.isDirectory()) lines.push(`${entry.name}/`);
					else if (entry.isSymbolicLink()) lines.push(`${entry.name}@`);
					else lines.push(`${entry.name}  ${await sizeOf(join(path, entry.name))}`);
				}
				const more = entries.length - lines.length;
				if (more > 0) lines.push(`[${more} more entries]`);
				const shown = shownPath(path, cwd);
				return textResult(lines.length === 0 ? `${shown} is empty.` : `${shown}:\n${lines.join('\n')}`);
			} catch (error) {
				signal.throwIfAborted();
				return pathFailure(error, path);
			}
		},
	});
}

function compare(left: string, right: string): number {
	return left < right ? -1 : 1;
}

async function sizeOf(path: string): Promise<string> {
	try {
		return String((await lstat(path)).size);
	} catch {
		return '?'; // Gone in the meantime.
	}
}
