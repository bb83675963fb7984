import * as vscode from 'vscode';
import { Owner } from '../../core/base/lifecycle';
import type { AlertBook } from '../../core/health/alerts/alertBook';
import { StormGuard, stormText } from '../../core/health/alerts/storm';
import type { Alert } from '../../core/ledger/machineEvents';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';

const snoozeMinutes = 60;
const longSnoozeMinutes = 240;

/** Tells of alerts: once, together, with the cause and what can be done. */
export class Notifier extends Owner {
	readonly #host: Host;
	readonly #book: AlertBook;
	readonly #send: (alerts: readonly Alert[]) => void;
	#isToldElsewhere: (alert: Alert) => Promise<boolean> = () => Promise.resolve(false);

	constructor(host: Host, book: AlertBook, send: (alerts: readonly Alert[]) => void) {
		super();
		this.#host = host;
		this.#book = book;
		this.#send = send;
		const storm = this.own(new StormGuard(host.clock, alerts => this.#tell(alerts)));
		this.own(book.onDidRaise(alert => storm.add(alert)));
		this.own(book.onDidSettle(alert => storm.drop(alert.id)));
	}

	/** Leaves alerts to somebody who tells of the same thing with more to do about it. */
	leave(isToldElsewhere: (alert: Alert) => Promise<boolean>): void {
		this.#isToldElsewhere = isToldElsewhere;
	}

	#tell(alerts: readonly Alert[]): void {
		this.#send(alerts);
		void this.#show(alerts).catch((error: unknown) => this.#host.commands.showFailure(error));
	}

	async #show(all: readonly Alert[]): Promise<void> {
		const isTold = await Promise.all(all.map(alert => this.#isToldElsewhere(alert)));
		const alerts = all.filter((_, index) => isTold[index] !== true);
		const [first] = alerts;
		if (!first) return;
		const isFlapping = alerts.length === 1 && this.#book.isFlapping(first);
		const minutes = isFlapping ? longSnoozeMinutes : snoozeMinutes;
		const snooze = `Snooze ${minutes / 60} h`;
		const text = alerts.length === 1 ? `${first.title}. ${sentence(first.cause)}` : `${stormText(alerts)}.`;
		const note = isFlapping ? ` ${this.#book.noteOn(first) ?? ''}` : '';
		const isSevere = first.severity === 'high' || first.severity === 'critical';
		const show = isSevere ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
		const picked = await show(unlinked(`${text}${note}`), 'Show', 'Acknowledge', snooze);
		if (picked === 'Show') await vscode.commands.executeCommand('quarterdeck.alerts.show', first.id);
		for (const { id } of picked === 'Acknowledge' || picked === snooze ? alerts : []) {
			if (picked === snooze) this.#book.snooze(id, minutes);
			else this.#book.acknowledge(id);
		}
	}
}

function sentence(text: string): string {
	return /[.!?]$/u.test(text) ? text : `${text}.`;
}
