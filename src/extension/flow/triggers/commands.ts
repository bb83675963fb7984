import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import type { Flow, NodeId } from '../../../core/flow/model/flow';
import { triggersOf } from '../../../core/flow/triggers/spec';
import { canTurnOn, isTurnedOn, triggerFacts, type TriggerView } from '../../../core/flow/triggers/triggerView';
import { triggerOfRow } from '../../../core/flow/views/flowsTree';
import { unlinked } from '../../host/unlinked';
import { TreeRow } from '../../ledger/treeRow';
import { flowSuffix, readFlow } from '../files';
import { fileOf } from '../runs';
import type { FlowService } from '../service';
import { outputsOf } from './askTrigger';

/** What the commands take from the service. */
export type TriggerParts = Pick<FlowService, 'host' | 'triggers' | 'documents' | 'runs' | 'world' | 'pagesOf'>;

interface Target {
	readonly uri: vscode.Uri;
	readonly node: NodeId;
}

const mostFlows = 500;

export async function turnOnTrigger(service: TriggerParts, argument: unknown): Promise<void> {
	const target = await targetOf(service, argument, 'Turn On Trigger', canTurnOn);
	if (!target) return;
	await service.triggers.turnOn(target.uri, target.node);
	// The node itself says all of it.
	if (service.pagesOf(target.uri).some(({ panel }) => panel.visible)) return;
	const view = await viewOf(service, target);
	const buttons = view.kind === 'webhook' ? (['Copy as curl', 'Turn Off'] as const) : (['Turn Off'] as const);
	const when = triggerFacts({ ...view, last: null }, service.host.clock.now());
	const doubt = view.text === '' ? '' : ` ${view.text}`;
	const text = `“${view.title}” is ${when}, while VS Code has this workspace open: ${view.about}.${doubt} It starts what the flow says then, at most ${view.maxPerHour} times an hour.`;
	// Whoever turned it on has seen it in the meantime: nobody waits for this.
	void vscode.window.showInformationMessage(unlinked(text), ...buttons).then(async picked => {
		if (picked === 'Turn Off') await turnOffTrigger(service, target);
		else if (picked) await copyCurl(service, target);
	}, service.host.log.error.bind(service.host.log));
}

export async function turnOffTrigger(service: TriggerParts, argument: unknown): Promise<void> {
	const target = await targetOf(service, argument, 'Turn Off Trigger', isTurnedOn);
	if (target) await service.triggers.turnOff(target.uri, target.node);
}

export async function turnOffAllTriggers({ triggers }: TriggerParts): Promise<void> {
	const count = await triggers.turnOffAll();
	const text = count === 0 ? 'No trigger was on.' : `${count} ${count === 1 ? 'trigger is' : 'triggers are'} off now.`;
	void vscode.window.showInformationMessage(unlinked(text));
}

function isHook(view: TriggerView): boolean {
	return view.kind === 'webhook' && isTurnedOn(view);
}

export async function copyCurl(service: TriggerParts, argument: unknown): Promise<void> {
	const target = await targetOf(service, argument, 'Copy Webhook as curl', isHook);
	if (!target) return;
	const curl = await service.triggers.curlOf(target.uri, await flowOf(service, target.uri), target.node);
	await vscode.env.clipboard.writeText(curl);
	void vscode.window.showInformationMessage('The call is on the clipboard. It holds the token of the webhook.');
}

/** Runs a flow as one of its triggers would, with what that would give. */
export async function runTrigger(service: TriggerParts, argument: unknown): Promise<void> {
	const target = await targetOf(service, argument, 'Run Trigger Now', () => true);
	if (!target) return;
	const { uri, node } = target;
	if (service.runs.book.liveOf(fileOf(uri)))
		throw new ExpectedError('run-goes-on', 'A run of this flow goes on. Stop it first, or wait for its end.');
	const flow = await flowOf(service, uri);
	const spec = triggersOf(flow, service.world.catalog).find(each => each.node === node);
	if (!spec) throw new ExpectedError('no-trigger', `The flow has no trigger '${node}' (any more).`);
	if (spec.problem !== null) throw new ExpectedError('bad-trigger', `“${spec.title}”: ${spec.problem}`);
	const outputs = await outputsOf(uri, spec, service.host.clock.now());
	if (!outputs) return;
	await service.runs.startFlow({ uri, flow, scope: { kind: 'all' }, withLastInputs: false, by: { node, outputs } });
}

/** What a command was called for: a row of the view, a node of a page, or what the user picks. */
async function targetOf(
	service: TriggerParts,
	argument: unknown,
	title: string,
	isWanted: (view: TriggerView) => boolean,
): Promise<Target | undefined> {
	if (isTarget(argument)) return argument;
	const row = argument instanceof TreeRow ? triggerOfRow(argument.node.id) : undefined;
	if (row) return { uri: vscode.Uri.parse(row.uri, true), node: row.node };
	const files = await vscode.workspace.findFiles(`**/*${flowSuffix}`, '**/node_modules/**', mostFlows);
	const now = service.host.clock.now();
	const found = await Promise.all(
		files.map(async uri => {
			// What cannot be read has no triggers to choose from.
			const flow = await flowOf(service, uri).catch(() => undefined);
			if (!flow) return [];
			return service.triggers
				.viewsOf(uri, flow)
				.filter(isWanted)
				.map(view => ({
					label: view.title,
					description: `${flow.name} · ${triggerFacts(view, now)}`,
					detail: view.about,
					target: { uri, node: view.node },
				}));
		}),
	);
	const choices = found.flat();
	if (choices.length === 0) throw new ExpectedError('no-trigger', 'No flow of this workspace has such a trigger.');
	return (await vscode.window.showQuickPick(choices, { title, placeHolder: 'Which one?' }))?.target;
}

function isTarget(value: unknown): value is Target {
	return (
		typeof value === 'object' && value !== null && 'uri' in value && 'node' in value && value.uri instanceof vscode.Uri
	);
}

async function viewOf(service: TriggerParts, { uri, node }: Target): Promise<TriggerView> {
	const view = service.triggers.viewsOf(uri, await flowOf(service, uri)).find(each => each.node === node);
	if (!view) throw new ExpectedError('no-trigger', `The flow has no trigger '${node}' (any more).`);
	return view;
}

function flowOf({ documents }: TriggerParts, uri: vscode.Uri): Promise<Flow> {
	const open = documents.find(uri)?.sync;
	return open ? Promise.resolve(open.flow) : readFlow(uri);
}
