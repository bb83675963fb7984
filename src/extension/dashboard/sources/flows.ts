import * as vscode from 'vscode';
import { Emitter } from '../../../core/base/event';
import { ExpectedError } from '../../../core/base/errors';
import type { Json } from '../../../core/base/json';
import { MutableDisposable, type Disposable, type DisposableStore } from '../../../core/base/lifecycle';
import {
	actOnTrigger,
	flowListTopic,
	flowTopic,
	schedulesTopic,
	type FlowLine,
	type FlowRunLine,
	type ScheduleLine,
	type TriggerWish,
} from '../../../core/dashboard/topics/flows';
import type { Flow } from '../../../core/flow/model/flow';
import type { LiveRun } from '../../../core/flow/runs/liveRun';
import type { RunView } from '../../../core/flow/runView';
import { flowSuffix, insideOf, isFlowFile, isThere, readFlow } from '../../flow/files';
import { fileOf } from '../../flow/runs';
import type { FlowService } from '../../flow/service';
import { does, tells, type Source, type SourceDeps } from '../source';
import { following, rereading } from './watched';

const mostFlows = 500;
const longestOutput = 2_000;
/** A run of a thousand nodes says something a thousand times. */
const restMs = 500;

/** Flows of this workspace, their runs and what starts them. */
export const flowsSource: Source = {
	tells: [
		tells(flowListTopic, (_params, sink, deps) =>
			following(sink, async store => {
				const watcher = store.add(vscode.workspace.createFileSystemWatcher(`**/*${flowSuffix}`));
				const changed = store.add(new Emitter<void>());
				for (const event of [watcher.onDidCreate, watcher.onDidDelete, watcher.onDidChange])
					store.add(event(() => changed.fire()));
				const service = await deps.machine.deps.flow.get();
				const read = async () =>
					(
						await eachFlow(service, (uri, flow) => [{ path: vscode.workspace.asRelativePath(uri), name: flow.name }])
					).sort((left, right) => left.name.localeCompare(right.name));
				if (!store.isDisposed) store.add(rereading(sink, read, [changed.event]));
			}),
		),
		tells(flowTopic, ({ path }, sink, deps) =>
			following(sink, async store => {
				const [service, uri] = await Promise.all([deps.machine.deps.flow.get(), flowAtPath(path)]);
				const { book } = service.runs;
				if (store.isDisposed) return;
				const changes = changesOf(service, deps, store);
				const progress = store.add(new MutableDisposable<Disposable>());
				const read = (): Promise<FlowLine> => {
					const live = book.liveOf(fileOf(uri));
					progress.value = live?.onDidChange(() => changes.soon());
					return lineOf(service, uri, live);
				};
				store.add(rereading(sink, read, [changes.event]));
			}),
		),
		tells(schedulesTopic, (_params, sink, deps) =>
			following(sink, async store => {
				const service = await deps.machine.deps.flow.get();
				if (store.isDisposed) return;
				const changes = changesOf(service, deps, store);
				store.add(service.triggers.onDidChange(() => changes.soon()));
				const read = (): Promise<readonly ScheduleLine[]> =>
					eachFlow(service, (uri, flow) =>
						service.triggers
							.viewsOf(uri, flow)
							.filter(({ kind }) => kind !== 'manual')
							.map(view => ({ ...view, uri: uri.toString(), flow: flow.name })),
					);
				store.add(rereading(sink, read, [changes.event]));
			}),
		),
	],
	does: [does(actOnTrigger, act)],
};

/** Says, a moment after it, that a run or a flow is another. */
function changesOf(
	{ runs, checker }: FlowService,
	{ host }: SourceDeps,
	store: DisposableStore,
): { readonly event: Emitter<void>['event']; soon(): void } {
	const changed = store.add(new Emitter<void>());
	const timer = store.add(new MutableDisposable<Disposable>());
	const soon = (): void => {
		timer.value ??= host.clock.after(restMs, () => {
			timer.value = undefined;
			changed.fire();
		});
	};
	store.add(runs.book.onDidBegin(soon));
	store.add(runs.book.onDidEnd(soon));
	store.add(checker.onDidCheck(soon));
	return { event: changed.event, soon };
}

