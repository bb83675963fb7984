import { posix, win32 } from 'node:path';
import type { Environment } from '../process/environment';
import type { McpSource } from './protocol';

/** One file that may define servers. */
export interface McpPlace {
	readonly source: McpSource;
	/** The workspace folder that the definitions belong to. */
	readonly folder: string | null;
	/** For `~/.claude.json`: the project whose servers are meant; absent for the user's own. */
	readonly project?: string;
}

/** What the places depend on. */
export interface McpMachine {
	readonly platform: NodeJS.Platform;
	readonly home: string;
	readonly environment: Environment;
	/** Absolute paths. The first one is where servers without a folder run. */
	readonly workspaceFolders: readonly string[];
	/** The editor's own user folder, which holds `mcp.json`; `null` when it is not known. */
	readonly editorUserFolder: string | null;
}

/** Every file that may define servers, the nearest to the workspace first. They need not exist. */
export function placesOf(machine: McpMachine): readonly McpPlace[] {
	const path = machine.platform === 'win32' ? win32 : posix;
	const folder = machine.workspaceFolders[0] ?? null;
	const place = (kind: McpSource['kind'], label: string, file: string): McpPlace => ({
		source: { kind, label, path: file },
		folder,
	});
	const claude = claudeFile(machine);
	return [
		...machine.workspaceFolders.flatMap(root => [
			{ ...place('workspace', '.mcp.json', path.join(root, '.mcp.json')), folder: root },
			{ ...place('vscode', '.vscode/mcp.json', path.join(root, '.vscode', 'mcp.json')), folder: root },
			{ ...place('claudeProject', 'Claude Code (this project)', claude), folder: root, project: root },
		]),
		place('claudeUser', 'Claude Code', claude),
		place('claudeDesktop', 'Claude Desktop', claudeDesktopFile(machine)),
		...(machine.editorUserFolder === null
			? []
			: [place('editor', 'VS Code (user)', path.join(machine.editorUserFolder, 'mcp.json'))]),
	];
}

/** Claude Code's own file: beside its folder when that was moved, else in the home folder. */
function claudeFile({ platform, home, environment }: McpMachine): string {
	const path = platform === 'win32' ? win32 : posix;
	return path.join(environment['CLAUDE_CONFIG_DIR'] || home, '.claude.json');
}

function claudeDesktopFile({ platform, home, environment }: McpMachine): string {
	const name = 'claude_desktop_config.json';
	if (platform === 'win32')
		return win32.join(environment['APPDATA'] || win32.join(home, 'AppData', 'Roaming'), 'Claude', name);
	if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Claude', name);
	return posix.join(environment['XDG_CONFIG_HOME'] || posix.join(home, '.config'), 'Claude', name);
}
