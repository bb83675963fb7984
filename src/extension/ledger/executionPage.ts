import * as vscode from 'vscode';
import { z } from 'zod';
import type { ExecutionId } from '../../core/base/ids';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { ExecutionPageContract, ExecutionPageView, StepPart } from '../../core/ledger/pageProtocol';
import type { Ledger } from '../../core/ledger/queries';
import { oneLine } from '../../core/ledger/views/viewNode';
import { serve, type Handlers } from '../../core/rpc/rpc';
import type { ChatActions } from '../chat/actions';
import type { FlowActions } from '../flow/actions';
import type { Host } from '../host/context';
import type { WebviewPort } from '../host/webviewHost';
import { copyExecution, isRunningHere, readExecution, stopExecution, type Runners } from './commands';
import { Refresher } from './refresher';
import { saveText } from './saveText';
import { isJson, readStepText, stepUri } from './stepText';

const noticeInterval = 250;

const action = z.object({ title: z.string(), command: z.string(), args: z.array(z.unknown()).optional() });
const saved = z.object({ suggestedName: z.string().max(200), text: z.string() });

export interface ExecutionPageDeps {
	readonly host: Host;
	readonly ledger: Ledger;
	readonly chat: ChatActions;
	readonly flows: FlowActions;
}

/** The tab's title. */
export function pageTitle(title: string): string {
	return oneLine(title, 40) || 'Execution';
}

/** Answers the page of one execution, and tells it when that has changed. */
export function connectExecutionPage(
	id: ExecutionId,
	port: WebviewPort,
	panel: vscode.WebviewPanel,
	deps: ExecutionPageDeps,
): Disposable {
	const store = new DisposableStore();
	const { host, ledger } = deps;
	let shown: ExecutionPageView | null = null;
	const onView = (view: ExecutionPageView): void => {
		shown = view;
		panel.title = pageTitle(view.execution.title);
	};
	const server = store.add(serve<ExecutionPageContract>(port, handlers(deps, onView)));
	const notice = store.add(
		new Refresher(host.clock, noticeInterval, () => {
			server.emit('changed', null);
			return Promise.resolve();
		}),
	);
	store.add(
		ledger.onDidChange(change => {
			const conversation = shown?.conversation?.id;
			const isRenamed = conversation !== undefined && change.conversations.includes(conversation);
			if (change.executions.includes(id) || isRenamed) notice.request();
		}),
	);
	return store;
}

function handlers(deps: ExecutionPageDeps, onView: (view: ExecutionPageView) => void): Handlers<ExecutionPageContract> {
	const { host, ledger, chat } = deps;
	return {
		execution: async ({ id }) => {
			const view = await readView(ledger, deps, id);
			if (view) onView(view);
			return view;
		},
		stepText: params => ledger.query('stepText', params),
		copyStepText: async at => vscode.env.clipboard.writeText(await readStepText(ledger, at)),
		openStepText: at => openStepText(ledger, at),
		copyText: async ({ text }) => vscode.env.clipboard.writeText(text),
		copySummary: ({ id }) => copyExecution(ledger, id, host.clock.now()),
		saveText: async params => {
			const { suggestedName, text } = saved.parse(params);
			return (await saveText(suggestedName, text, { Log: ['log', 'txt'] })) !== undefined;
		},
		openConversation: ({ conversation }) => chat.reveal(conversation),
		stop: ({ id }) => stopExecution(deps, id),
		runAction: async params => {
			const { command, args } = action.parse(params);
			await host.commands.run(command, args ?? []);
		},
	};
}

async function readView(ledger: Ledger, runners: Runners, id: ExecutionId): Promise<ExecutionPageView | null> {
	const detail = await ledger.query('execution', { id });
	if (!detail) return null;
	const { conversation: of } = detail.execution;
	const row = of === null ? null : await ledger.query('conversation', { id: of });
	const conversation = row && { id: row.id, title: row.title };
	return { ...detail, conversation, isRunningHere: isRunningHere(runners, id) };
}

async function openStepText(ledger: Ledger, at: StepPart): Promise<void> {
	const head = await readStepText(ledger, at);
	const uri = stepUri({ name: await stepName(ledger, at) }, at, isJson(head));
	await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

async function stepName(ledger: Ledger, at: StepPart): Promise<string> {
	const { execution } = at;
	const detail = await readExecution(ledger, execution);
	return detail.steps.find(step => step.id === at.step)?.name ?? 'step';
}
