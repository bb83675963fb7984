import * as vscode from 'vscode';
import { Owner } from '../../core/base/lifecycle';
import { isDatasetPath } from '../../core/flow/datasets/dataset';
import type { PersonAnswer } from '../../core/flow/editorProtocol';
import type { RunEvent, WaitDetail, WaitKind } from '../../core/flow/engine/events';
import type { LiveRun } from '../../core/flow/runs/liveRun';
import type { InterruptedRun } from '../../core/flow/runs/runBook';
import { askText } from '../host/askText';
import { flowEditorType } from '../host/ids';
import { unlinked } from '../host/unlinked';
import { workspaceFolders } from '../host/workspace';
import { answerOf } from './runHandlers';
import type { FlowPage } from './page';
import type { FlowParts } from './parts';

/** Interrupted runs that are offered by themselves; the others are in the lists of their flows. */
const mostOffers = 3;

/** What notices need of the service. */
export type NoticeParts = FlowParts & { pagesOf(uri: vscode.Uri): readonly FlowPage[] };

/** Tells who is not looking at a flow what its run asks and how it ended, and offers what was cut off. */
export class FlowNotices extends Owner {
	readonly #service: NoticeParts;

	constructor(service: NoticeParts) {
		super();
		this.#service = service;
		const { book } = service.runs;
		this.own(
			book.onDidBegin(run => {
				this.own(run.onEvent(event => void this.#onEvent(run, event)));
				// What it asked before anybody could listen.
				for (const { node, kind, ask } of run.run?.waits ?? []) void this.#ask(run, node, kind, ask);
			}),
		);
		this.own(
			book.onDidEnd(run => {
				// How runs of triggers went, their triggers tell.
				if (run.isOver && !run.isUnattended && !this.#isWatched(run)) void this.#tellEnd(run);
			}),
		);
	}

	/** Offers runs that a window did not get to end. */
	async offerInterrupted(): Promise<void> {
		const { book } = this.#service.runs;
		const folders = workspaceFolders();
		// A test is run again, not gone on with.
		const isWanted = (file: string): boolean => !isDatasetPath(file) && folders.some(folder => file.startsWith(folder));
		const found = await book.interrupted(isWanted);
		await Promise.all(found.slice(0, mostOffers).map(run => this.#offer(run)));
	}

	async #offer({ file, flowName, summary }: InterruptedRun): Promise<void> {
		const { book } = this.#service.runs;
		const text = `A run of the flow “${flowName}” (${summary.title}) was interrupted. What it has finished is kept.`;
		const picked = await vscode.window.showWarningMessage(unlinked(text), 'Resume', 'Discard');
		try {
			if (picked === 'Discard') await book.discard(file, summary.id);
			if (picked !== 'Resume') return;
			await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), flowEditorType);
			await this.#service.world.ready;
			await book.resume(file, summary.id);
		} catch (error) {
			await this.#service.host.commands.showFailure(error);
		}
	}

	async #onEvent(run: LiveRun, event: RunEvent): Promise<void> {
		if (event.type === 'node.waiting' && event.ask && event.for !== 'breakpoint') {
			await this.#ask(run, event.node, event.for, event.ask);
		}
	}

	async #ask(run: LiveRun, node: string, kind: Exclude<WaitKind, 'breakpoint'>, ask: WaitDetail): Promise<void> {
		const name = run.flow.nodes[node]?.name ?? node;
		const text = `${run.flow.name} › ${name}: ${ask.title}`;
		const picked = await vscode.window.showWarningMessage(unlinked(text), ...buttons[kind], 'Show');
		if (picked === undefined) return;
		if (picked === 'Show') return this.#show(run, node);
		const answer = await answerTo(kind, picked, ask);
		if (!answer || run.run?.answer(ask.id, answerOf(answer)) === true) return;
		void vscode.window.showInformationMessage('That had been answered already, or its time was over.');
	}

	async #tellEnd(run: LiveRun): Promise<void> {
		const { status, error } = run.state;
		if (status === 'stopped') return;
		const show = status === 'failed' ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
		const why = error === null ? '' : ` ${error}`;
		const text = `The flow “${run.flow.name}” ${status === 'failed' ? 'failed.' : 'is done.'}${why}`;
		if ((await show(text, 'Show')) === 'Show') await this.#show(run);
	}

	async #show(run: LiveRun, node?: string): Promise<void> {
		const uri = vscode.Uri.file(run.file);
		await vscode.commands.executeCommand('vscode.openWith', uri, flowEditorType);
		if (node !== undefined) for (const page of this.#service.pagesOf(uri)) page.reveal(node);
	}

	#isWatched({ file }: LiveRun): boolean {
		return this.#service.pagesOf(vscode.Uri.file(file)).some(({ panel }) => panel.visible);
	}
}

const buttons: Readonly<Record<Exclude<WaitKind, 'breakpoint'>, readonly string[]>> = {
	approval: ['Approve', 'Refuse'],
	input: ['Answer…'],
	rerun: ['Run It Again', 'Take It as Failed'],
};

async function answerTo(kind: WaitKind, picked: string, ask: WaitDetail): Promise<PersonAnswer | undefined> {
	if (kind === 'approval') return { kind, isApproved: picked === 'Approve', comment: '' };
	if (kind === 'rerun') return { kind, isRun: picked === 'Run It Again' };
	const answers: Record<string, string> = {};
	for (const { question, options } of ask.questions) {
		const answer =
			options.length === 0
				? await askText({ title: ask.title, prompt: question })
				: (
						await vscode.window.showQuickPick(
							options.map(({ label, description }) => ({ label, description })),
							{ title: ask.title, placeHolder: question, ignoreFocusOut: true },
						)
					)?.label;
		if (answer === undefined) return undefined;
		answers[question] = answer;
	}
	return { kind: 'input', answers };
}
