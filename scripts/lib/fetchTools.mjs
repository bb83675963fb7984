// Fetches the programs that start and test need, from npm alone, each into a folder of its own below .cache.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSystemBrowser, readyBrowser } from './browser.mjs';
import { cache, npm, root, say } from './progress.mjs';

const versions = JSON.parse(readFileSync(join(root, 'scripts', 'tools.json'), 'utf8'));

export const toolNames = Object.keys(versions);

/**
 * Makes one tool ready and writes what it is started with to `ready.json` in its folder, last of all:
 * without that file the work was interrupted and is continued. Another version starts afresh.
 */
export async function ensureTool(name) {
	const folder = join(cache, name);
	const { version } = versions[name];
	const ready = join(folder, 'ready.json');
	const begun = join(folder, 'version.txt');
	if (read(begun) !== version) rmSync(folder, { recursive: true, force: true });
	else if (existsSync(ready)) return;
	mkdirSync(folder, { recursive: true });
	writeFileSync(begun, version);
	const facts = await fetchers[name](folder, versions[name]);
	if (facts) writeFileSync(ready, `${JSON.stringify({ version, ...facts }, undefined, '\t')}\n`);
}

function read(file) {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		// Not there yet: nothing has begun.
		return undefined;
	}
}

const fetchers = { workbench: fetchWorkbench, browser: fetchBrowser, claude: fetchClaude };

async function install(folder, { package: name, version, size }, what, flags = []) {
	const manifest = join(folder, 'package.json');
	if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
	// No install scripts: the parts that are used ship prebuilt, and compiling needs libraries that few machines have.
	await npm(['install', `${name}@${version}`, '--save-exact', '--ignore-scripts', '--loglevel=error', ...flags], {
		cwd: folder,
		what: `Fetching ${what} (${name} ${version}, ${size})`,
	});
	return join(folder, 'node_modules', ...name.split('/'));
}

async function fetchWorkbench(folder, tool) {
	if (process.platform === 'win32') {
		say('The browser workbench does not run on Windows: the tests use a desktop VS Code there.');
		return undefined;
	}
	const home = await install(folder, tool, 'the browser workbench');
	const inner = join(home, 'lib', 'vscode');
	const flags = ['install', '--ignore-scripts', '--omit=dev', '--loglevel=error'];
	await npm(flags, { cwd: inner, what: '  its editor' });
	await npm(flags, { cwd: join(inner, 'extensions'), what: '  its own extensions' });
	return { entry: join(home, 'out', 'node', 'entry.js') };
}

async function fetchBrowser(folder, tool) {
	if (process.platform === 'linux' && process.arch === 'x64') {
		return readyBrowser(folder, await install(folder, tool, 'a headless browser'));
	}
	const executable = findSystemBrowser();
	if (executable) return { executable, args: [], env: {} };
	say(
		'No browser for the end-to-end tests: install Chrome or Chromium, or name one in QUARTERDECK_BROWSER. Those tests are skipped.',
	);
	return undefined;
}

async function fetchClaude(folder, tool) {
	await install(folder, tool, 'the Claude CLI');
	const suffix = process.platform === 'win32' ? 'claude.exe' : 'claude';
	const scope = join(folder, 'node_modules', '@anthropic-ai');
	const names = [
		`claude-code-${process.platform}-${process.arch}`,
		`claude-code-${process.platform}-${process.arch}-musl`,
	];
	const executable = names.map(name => join(scope, name, suffix)).find(file => existsSync(file));
	if (executable) return { executable };
	say(`The Claude CLI has no build for ${process.platform} ${process.arch}: what needs it is skipped.`);
	return undefined;
}
