import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import type { Flow } from '../../core/flow/model/flow';
import { parseFlow } from '../../core/flow/model/parse';
import type { LiveRun } from '../../core/flow/runs/liveRun';
import type { FlowOffer, FlowsPort } from '../../core/tools/flows/runFlow';
import { asWritten, flowSuffix, insideOf, readFlow } from './files';
import type { FlowService } from './service';

const mostListed = 100;

/** Flows for models: what a run shows meanwhile is how far it is. */
export function flowsPort(service: () => Promise<FlowService>): FlowsPort {
	return {
		async list(cwd) {
			const pattern = new vscode.RelativePattern(vscode.Uri.file(cwd), `**/*${flowSuffix}`);
			const files = await vscode.workspace.findFiles(pattern, '**/node_modules/**', mostListed);
			const offers = await Promise.all(files.map(uri => offerOf(cwd, uri)));
			return offers.flatMap(offer => offer ?? []).sort((a, b) => (a.path < b.path ? -1 : 1));
		},
		async run(path, inputs, { cwd, execution, signal, onProgress }) {
			const file = path.endsWith(flowSuffix) ? insideOf(cwd, path) : undefined;
			if (file === undefined) throw new ExpectedError('not-found', `'${path}' is no *.flow.json file of this folder.`);
			const uri = vscode.Uri.file(file);
			const { runs } = await service();
			// A run has caps of its own: one that began another, and that one the next, would have none together.
			if (execution !== null && runs.book.find(execution))
				throw new ExpectedError('nested-run', 'A run of a flow does not begin another one: use a Sub-flow node.');
			const flow = await readFlow(uri);
			const wish = { uri, flow, scope: { kind: 'all' } as const, inputs, breakpoints: [], trigger: 'tool' as const };
			const live = await runs.begin(wish);
			return whileRunning(live, signal, onProgress);
		},
	};
}

/** Waits for the end of a run, which ends with the signal. */
export async function whileRunning(
	live: LiveRun,
	signal: AbortSignal,
	onProgress: (text: string) => void,
): Promise<Awaited<ReturnType<FlowsPort['run']>>> {
	const { run } = live;
	if (!run) throw new ExpectedError('run-over', 'The run has not begun.');
	const stop = (): void => run.stop();
	signal.addEventListener('abort', stop, { once: true });
	const listening = live.onEvent(event => {
		if (event.type === 'node.ended' && event.attempt > 0) onProgress(`${event.node}: ${event.state}`);
	});
	try {
		if (signal.aborted) stop();
		const { status, outputs, error } = await run.result;
		return { status, outputs, error };
	} finally {
		listening.dispose();
		signal.removeEventListener('abort', stop);
	}
}

async function offerOf(cwd: string, uri: vscode.Uri): Promise<FlowOffer | undefined> {
	try {
		const { flow } = parseFlow(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
		return flow && { path: asWritten(cwd, uri.fsPath), name: flow.name, ...aboutFlow(flow) };
	} catch {
		return undefined; // Gone since.
	}
}

function aboutFlow({ description = '', inputs }: Flow): Pick<FlowOffer, 'description' | 'inputs'> {
	const lines = Object.entries(inputs).map(([name, input]) => {
		const need = input.default === undefined ? 'required' : `default ${JSON.stringify(input.default)}`;
		return `${name} (${input.type}, ${need})${input.description === undefined ? '' : `: ${input.description}`}`;
	});
	return { description, inputs: lines };
}
