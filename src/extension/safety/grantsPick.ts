import * as vscode from 'vscode';
import { DisposableStore } from '../../core/base/lifecycle';
import type { Grant, Grants } from '../../core/safety/grants';
import { grantLine } from '../../core/safety/views';

interface GrantPick extends vscode.QuickPickItem {
	readonly grant?: Grant;
}

const revoke: vscode.QuickInputButton = {
	iconPath: new vscode.ThemeIcon('trash'),
	tooltip: 'Take this permission back',
};

/** Lists the standing permissions; each can be taken back by its button or by Enter. */
export function showGrants(grants: Grants, askerOf: (grant: Grant) => string): void {
	const store = new DisposableStore();
	const pick = store.add(vscode.window.createQuickPick<GrantPick>());
	const fill = (): void => {
		const items = grants.list().map(grant => ({ ...grantLine(grant, askerOf), grant, buttons: [revoke] }));
		pick.items =
			items.length > 0 ? items : [{ label: 'No standing permissions', description: 'every call is asked for' }];
	};
	const take = (item: GrantPick | undefined): void => {
		if (item?.grant) grants.revoke(item.grant.id);
		else pick.hide();
	};
	pick.title = 'Standing Permissions';
	pick.placeholder = 'Choose one to take it back';
	pick.matchOnDescription = true;
	fill();
	store.add(grants.onDidChange(fill));
	store.add(pick.onDidTriggerItemButton(({ item }) => take(item)));
	store.add(pick.onDidAccept(() => take(pick.selectedItems[0])));
	store.add(pick.onDidHide(() => store.dispose()));
	pick.show();
}
