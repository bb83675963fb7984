import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { CancelledError } from '../../core/base/errors';
import { repositoryPowers } from '../../core/claude/repositorySettings';
import type { Host } from '../host/context';

const run = promisify(execFile);
/** Settings that come with the repository. */
const shared = ['.claude/settings.json', '.mcp.json'];
/** The user's own settings of a folder, unless somebody has committed them. */
const local = '.claude/settings.local.json';

/**
 * Whether the CLI may follow the settings that come with a repository. Asked once, and again when they change; the
 * first button starts without them. Throws `CancelledError` when the user closes the question.
 */
export async function mayUseRepositorySettings(host: Host, folder: string): Promise<boolean> {
	const files = (await isTracked(folder, local)) ? [...shared, local] : shared;
	const found = await repositoryPowers(folder, files);
	if (!found) return true;
	const known = host.state.repositoryChoice;
	if (known?.hash === found.hash) return known.isUsed;
	const without = { title: 'Start Without Them' };
	const use = { title: 'Use Them' };
	const cancel = { title: 'Cancel', isCloseAffordance: true };
	const shown = found.powers.slice(0, 12).map(power => `• ${power.length > 200 ? `${power.slice(0, 199)}…` : power}`);
	const more = found.powers.length > shown.length ? [`… and ${found.powers.length - shown.length} more`] : [];
	const detail = [
		...shown,
		...more,
		'',
		'Claude would follow these without asking. Without them it also leaves out the CLAUDE.md of this folder.',
	].join('\n');
	const picked = await vscode.window.showWarningMessage(
		'This folder brings its own settings for Claude. Use them?',
		{ modal: true, detail },
		without,
		use,
		cancel,
	);
	if (picked !== without && picked !== use)
		throw new CancelledError('The question about the folder’s settings was closed.');
	const isUsed = picked === use;
	await host.state.setRepositoryChoice({ hash: found.hash, isUsed });
	return isUsed;
}

async function isTracked(folder: string, file: string): Promise<boolean> {
	try {
		const { stdout } = await run('git', ['ls-files', '--', file], { cwd: folder, timeout: 5_000 });
		return stdout.trim() !== '';
	} catch {
		// No repository, or no git: nobody has committed anything.
		return false;
	}
}
