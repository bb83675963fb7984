import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';

/** Rejects in a workspace that is not trusted. @param what happens: `Flows run` */
export function requireTrust(what: string): void {
	if (vscode.workspace.isTrusted) return;
	throw new ExpectedError('untrusted', `${what} in trusted workspaces only.`, {
		actions: [{ title: 'Manage Trust', command: 'workbench.trust.manage' }],
	});
}
