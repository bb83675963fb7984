// Runs the host tests in the extension host of a browser workbench, with the packaged extension installed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTool } from '../../scripts/lib/tools.ts';
import { until } from '../e2e/driver/until.ts';
import type { HostResults } from './harness.ts';
import { openHost } from './openHost.ts';

const output = process.argv[2];
const results = findTool('workbench') && findTool('browser') ? await runInWorkbench() : skipped();
for (const line of results.lines) console.log(line);
if (output !== undefined) writeFileSync(output, JSON.stringify(results));
process.exitCode = results.numFailedTests > 0 ? 1 : 0;

async function runInWorkbench(): Promise<HostResults> {
	let file = '';
	const host = await openHost(home => {
		file = join(home, 'host-results.json');
		return { QUARTERDECK_HOST_RESULT: file };
	});
	try {
		return await until('the results of the host tests', () => readResults(file), 90_000);
	} catch (error) {
		console.log(host.log());
		throw error;
	} finally {
		await host.close();
	}
}

/** The file appears before its last byte is written. */
function readResults(file: string): HostResults | undefined {
	if (!existsSync(file)) return undefined;
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as HostResults;
	} catch {
		return undefined;
	}
}

function skipped(): HostResults {
	const lines = [
		'skipped: no browser workbench on this system; the same tests run in a desktop VS Code with npm run test:electron',
	];
	return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, lines };
}
