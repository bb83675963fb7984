import * as vscode from 'vscode';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { ExecutionId } from '../../core/base/ids';
import type { RepairRef } from '../../core/health/views/repairNodes';
import { refusalSentence, type RepairOutcome } from '../../core/monitors/repairer';
import type { MonitorNotice, Suggestion } from '../../core/monitors/monitors';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';

/** What the notices can have done. */
export interface MonitorActions {
	allow(key: string, runbook: string): Promise<RepairOutcome>;
	decline(key: string): void;
	/** What could be done now, and why what could not. */
	suggestions(): Promise<readonly Suggestion[]>;
	/** What is wrong, also where nothing can be done about it. */
	readonly wrong: readonly string[];
	readonly level: number;
}

/** What comes together is told together. */
const gatherMs = 400;
const showWhy = 'Show Why';
const notNow = 'Not Now';
const showExecution = 'Show Execution';

/** Tells what could be repaired, what was and what was not. */
export class MonitorNotices extends Owner {
	readonly #host: Host;
	readonly #actions: MonitorActions;
	readonly #gathering = this.own(new MutableDisposable<Disposable>());
	#waiting: Suggestion[] = [];

	constructor(host: Host, actions: MonitorActions) {
		super();
		this.#host = host;
		this.#actions = actions;
	}

	/** A repair that could be made. */
	suggest(suggestion: Suggestion): void {
		this.#waiting.push(suggestion);
		if (this.#waiting.length > 1) return;
		this.#gathering.value = this.#host.clock.after(gatherMs, () => {
			const all = this.#waiting;
			this.#waiting = [];
			void this.#guard(async () => (all.length === 1 ? this.#suggestOne(all[0]!) : this.#suggestMany(all)));
		});
	}

	/** What was done without anybody's click. */
	tell({ kind, text, execution }: MonitorNotice): void {
		const show = kind === 'fixed' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
		void this.#guard(async () => {
			const picked = await show(unlinked(text), ...(execution === null ? [] : [showExecution]));
			if (picked !== undefined && execution !== null) await openExecution(execution);
		});
	}

	/** A list of what could be done. */
	async list(): Promise<void> {
		const { wrong, level } = this.#actions;
		const suggestions = await this.#actions.suggestions();
		if (suggestions.length === 0) {
			const nothing =
				wrong.length === 0
					? 'Nothing that is watched is wrong.'
					: `${wrong.join(' ')} Nothing can be done about it from here.`;
			const observed = level === 0 ? ' The autonomy level is 0, so nothing would be repaired.' : '';
			void vscode.window.showInformationMessage(unlinked(`${nothing}${observed}`));
			return;
		}
		const items = suggestions.map(suggestion => ({
			label: suggestion.obstacle === null ? `$(wrench) ${suggestion.title}` : `$(circle-slash) ${suggestion.title}`,
			description: suggestion.incident.name,
			detail: suggestion.obstacle ?? suggestion.text,
			suggestion,
		}));
		const picked = await vscode.window.showQuickPick(items, {
			title: 'Suggested Repairs',
			placeHolder: 'What shall be done?',
			matchOnDetail: true,
		});
		if (picked) await this.#allow(picked.suggestion);
	}

	/** Does what a row of the view of alerts offers. */
	async run({ key, runbook }: RepairRef): Promise<void> {
		const all = await this.#actions.suggestions();
		const suggestion = all.find(each => each.incident.key === key && each.runbook === runbook);
		if (suggestion) await this.#allow(suggestion);
		else void vscode.window.showInformationMessage('It is over already, and nothing was done.');
	}

	async #suggestOne(suggestion: Suggestion): Promise<void> {
		const { text, verb, incident } = suggestion;
		const picked = await vscode.window.showWarningMessage(unlinked(text), verb, showWhy, notNow);
		if (picked === verb) await this.#allow(suggestion);
		else if (picked === showWhy) await this.#showWhy(suggestion);
		else if (picked === notNow) this.#actions.decline(incident.key);
	}

	async #suggestMany(all: readonly Suggestion[]): Promise<void> {
		const text = `${all.map(({ title }) => title).join(', ')}: these repairs are suggested.`;
		const show = 'Show';
		const picked = await vscode.window.showWarningMessage(unlinked(text), show, notNow);
		if (picked === show) await this.list();
		else if (picked === notNow) for (const { incident } of all) this.#actions.decline(incident.key);
	}

	async #showWhy(suggestion: Suggestion): Promise<void> {
		const { incident, title, verb } = suggestion;
		const detail = [
			`Seen: ${incident.evidence}`,
			`Since: ${new Date(incident.since).toLocaleString()}`,
			'Before it is done, the kill switch, the autonomy level, the number of attempts, other repairs, the cool-down and the gate are asked. Afterwards it is looked at again, and all of it is an execution in the ledger.',
		].join('\n\n');
		const go = { title: verb };
		const later = { title: notNow, isCloseAffordance: true };
		const picked = await vscode.window.showInformationMessage(`${title}?`, { modal: true, detail }, go, later);
		if (picked === go) await this.#allow(suggestion);
	}

	async #allow({ incident, runbook, title }: Suggestion): Promise<void> {
		const outcome = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Window, title: `${title}…` },
			() => this.#actions.allow(incident.key, runbook),
		);
		// Whoever reads it has seen it: nobody waits.
		void this.#guard(() => tellOutcome(title, outcome));
	}

	async #guard(run: () => Promise<unknown>): Promise<void> {
		try {
			await run();
		} catch (error) {
			// When the window closes, VS Code rejects what was still asked.
			if (this.isDisposed || (error instanceof Error && error.name === 'Canceled')) return;
			await this.#host.commands.showFailure(error);
		}
	}
}

async function tellOutcome(title: string, outcome: RepairOutcome): Promise<void> {
	switch (outcome.kind) {
		case 'fixed':
			return showWith(vscode.window.showInformationMessage, outcome.words, outcome.execution);
		case 'failed':
			return showWith(vscode.window.showWarningMessage, `${title} failed. ${outcome.why}`, outcome.execution);
		case 'refused':
			return tellRefusal(title, outcome);
		case 'gone':
			void vscode.window.showInformationMessage(unlinked(`${title}: it is over already, and nothing was done.`));
			return undefined;
		default:
			void vscode.window.showInformationMessage(unlinked(`${title} was stopped.`));
			return undefined;
	}
}

async function tellRefusal(title: string, outcome: Extract<RepairOutcome, { kind: 'refused' }>): Promise<void> {
	const text = `${title}: ${refusalSentence(outcome)}`;
	const offers: Readonly<Record<string, readonly [string, string, ...unknown[]]>> = {
		killSwitch: ['Turn Off Kill Switch', 'quarterdeck.monitors.toggleKillSwitch'],
		autonomy: ['Open Setting', 'workbench.action.openSettings', 'quarterdeck.autonomy'],
	};
	const offer = Object.hasOwn(offers, outcome.guardrail) ? offers[outcome.guardrail] : undefined;
	const picked = await vscode.window.showWarningMessage(unlinked(text), ...(offer ? [offer[0]] : []));
	if (picked !== undefined && offer) await vscode.commands.executeCommand(offer[1], ...offer.slice(2));
}

async function showWith(
	show: (text: string, ...items: string[]) => Thenable<string | undefined>,
	text: string,
	execution: ExecutionId,
): Promise<void> {
	if ((await show(unlinked(text), showExecution)) !== undefined) await openExecution(execution);
}

async function openExecution(execution: ExecutionId): Promise<void> {
	await vscode.commands.executeCommand('quarterdeck.executions.open', execution);
}
