import { appendFileSync, writeFileSync } from 'node:fs';
import type * as vscode from 'vscode';
import type { Activation } from './activation';
import { measureActivation } from './activation';
import { runTests, type HostResults } from './harness';
import { flowTextTests } from './suite/flowText';
import { languageModelToolTests } from './suite/languageModelTools';
import { manifestTests } from './suite/manifest';
import { serviceTests } from './suite/services';

/** Every test of the real host, after the extension was activated and measured. */
async function runAll(activation: Activation, context?: vscode.ExtensionContext): Promise<HostResults> {
	return runTests({
		...manifestTests(activation),
		...flowTextTests,
		...languageModelToolTests(),
		...serviceTests(context),
	});
}

/**
 * Activated as a small extension of its own beside the one under test, where a variable asks for it:
 * a browser workbench has no other way to run tests in its host.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
	const resultFile = process.env['QUARTERDECK_HOST_RESULT'];
	const activationFile = process.env['QUARTERDECK_HOST_ACTIVATION'];
	if (resultFile === undefined && activationFile === undefined) return;
	const activation = await measureActivation();
	if (activationFile !== undefined) appendFileSync(activationFile, `${JSON.stringify(activation)}\n`);
	if (resultFile !== undefined) writeFileSync(resultFile, JSON.stringify(await runAll(activation, context)));
}

/** Called by a desktop VS Code that was started for tests. */
export async function run(): Promise<void> {
	const results = await runAll(await measureActivation());
	for (const line of results.lines) console.log(line);
	const resultFile = process.env['QUARTERDECK_HOST_RESULT'];
	if (resultFile !== undefined) writeFileSync(resultFile, JSON.stringify(results));
	if (results.numFailedTests > 0) throw new Error(`${results.numFailedTests} host tests failed`);
}
