import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import type { Json } from '../../core/base/json';
import type { FlowEditorContract, ValuePlace } from '../../core/flow/editorProtocol';
import { readOps } from '../../core/flow/model/readOps';
import { findInValues, nodeValues, valueAt } from '../../core/flow/runs/runValues';
import type { Handlers } from '../../core/rpc/rpc';
import type { PageContext } from './parts';
import { valueUri } from './valueText';

type Names = 'setPin' | 'values' | 'blob' | 'setValue' | 'openValue' | 'diffValues' | 'findValues';

const blobLength = 1024 * 1024;

/** What a page asks about values of runs. */
export function valueHandlers(page: PageContext): Pick<Handlers<FlowEditorContract>, Names> {
	const { parts: service, uri } = page;
	const { runs, pins } = service;
	return {
		setPin: async ({ node, isOn }) => {
			if (!isOn) return pins.set(uri, node, null);
			await pins.set(uri, node, await lastOutputs(page, node));
		},
		values: async ({ run, node, frame }) => nodeValues(await runs.values(uri, run), node, frame),
		blob: ({ blob }) => {
			const text = runs.blob(blob);
			return { text: text.slice(0, blobLength), isCut: text.length > blobLength };
		},
		setValue: ({ at, value }) => setValue(page, at, value),
		openValue: async at => {
			const shown = await valueUri(runs, uri, at);
			await vscode.window.showTextDocument(shown, { preview: true, viewColumn: vscode.ViewColumn.Beside });
		},
		diffValues: async ({ a, b }) => {
			const [left, right] = await Promise.all([valueUri(runs, uri, a), valueUri(runs, uri, b)]);
			// Beside, so that the next value of the comparison is one click away.
			await vscode.commands.executeCommand('vscode.diff', left, right, `${a.node}.${a.port}: ${a.side} of two runs`, {
				viewColumn: vscode.ViewColumn.Beside,
				preview: true,
			});
		},
		findValues: async ({ run, text }) => findInValues(await runs.values(uri, run), text),
	};
}

/** What came out of a node in the run that is shown. */
async function lastOutputs(
	{ parts: service, shown, uri }: PageContext,
	node: string,
): Promise<Readonly<Record<string, Json>>> {
	if (shown.id === null)
		throw new ExpectedError('no-run', 'Run the flow first, or choose a run: its values are pinned.');
	const run = await service.runs.values(uri, shown.id);
	const { outputs, frame } = nodeValues(run, node, null);
	const ports = Object.keys(outputs);
	if (ports.length === 0) throw new ExpectedError('no-value', 'This node gave nothing in the run that is shown.');
	return Object.fromEntries(ports.map(port => [port, valueAt(run, { node, frame, side: 'output', port })]));
}

function setValue(page: PageContext, { run: id, node, frame, side, port }: ValuePlace, value: unknown): void {
	// The checks of operations know what JSON is, and how deep it may be.
	const read = readOps([{ op: 'setParam', id: 'value', name: 'value', value }]);
	if (!read.ops) throw new ExpectedError('bad-request', read.message);
	const run = page.parts.runs.book.find(id)?.run;
	if (!run?.setValue({ node, frame }, side, port, value as Json)) {
		throw new ExpectedError('not-paused', 'A value can be changed while the run is paused at its node.');
	}
}
