import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../../test/e2e/driver/place.ts';
import { findOnPath } from './findOnPath.ts';
import { stopTree } from './processes.ts';
import { cache, root } from './tools.ts';
import { startWorkbench } from './workbench.ts';

export interface OpenOptions {
	readonly place: Place;
	readonly folder: string;
	readonly settings: Readonly<Record<string, unknown>>;
	readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Opened {
	/** Resolves when the user closed the editor. */
	readonly closed: Promise<void>;
	stop(): Promise<void>;
}

/** A desktop VS Code: installed, or downloaded where there is a display to show it on and a network to get it from. */
export async function findDesktop(): Promise<string | undefined> {
	const installed = findOnPath('code');
	if (installed !== undefined) return installed;
	const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
	if (!hasDisplay) return undefined;
	console.log('There is no code on the PATH: downloading VS Code …');
	try {
		const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
		return await downloadAndUnzipVSCode({ cachePath: join(cache, 'vscode') });
	} catch (error) {
		console.log(`VS Code could not be downloaded (${error instanceof Error ? error.message : String(error)}).`);
		return undefined;
	}
}

/** Opens the desktop VS Code on the folder with the checkout as an extension under development. */
export function openDesktop(
	options: OpenOptions & { readonly executable: string; readonly isOwnProfile: boolean },
): Opened {
	const args = ['--new-window', '--wait', `--extensionDevelopmentPath=${root}`, ...profile(options), options.folder];
	// `code` is a batch file on Windows, which only a shell can start: so the paths are quoted.
	const isBatch = /\.(cmd|bat)$/i.test(options.executable);
	const quote = (text: string): string => (isBatch ? `"${text}"` : text);
	const child = spawn(quote(options.executable), args.map(quote), {
		env: { ...process.env, ...options.env },
		shell: isBatch,
		stdio: 'ignore',
	});
	const closed = new Promise<void>(resolve => {
		child.once('close', () => resolve());
		child.once('error', error => {
			console.error(`VS Code could not be started: ${error.message}`);
			resolve();
		});
	});
	return { closed, stop: async () => (child.pid === undefined ? undefined : stopTree(child.pid)) };
}

/** The demo runs in a profile of its own: an editor that is open already would keep its own environment and settings. */
function profile(options: OpenOptions & { readonly isOwnProfile: boolean }): readonly string[] {
	if (!options.isOwnProfile) return [];
	const data = join(options.place.home, 'desktop');
	mkdirSync(join(data, 'User'), { recursive: true });
	const settings = {
		'security.workspace.trust.enabled': false,
		'workbench.startupEditor': 'none',
		...options.settings,
	};
	writeFileSync(join(data, 'User', 'settings.json'), JSON.stringify(settings, undefined, '\t'));
	return [`--user-data-dir=${data}`, `--extensions-dir=${join(options.place.home, 'desktop-extensions')}`];
}

/** Starts the browser workbench with the checkout linked as an installed extension. */
export async function openBrowserWorkbench(
	options: OpenOptions & { readonly port: number | undefined },
): Promise<Opened & { readonly address: string }> {
	const extensions = join(options.place.home, 'extensions');
	mkdirSync(extensions);
	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
	symlinkSync(root, join(extensions, `${manifest['publisher']}.${manifest['name']}-${manifest['version']}`), 'dir');
	const { place, folder, settings, env, port } = options;
	const workbench = await startWorkbench({ home: place.home, extensions, folder, settings, env, port });
	return { address: workbench.url, closed: workbench.ended, stop: () => workbench.stop() };
}
