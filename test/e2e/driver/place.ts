import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/tools.ts';

/** A throw-away folder for one editor: user data, the CLI's configuration, a copy of the sample project. */
export interface Place {
	readonly home: string;
	/** The sample project, a git repository with one commit and a remote in a local folder. */
	readonly folder: string;
	/** `CLAUDE_CONFIG_DIR`. */
	readonly claudeConfig: string;
	remove(): void;
}

/** Makes the folders; short names, since a socket's path has a limit. */
export function makePlace(home = realpathSync(mkdtempSync(join(tmpdir(), 'qd-')))): Place {
	const folder = join(home, 'ferry-fares');
	const claudeConfig = join(home, 'claude');
	mkdirSync(claudeConfig);
	cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
	makeRepository(home, folder);
	return {
		home,
		folder,
		claudeConfig,
		remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
	};
}

/** A machine without git still gets the files. */
function makeRepository(home: string, folder: string): void {
	const git = (...args: string[]): void => {
		execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
	};
	try {
		execFileSync('git', ['init', '--bare', '-q', join(home, 'origin.git')], { stdio: 'ignore' });
	} catch {
		return;
	}
	git('init', '-q', '-b', 'main');
	git('config', 'user.name', 'Sample');
	git('config', 'user.email', 'sample@example.invalid');
	git('add', '.');
	git('commit', '-q', '-m', 'Fares, discounts and receipts');
	git('remote', 'add', 'origin', join(home, 'origin.git'));
	git('push', '-q', '-u', 'origin', 'main');
}
