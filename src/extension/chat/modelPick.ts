import * as vscode from 'vscode';
import type { ModelGroup } from '../../core/chat/protocol';

interface ModelItem extends vscode.QuickPickItem {
	readonly model?: string;
}

/** Lets the user pick a model of any provider; `undefined` when they do not. */
export async function pickModel(groups: readonly ModelGroup[], current: string): Promise<string | undefined> {
	const items = groups.flatMap<ModelItem>(group => [
		{ label: group.label, kind: vscode.QuickPickItemKind.Separator },
		...(group.problem ? [{ label: '$(warning)', description: group.problem.text }] : []),
		...group.models.map(({ value, label, description }) => ({
			label: value === current ? `$(check) ${label}` : label,
			description,
			model: value,
		})),
	]);
	const picked = await vscode.window.showQuickPick(items, {
		placeHolder: 'The model that answers this conversation',
		matchOnDescription: true,
	});
	return picked?.model;
}
