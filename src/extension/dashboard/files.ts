import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { limits, type Dashboard } from '../../core/dashboard/dashboard';
import { longestFile, parseDashboard, printDashboard } from '../../core/dashboard/dashboardFile';
import { askText } from '../host/askText';
import { unlinked } from '../host/unlinked';
import { saveText } from '../ledger/saveText';
import type { DashboardStore } from './store';

/** Asks where to, and writes the dashboard there. */
export async function exportDashboard(dashboard: Dashboard): Promise<void> {
	const name = dashboard.name
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
		.replaceAll(/^-+|-+$/g, '');
	const file = await saveText(`${name || 'dashboard'}.dashboard.json`, printDashboard(dashboard), {
		Dashboard: ['dashboard.json', 'json'],
	});
	if (file) void vscode.window.showInformationMessage(unlinked(`“${dashboard.name}” is in ${file.fsPath}.`));
}

/** Asks for a file and adds what it holds. `undefined` when the user cancels. */
export async function importDashboard(store: DashboardStore): Promise<Dashboard | undefined> {
	const picked = await vscode.window.showOpenDialog({
		filters: { Dashboard: ['json'] },
		openLabel: 'Import',
		canSelectMany: false,
	});
	const file = picked?.[0];
	if (!file) return undefined;
	const { size } = await vscode.workspace.fs.stat(file);
	if (size > longestFile) throw new ExpectedError('bad-file', 'The file is larger than any dashboard: over 1 MB.');
	const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
	const taken = store.all.map(({ name }) => name);
	const dashboard = parseDashboard(text.replace(/^\uFEFF/, ''), taken);
	await store.save(dashboard);
	return dashboard;
}

/** A name from the user; `undefined` when they cancel. */
export async function askName(value: string): Promise<string | undefined> {
	const name = await askText({
		title: 'Name of the dashboard',
		value,
		validateInput: text => {
			if (text.trim() === '') return 'It needs a name.';
			return text.trim().length > limits.name ? `At most ${limits.name} characters.` : undefined;
		},
	});
	return name?.trim();
}
