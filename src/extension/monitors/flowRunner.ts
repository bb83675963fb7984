import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { ExpectedError } from '../../core/base/errors';
import type { FlowRunner } from '../../core/monitors/flowRunbooks';
import { insideOf, isThere, readFlow } from '../flow/files';
import type { FlowService } from '../flow/service';
import { workspaceFolders } from '../host/workspace';

/** Runs flows of this window's folders for runbooks. */
export function flowRunner(flow: Lazy<FlowService>): FlowRunner {
	return {
		exists: async path => (await find(path)) !== undefined,
		async run(path, inputs, { signal }) {
			const uri = await find(path);
			if (!uri) throw new ExpectedError('no-flow', `There is no flow '${path}' in this window's folders.`);
			const [{ runs }, document, { whileRunning }] = await Promise.all([
				flow.get(),
				readFlow(uri),
				import('../flow/tool'),
			]);
			const known = Object.entries(inputs).filter(([name]) => Object.hasOwn(document.inputs, name));
			const live = await runs.begin({
				uri,
				flow: document,
				scope: { kind: 'all' },
				inputs: Object.fromEntries(known),
				breakpoints: [],
				trigger: 'alert',
			});
			const { status, error } = await whileRunning(live, signal, () => undefined);
			if (status !== 'succeeded')
				throw new ExpectedError('flow-failed', `The flow “${document.name}” has ${status}. ${error ?? ''}`.trim());
			return `The flow “${document.name}” has run.`;
		},
	};
}

async function find(path: string): Promise<vscode.Uri | undefined> {
	for (const folder of workspaceFolders()) {
		const file = insideOf(folder, path);
		const uri = file === undefined ? undefined : vscode.Uri.file(file);
		if (uri && (await isThere(uri))) return uri;
	}
	return undefined;
}
