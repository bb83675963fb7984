// Makes the headless browser from npm start on this machine: unpacked, with the libraries and fonts it needs.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { environment, run, say, SetupError } from './progress.mjs';

const aptPackages = ['libnss3', 'libnspr4', 'libexpat1', 'fontconfig', 'fonts-dejavu-core'];

/** Where Chrome or Chromium stands on systems for which npm carries none. */
export function findSystemBrowser() {
	const named = process.env.QUARTERDECK_BROWSER;
	const places = [
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
		'/Applications/Chromium.app/Contents/MacOS/Chromium',
		'/usr/bin/chromium',
		'/usr/bin/chromium-browser',
		'/usr/bin/google-chrome',
	];
	return [named, ...places].find(place => place && existsSync(place));
}

/** Unpacks the browser below `folder` and returns how it is started. */
export async function readyBrowser(folder, packageFolder) {
	const unpacked = join(folder, 'unpacked');
	const args = await unpack(unpacked, packageFolder);
	const executable = join(unpacked, 'chromium');
	const env = {};
	if (missingLibraries(executable).length > 0) {
		// The package carries the libraries of one distribution; where the machine has none they serve as well.
		env.LD_LIBRARY_PATH = join(unpacked, 'al2023', 'lib');
		if (missingLibraries(executable, env).length > 0) {
			delete env.LD_LIBRARY_PATH;
			await installLibraries(executable);
		}
	}
	if (!hasFonts()) env.FONTCONFIG_PATH = join(unpacked, 'fonts');
	return { executable, args, env };
}

/** The package unpacks into the temporary folder, so it is given one; a half-written file of an earlier try is removed first. */
async function unpack(unpacked, packageFolder) {
	say('  unpacking it …');
	rmSync(unpacked, { recursive: true, force: true });
	const index = pathToFileURL(join(packageFolder, 'build', 'index.js')).href;
	const libraries = join(packageFolder, 'bin', 'al2023.tar.br');
	const script = `
		import { mkdirSync } from 'node:fs';
		mkdirSync(process.env.TMPDIR, { recursive: true });
		const { default: chromium, inflate } = await import(${JSON.stringify(index)});
		await chromium.executablePath();
		await inflate(${JSON.stringify(libraries)});
		process.stdout.write(JSON.stringify(chromium.args));`;
	const result = await run('node', ['--input-type=module', '--eval', script], {
		env: environment({ TMPDIR: unpacked }),
	});
	if (result.code !== 0) throw new SetupError(`The browser could not be unpacked:\n${result.output}`);
	return JSON.parse(result.output).filter(argument => !unwanted.some(start => argument.startsWith(start)));
}

/** One process for everything breaks pages with workers; and the page's own security must hold, since it is what is tested. */
const unwanted = ['--single-process', '--headless', '--disable-web-security', '--allow-running-insecure-content'];

function missingLibraries(executable, extra = {}) {
	try {
		const lines = execFileSync('ldd', [executable], { env: environment(extra), encoding: 'utf8' }).split('\n');
		return lines.filter(line => line.includes('not found')).map(line => line.trim().split(' ')[0]);
	} catch {
		// Without ldd nothing can be told beforehand; the browser itself will name what it misses.
		return [];
	}
}

function hasFonts() {
	try {
		return execFileSync('fc-list', { encoding: 'utf8' }).trim() !== '';
	} catch {
		// No fontconfig on this machine: the fonts of the package are used.
		return false;
	}
}

async function installLibraries(executable) {
	const missing = missingLibraries(executable).join(', ');
	const command = `apt-get install -y --no-install-recommends ${aptPackages.join(' ')}`;
	if (!existsSync('/usr/bin/apt-get')) {
		throw new SetupError(
			`The browser for the tests misses ${missing}. Install NSS, NSPR and a font with your system's package manager.`,
		);
	}
	if (process.getuid?.() !== 0) {
		throw new SetupError(
			`The browser for the tests misses ${missing}. Run this, then the same command again:\n  sudo ${command}`,
		);
	}
	say(`  the browser misses ${missing}: ${command}`);
	await run('apt-get', ['update']);
	const [file, ...args] = command.split(' ');
	const result = await run(file, args);
	if (result.code !== 0) throw new SetupError(`'${command}' failed:\n${result.output}`);
}
