import * as vscode from 'vscode';
import { isLoopback } from '../../core/providers/connection';

export interface KeyQuestion {
	readonly label: string;
	/** Where to get one. */
	readonly keyUrl: string | undefined;
	readonly baseUrl: string;
	/** One is set already. */
	readonly has: boolean;
	/** An empty answer means that none is needed. */
	readonly isOptional?: boolean;
}

/** Asks for a key, which is never shown. `undefined`: the user went away. Empty: none is wanted. */
export function askKey({ label, keyUrl, baseUrl, has, isOptional }: KeyQuestion): Promise<string | undefined> {
	const input = vscode.window.createInputBox();
	const open: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('link-external'), tooltip: 'Get a Key' };
	const isOpen = baseUrl.startsWith('http:') && !isLoopback(baseUrl);
	input.title = `Key for ${label}`;
	input.password = true;
	input.ignoreFocusOut = true;
	input.placeholder = isOptional ? 'Leave it empty if the server wants none' : 'Paste the key';
	input.prompt = [
		'It is kept in the secret storage of this machine and sent to this provider alone.',
		has ? 'It takes the place of the one that is set; an empty one deletes it.' : '',
		isOpen ? 'The connection is not encrypted: the key can be read on its way.' : '',
	]
		.filter(Boolean)
		.join(' ');
	if (keyUrl) input.buttons = [open];
	return new Promise(resolve => {
		input.onDidTriggerButton(() => {
			if (keyUrl) void vscode.env.openExternal(vscode.Uri.parse(keyUrl, true));
		});
		input.onDidAccept(() => {
			const value = input.value.trim();
			if (value === '' && !has && !isOptional) {
				input.validationMessage = `${label} needs a key.`;
				return;
			}
			if (/\s/.test(value)) {
				input.validationMessage = 'A key holds no spaces and no line breaks.';
				return;
			}
			resolve(value);
			input.hide();
		});
		input.onDidHide(() => {
			resolve(undefined);
			input.dispose();
		});
		input.show();
	});
}
