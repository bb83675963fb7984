import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { systemProcessTable } from '../../core/process/processTable';
import { ProcessSupervisor } from '../../core/process/supervisor';
import { Watchdog } from '../../core/process/watchdog';
import type { Host } from './context';

/** The one supervisor of this window: every child process is started, watched and ended by it. */
export function startSupervisor({ context, log }: Host): ProcessSupervisor {
	const table = systemProcessTable();
	const watchdog = new Watchdog({ entry: context.asAbsolutePath(join('dist', 'workers', 'watchdog.js')), logger: log });
	const folder = join(context.globalStorageUri.fsPath, 'processes');
	const supervisor = new ProcessSupervisor({ folder, table, watchdog, logger: log });
	if (vscode.workspace.isTrusted) reap(supervisor, log);
	return supervisor;
}

/** Ends what a killed window left behind. */
function reap(supervisor: ProcessSupervisor, log: Host['log']): void {
	supervisor.reap().then(
		report => {
			for (const { label, pid } of report.ended) log.info(`Ended a leftover process: ${label} (${pid})`);
		},
		error => log.warn(errorText(error)),
	);
}
