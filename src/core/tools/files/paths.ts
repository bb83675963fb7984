import { homedir } from 'node:os';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { errorText, systemCode } from '../../base/errors';
import type { SafetyContext } from '../../safety/approval';
import { pathRules } from '../../safety/paths';
import { textResult, type ToolResult } from '../tool';

/** The absolute path that an argument means, as the gate reads it. */
export function absolutePath(path: string, cwd: string): string {
	const plain = path.startsWith('file://') ? path.slice('file://'.length) : path;
	const atHome = plain === '~' || plain.startsWith('~/') ? homedir() + plain.slice(1) : plain;
	return resolve(cwd, atHome);
}

/** A path as a model should write it again: relative inside the folder, absolute elsewhere. */
export function shownPath(path: string, cwd: string): string {
	const inside = relative(cwd, path);
	if (inside === '') return '.';
	return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/');
}

/** Whether what a file holds may be found by a search without a question: keys and the like are not. */
export function isOpenToSearch(path: string, cwd: string, context: SafetyContext): boolean {
	const finding = pathRules(context).protection(path, cwd, 'read');
	return finding === undefined || finding.tier === 'GREEN';
}

/** What a failed look at a path means to the model. Rethrows what is no matter of the path. */
export function pathFailure(error: unknown, path: string): ToolResult {
	const code = systemCode(error);
	const sentences: Readonly<Record<string, string>> = {
		ENOENT: `${path} does not exist.`,
		ENOTDIR: `${path} does not exist: a part of it is a file, not a folder.`,
		EISDIR: `${path} is a folder. List it with quarterdeck_list_folder.`,
		EACCES: `${path} may not be opened: permission denied.`,
		EPERM: `${path} may not be opened: permission denied.`,
		ENAMETOOLONG: `The path is too long: ${path.slice(0, 200)}…`,
		ELOOP: `${path} is a link that leads to itself.`,
		ENOSPC: `The disk is full; ${path} was not written.`,
		EROFS: `${path} is on a disk that cannot be written.`,
	};
	const sentence = code === undefined ? undefined : sentences[code];
	if (sentence === undefined && code === undefined) throw error;
	return textResult(sentence ?? `${path}: ${errorText(error)}`, true);
}
