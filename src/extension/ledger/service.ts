import { join } from 'node:path';
import * as vscode from 'vscode';
import { newId, type HostId } from '../../core/base/ids';
import { LedgerClient } from '../../core/ledger/client';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';
import { WorkerPort } from '../host/workerHost';

/** Opens the ledger that all windows share. Nothing is written before the first event. */
export function openLedger(host: Host, folder: string): LedgerClient {
	const { context, settings, log, clock } = host;
	const retention = (): { days: number; megabytes: number } => ({
		days: settings.get('ledger.retentionDays'),
		megabytes: settings.get('ledger.retentionMb'),
	});
	const ledger = new LedgerClient({
		folder,
		host: newId<HostId>(),
		version: String((context.extension.packageJSON as { version: unknown }).version),
		retention: retention(),
		startWorker: () => new WorkerPort(context.asAbsolutePath(join('dist', 'workers', 'ledger.js')), log),
		clock,
		log,
	});
	context.subscriptions.push(
		settings.onDidChange(keys => {
			if (keys.has('ledger.retentionDays') || keys.has('ledger.retentionMb'))
				ledger.setRetention(retention()).catch((error: unknown) => log.warn(String(error)));
		}),
		ledger.onDidChangeState(wait => {
			if (wait) warnAboutDisk(wait.reason);
		}),
	);
	return ledger;
}

/** Said once each time it begins; the trees show that events wait for as long as it lasts. */
function warnAboutDisk(reason: string): void {
	void vscode.window
		.showWarningMessage(
			unlinked(
				`Quarterdeck cannot write its ledger: ${reason} What happens now is kept in memory and written as soon as that is possible.`,
			),
			'Show Ledger Health',
		)
		.then(picked => {
			if (picked) void vscode.commands.executeCommand('quarterdeck.ledger.showHealth');
		});
}
