import * as vscode from 'vscode';
import { CancelledError, ExpectedError, errorText } from '../../core/base/errors';
import type { Disposable } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';
import {
	commandIds,
	flowCommandIds,
	internalCommandIds,
	type CommandId,
	type ContextKey,
	type FlowCommandId,
	type InternalCommandId,
} from './ids';
import { unlinked } from './unlinked';

/** Commands that an error, an obstacle or a notice may offer, beside our own. */
const foreignActions: readonly string[] = [
	'workbench.trust.manage',
	'workbench.action.openSettings',
	'workbench.action.files.openFolder',
	'workbench.action.reloadWindow',
];

/** Registers commands so that every failure is shown, logged, and offers what helps. */
export class Commands {
	readonly #log: Logger;

	constructor(log: Logger) {
		this.#log = log;
	}

	register(id: CommandId | FlowCommandId | InternalCommandId, run: (...args: never[]) => unknown): Disposable {
		return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
			try {
				return await (run as (...all: unknown[]) => unknown)(...args);
			} catch (error) {
				await this.showFailure(error);
				return undefined;
			}
		});
	}

	/** Shows a failure as a notification with its actions; a cancellation is not a failure. */
	async showFailure(error: unknown): Promise<void> {
		if (error instanceof CancelledError) return;
		const isExpected = error instanceof ExpectedError;
		this.#log.error(error instanceof Error ? error : errorText(error));
		const actions = isExpected ? error.actions : [];
		const text = isExpected ? error.message : `Quarterdeck hit an unexpected problem: ${errorText(error)}`;
		const titles = [...actions.map(action => action.title), 'Show Output'];
		const picked = await vscode.window.showErrorMessage(unlinked(text), ...titles);
		if (picked === undefined) return;
		const action = actions.find(candidate => candidate.title === picked);
		await this.run(action?.command ?? 'quarterdeck.showOutput', action?.args ?? []);
	}

	/** Runs an action that was offered to the user; any command that is not on our list is refused. */
	async run(command: string, args: readonly unknown[] = []): Promise<void> {
		if (command === 'quarterdeck.openUrl') {
			const url = String(args[0]);
			if (!url.startsWith('https://')) throw new ExpectedError('bad-link', `'${url}' is not a web page.`);
			await vscode.env.openExternal(vscode.Uri.parse(url, true));
			return;
		}
		const own: readonly string[] = [...commandIds, ...flowCommandIds, ...internalCommandIds];
		if (!own.includes(command) && !foreignActions.includes(command))
			throw new ExpectedError('unknown-action', `'${command}' is not an action that Quarterdeck offers.`);
		await vscode.commands.executeCommand(command, ...args);
	}
}

/** Sets a context key that `when` clauses read. */
export function setContext(key: ContextKey, value: boolean): void {
	void vscode.commands.executeCommand('setContext', key, value);
}
