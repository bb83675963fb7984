import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import { KillSwitch, type KillState } from '../../core/monitors/killSwitch';
import { formatMoment } from '../../core/ledger/views/format';
import { escapeMarkdown } from '../../core/ledger/views/viewNode';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';

/** Shows in every window that the kill switch is on, and tells when it was switched. */
export class KillSwitchItem extends Owner {
	readonly killSwitch: KillSwitch;
	readonly #host: Host;
	readonly #changed = this.own(new Emitter<KillState>());
	readonly onDidChange = this.#changed.event;
	#item: vscode.StatusBarItem | undefined;
	#shown = '';

	constructor(host: Host) {
		super();
		const kill = new KillSwitch(join(host.context.globalStorageUri.fsPath, 'monitors'));
		this.#host = host;
		this.killSwitch = kill;
		const pattern = new vscode.RelativePattern(vscode.Uri.file(kill.folder), kill.fileName);
		const watcher = this.own(vscode.workspace.createFileSystemWatcher(pattern));
		const look = (): void => void this.look();
		for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) this.own(event(look));
		// What a watcher missed is seen by whoever comes back to the window.
		this.own(
			vscode.window.onDidChangeWindowState(({ focused }) => {
				if (focused) look();
			}),
		);
		look();
	}

	/** Switches it, in all windows. */
	async toggle(): Promise<void> {
		const before = await this.killSwitch.read();
		await this.killSwitch.set(!before.isOn, this.#host.clock.now());
		await this.look();
		const text = before.isOn
			? 'The kill switch is off: repairs go as far as the autonomy level lets them.'
			: 'The kill switch is on: nothing is repaired, in any window, until you turn it off.';
		void vscode.window.showInformationMessage(unlinked(text));
	}

	/** Reads the file and shows what it says. */
	async look(): Promise<void> {
		try {
			const state = await this.killSwitch.read();
			if (this.isDisposed || JSON.stringify(state) === this.#shown) return;
			this.#shown = JSON.stringify(state);
			this.#show(state);
			this.#changed.fire(state);
		} catch (error) {
			this.#host.log.error(errorText(error));
		}
	}

	#show({ isOn, why, since }: KillState): void {
		if (!isOn) {
			this.#item?.hide();
			return;
		}
		this.#item ??= this.own(this.#newItem());
		const when = since === null ? '' : ` Since ${formatMoment(since)}.`;
		this.#item.tooltip = new vscode.MarkdownString(
			`**Repairs are off: the kill switch is on.** ${escapeMarkdown(why)}${when}\n\nNothing is repaired in any window. Click to turn it off.`,
		);
		this.#item.accessibilityInformation = {
			label: `Repairs are off: the kill switch is on. ${why} Click to turn it off.`,
			role: 'button',
		};
		this.#item.show();
	}

	#newItem(): vscode.StatusBarItem {
		const item = vscode.window.createStatusBarItem('quarterdeck.killSwitch', vscode.StatusBarAlignment.Right, 89);
		item.name = 'Quarterdeck Kill Switch';
		item.text = '$(circle-slash) Repairs off';
		item.command = 'quarterdeck.monitors.toggleKillSwitch';
		item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
		return item;
	}
}
