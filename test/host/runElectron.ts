// Runs the host tests in a desktop VS Code: the newest, the oldest that is supported, or the one that is named.
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { cache, root } from '../../scripts/lib/tools.ts';
import { makePlace } from '../e2e/driver/place.ts';
import { buildDriver } from './buildDriver.ts';

const version = process.argv[2] ?? 'stable';
const installed = process.env['QUARTERDECK_VSCODE'];
const driver = await buildDriver();
const place = makePlace();
try {
	await runTests({
		...(installed === undefined ? { version, cachePath: join(cache, 'vscode') } : { vscodeExecutablePath: installed }),
		extensionDevelopmentPath: root,
		extensionTestsPath: join(driver, 'suite.cjs'),
		extensionTestsEnv: { CLAUDE_CONFIG_DIR: place.claudeConfig },
		launchArgs: [
			place.folder,
			'--disable-extensions',
			'--disable-workspace-trust',
			'--user-data-dir',
			join(place.home, 'data'),
		],
	});
} finally {
	place.remove();
}
