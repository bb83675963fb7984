// Installs the dependencies when what is installed is not what the lock file says.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root, SetupError } from './progress.mjs';

const nodeBinary = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Runs `npm ci` unless npm's own record of what it installed agrees with package-lock.json. */
export async function ensureDependencies() {
	if (!isInstalled()) await npm(['ci'], { cwd: root, what: 'Installing the dependencies (npm ci)' });
	if (existsSync(nodeBinary)) return;
	// The package `node` fetches its binary in an install script, which some configurations do not run.
	await npm(['rebuild', 'node', '--ignore-scripts=false'], {
		cwd: root,
		what: 'Fetching Node 24 for the scripts of this project',
	});
	if (existsSync(nodeBinary) || Number(process.versions.node.split('.')[0]) >= 24) return;
	throw new SetupError(
		'Node 24 could not be installed beside the dependencies. Install Node 24 yourself, then run the same command again.',
	);
}

/** npm writes node_modules/.package-lock.json last, so an interrupted install never looks finished. */
function isInstalled() {
	const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
	const locked = packagesOf(join(root, 'package-lock.json'));
	if (!installed || !locked) return false;
	return Object.entries(locked).every(([path, entry]) => {
		if (path === '') return true;
		const have = installed[path];
		// Optional packages of other platforms are in the lock file and never installed.
		return have ? have.version === entry.version && have.integrity === entry.integrity : entry.optional === true;
	});
}

function packagesOf(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8')).packages;
	} catch {
		// Missing or torn: either way there is no record to trust.
		return undefined;
	}
}
