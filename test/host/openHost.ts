import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { runVariable } from '../../scripts/lib/processes.ts';
import { cache } from '../../scripts/lib/tools.ts';
import { installPackage, startWorkbench } from '../../scripts/lib/workbench.ts';
import { launchBrowser } from '../e2e/driver/browser.ts';
import { makePlace } from '../e2e/driver/place.ts';
import { buildDriver } from './buildDriver.ts';

export interface OpenHost {
	/** A window of the workbench: the extension host runs as long as it is open. */
	readonly page: Page;
	/** Throw-away folder for results. */
	readonly home: string;
	readonly url: string;
	readonly log: () => string;
	close(): Promise<void>;
}

/** Starts a workbench with the packaged extension and the driver beside it. `variables` tells the driver what to do. */
export async function openHost(variables: (home: string) => Readonly<Record<string, string>>): Promise<OpenHost> {
	const file = join(cache, 'quarterdeck.vsix');
	if (!existsSync(file)) throw new Error('There is no package yet. Make it with: npm run package');
	const driver = await buildDriver();
	const place = makePlace();
	const extensions = join(place.home, 'extensions');
	const env = {
		...variables(place.home),
		[runVariable]: process.env[runVariable],
		CLAUDE_CONFIG_DIR: place.claudeConfig,
	};
	const options = { home: place.home, extensions, env };
	await installPackage(file, options);
	registerDriver(driver, extensions);
	const workbench = await startWorkbench({ ...options, folder: place.folder, settings: {} });
	const browser = await launchBrowser();
	const page = await browser.newPage();
	await page.goto(workbench.url);
	return {
		page,
		home: place.home,
		url: workbench.url,
		log: workbench.log,
		close: async () => {
			await browser.close();
			await workbench.stop();
			place.remove();
		},
	};
}

/** Adds the driver to the list of installed extensions: the workbench looks there, and not for folders, once it has one. */
function registerDriver(driver: string, extensions: string): void {
	const relativeLocation = 'quarterdeck-tests.host-tests-1.0.0';
	cpSync(driver, join(extensions, relativeLocation), { recursive: true });
	const list = join(extensions, 'extensions.json');
	const installed = JSON.parse(readFileSync(list, 'utf8')) as unknown[];
	const entry = {
		identifier: { id: 'quarterdeck-tests.host-tests' },
		version: '1.0.0',
		location: { $mid: 1, path: join(extensions, relativeLocation), scheme: 'file' },
		relativeLocation,
		metadata: {},
	};
	writeFileSync(list, JSON.stringify([...installed, entry]));
}
