import * as vscode from 'vscode';
import { DisposableStore } from '../../core/base/lifecycle';
import { emptyFlow, type Flow } from '../../core/flow/model/flow';
import { printFlow } from '../../core/flow/model/print';
import { slugOf } from '../../core/flow/model/slugs';
import { flowEditorType, type CommandId } from '../host/ids';
import { projectFolder } from '../host/workspace';
import { freeFile } from './files';

const openTemplates: CommandId = 'quarterdeck.flows.openTemplates';

/** Asks for a name, writes a flow with a beginning and an end, and opens it; or goes to the templates. */
export async function newFlow(folder?: vscode.Uri): Promise<void> {
	const parent = folder ?? vscode.Uri.file(projectFolder());
	const templates = { iconPath: new vscode.ThemeIcon('library'), tooltip: 'Start From a Template' };
	const answer = await askName({
		title: 'New Flow',
		prompt: 'What is it called? The button above starts from a template instead.',
		placeholder: 'Review my changes',
		value: '',
		buttons: [templates],
	});
	if (answer === templates) await vscode.commands.executeCommand(openTemplates);
	else if (typeof answer === 'string') await createFlow(parent, minimalFlow(answer));
}

/** Writes a flow into a file of its own, beside what is there, and opens it. */
export async function createFlow(folder: vscode.Uri, flow: Flow): Promise<void> {
	const file = await freeFile(folder, flow.id);
	await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(printFlow(flow)));
	await vscode.commands.executeCommand('vscode.openWith', file, flowEditorType);
}

export interface NameQuestion {
	readonly title: string;
	readonly prompt: string;
	readonly placeholder?: string;
	readonly value: string;
	readonly buttons?: readonly vscode.QuickInputButton[];
}

/** A name for a flow, the button that was pressed instead, or `undefined` when the user changed their mind. */
export function askName(question: NameQuestion): Promise<string | vscode.QuickInputButton | undefined> {
	const store = new DisposableStore();
	const input = store.add(vscode.window.createInputBox());
	const { title, prompt, placeholder = '', value, buttons = [] } = question;
	Object.assign(input, { title, prompt, placeholder, value, buttons: [...buttons], ignoreFocusOut: true });
	return new Promise(resolve => {
		const end = (answer?: string | vscode.QuickInputButton): void => {
			resolve(answer);
			store.dispose();
		};
		store.add(input.onDidChangeValue(() => (input.validationMessage = undefined)));
		store.add(input.onDidTriggerButton(end));
		store.add(input.onDidHide(() => end()));
		store.add(
			input.onDidAccept(() => {
				const name = input.value.trim();
				if (name === '') input.validationMessage = 'Give it a name.';
				else end(name);
			}),
		);
		input.show();
	});
}

function minimalFlow(name: string): Flow {
	return {
		...emptyFlow(slugOf(name, 'flow'), name),
		nodes: { start: { type: 'trigger.manual@1' }, result: { type: 'flow.output@1' } },
		edges: [{ from: 'start', output: 'at', to: 'result', input: 'value' }],
		layout: { start: { x: 0, y: 0 }, result: { x: 320, y: 0 } },
	};
}