async function eachFlow<T>(service: FlowService, read: (uri: vscode.Uri, flow: Flow) => readonly T[]): Promise<T[]> {
	const files = await vscode.workspace.findFiles(`**/*${flowSuffix}`, '**/node_modules/**', mostFlows);
	const found = await Promise.all(
		files.map(async uri => {
			// What cannot be read is shown in the view of flows, with its problem.
			const flow = await flowAt(service, uri).catch(() => undefined);
			return flow ? read(uri, flow) : [];
		}),
	);
	return found.flat();
}

function flowAt({ documents }: FlowService, uri: vscode.Uri): Promise<Flow> {
	const open = documents.find(uri)?.sync;
	return open ? Promise.resolve(open.flow) : readFlow(uri);
}

/** The file of a flow, by its path in a folder of the workspace; where there are several, their names may stand before it. */
export async function flowAtPath(path: string): Promise<vscode.Uri> {
	const folders = vscode.workspace.workspaceFolders ?? [];
	const named = folders.flatMap(({ name, uri }) =>
		path.startsWith(`${name}/`) ? [{ uri, below: path.slice(name.length + 1) }] : [],
	);
	for (const { uri, below } of [...named, ...folders.map(folder => ({ uri: folder.uri, below: path }))]) {
		const file = uri.scheme === 'file' && isFlowPath(below) ? insideOf(uri.fsPath, below) : undefined;
		if (file !== undefined && (await isThere(vscode.Uri.file(file)))) return vscode.Uri.file(file);
	}
	throw new ExpectedError(
		'no-flow',
		isFlowPath(path) ? `There is no flow “${path}” in this workspace.` : `“${path}” is no *${flowSuffix} file.`,
	);
}

function isFlowPath(path: string): boolean {
	return path.endsWith(flowSuffix);
}

async function lineOf(service: FlowService, uri: vscode.Uri, live: LiveRun | undefined): Promise<FlowLine> {
	const flow = await flowAt(service, uri);
	const last = live ? undefined : await service.runs.book.newest(fileOf(uri));
	const { name, description = '', nodes } = flow;
	const head = {
		uri: uri.toString(),
		name,
		description,
		nodes: Object.keys(nodes).length,
		isRunning: live !== undefined,
	};
	if (live) return { ...head, run: liveLine(live.view, live.flow), outputs: [] };
	if (!last) return { ...head, run: null, outputs: [] };
	const values = await service.runs.values(uri, last.id).catch(() => undefined); // Tidied away since.
	const outputs = Object.entries(values?.state.outputs ?? {}).map(([output, stored]) => ({
		name: output,
		text: textOf(values?.valueOf(stored)),
	}));
	const { id, status, startedAt, durationMs, cost } = last;
	const error = values?.state.error ?? null;
	return { ...head, run: { id, status, startedAt, durationMs, cost, error, done: null, active: [] }, outputs };
}

function liveLine({ id, status, startedAt, endedAt, cost, error, nodes }: RunView, flow: Flow): FlowRunLine {
	const entries = Object.entries(nodes);
	const active = entries.filter(([, { state }]) => state === 'running' || state === 'waiting');
	return {
		id,
		status,
		startedAt,
		durationMs: endedAt === null ? null : endedAt - startedAt,
		cost,
		error,
		done: entries.filter(([, { times }]) => times > 0).length,
		active: active.map(([node]) => flow.nodes[node]?.name ?? node),
	};
}

function textOf(value: Json | undefined): string {
	const text =
		typeof value === 'string' ? value : value === undefined ? 'no longer kept' : JSON.stringify(value, null, 2);
	return text.length > longestOutput ? `${text.slice(0, longestOutput)}…` : text;
}

async function act({ uri, node, verb }: TriggerWish, { machine }: SourceDeps): Promise<void> {
	const target = { uri: vscode.Uri.parse(uri, true), node };
	if (!isFlowFile(target.uri) || !vscode.workspace.getWorkspaceFolder(target.uri))
		throw new ExpectedError('no-flow', `${uri} is no flow of this workspace.`);
	const [service, commands] = await Promise.all([machine.deps.flow.get(), import('../../flow/triggers/commands')]);
	const verbs = { turnOn: commands.turnOnTrigger, turnOff: commands.turnOffTrigger, run: commands.runTrigger };
	await verbs[verb](service, target);
}
