import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { isQuiet, type QuietHours } from '../../core/health/alerts/quietHours';
import { AlertSound } from '../../core/health/alerts/sound';
import type { Alert } from '../../core/ledger/machineEvents';
import type { ProcessSupervisor } from '../../core/process/supervisor';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';

export interface SoundDeps {
	readonly host: Host;
	readonly supervisor: () => Promise<ProcessSupervisor>;
	readonly quietHours: () => QuietHours | null;
	/** Of this window; for tests. */
	readonly platform?: NodeJS.Platform;
	readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The sound of alerts in this window. */
export function newAlertSound({ host, supervisor, quietHours, ...test }: SoundDeps): AlertSound {
	const { clock, settings, context } = host;
	return new AlertSound({
		clock,
		platform: test.platform ?? process.platform,
		environment: test.environment ?? process.env,
		spawn: async () => {
			const running = await supervisor();
			return request => running.spawn(request);
		},
		file: vscode.Uri.joinPath(context.extensionUri, 'media', 'alert.wav').fsPath,
		cwd: homedir(),
		obstacle: soundObstacle,
		// Only the user's own setting: no file of a workspace makes a noise.
		level: () => settings.byPlace('alerts.sound')[0],
		isQuiet: () => isQuiet(quietHours(), clock.now()),
	});
}

/** Sounds once for what is told in one notice. A failure is in the log: nobody is to be disturbed by it as well. */
export function soundFor(sound: AlertSound, alerts: readonly Alert[], { log }: Pick<Host, 'log'>): void {
	if (!sound.isDue(alerts)) return;
	sound.play().catch((error: unknown) => log.warn(`An alert made no sound: ${errorText(error)}`));
}

/** Plays it whatever the setting says, and tells what played it, or why nothing does. */
export async function testSound(sound: AlertSound, { settings }: Host): Promise<void> {
	const player = await sound.play();
	const level = settings.byPlace('alerts.sound')[0];
	const when =
		level === 'off' ? 'Alerts are silent: “Alerts: Sound” is off.' : `Alerts that are ${level} or worse sound so.`;
	const open = 'Open Setting';
	const text = `The sound of alerts was played with ${player}. ${when}`;
	const picked = await vscode.window.showInformationMessage(unlinked(text), open);
	if (picked === open)
		await vscode.commands.executeCommand('workbench.action.openSettings', 'quarterdeck.alerts.sound');
}

function soundObstacle(): string | null {
	if (!vscode.workspace.isTrusted) return 'This folder is not trusted, so nothing is played in its window.';
	const { remoteName, uiKind } = vscode.env;
	if (remoteName !== undefined)
		return `This window works on another machine (${remoteName}), and the sound would be played there, so it is not played.`;
	if (uiKind === vscode.UIKind.Web)
		return 'This window is in a browser, and the sound would be played at the machine that serves it, so it is not played.';
	return null;
}
