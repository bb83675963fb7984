import { chromium, type Browser } from 'playwright-core';
import { tool, withoutGpu } from '../../../scripts/lib/tools.ts';

/** The headless browser that the set-up fetched. */
export function launchBrowser(): Promise<Browser> {
	const { executable, args, env } = tool('browser');
	const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
	return chromium.launch({
		executablePath: executable,
		args: withoutGpu(args),
		env: { ...Object.fromEntries(inherited), ...env },
		chromiumSandbox: false,
	});
}
