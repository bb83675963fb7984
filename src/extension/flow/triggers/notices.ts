import * as vscode from 'vscode';
import type { NodeId } from '../../../core/flow/model/flow';
import type { TriggerNotice } from '../../../core/flow/triggers/triggers';
import type { Host } from '../../host/context';
import { unlinked } from '../../host/unlinked';

/** What can be done about it. */
export interface TriggerSwitch {
	turnOn(uri: vscode.Uri, node: NodeId): Promise<void>;
	turnOff(uri: vscode.Uri, node: NodeId): Promise<void>;
}

/** Tells what a trigger did not do, or did badly, to whoever comes back. */
export async function tellTrigger(host: Host, triggers: TriggerSwitch, notice: TriggerNotice): Promise<void> {
	const { armed } = notice;
	const uri = vscode.Uri.file(armed.file);
	const actions = {
		'Turn On Again': () => triggers.turnOn(uri, armed.node),
		'Turn Off': () => triggers.turnOff(uri, armed.node),
		Show: () => vscode.commands.executeCommand('quarterdeck.flows.reveal', uri.toString(), armed.node),
	};
	const [text, offered] = wordsOf(notice);
	const picked = await vscode.window.showWarningMessage(unlinked(text), ...offered);
	if (picked === undefined) return;
	try {
		await actions[picked]();
	} catch (error) {
		await host.commands.showFailure(error);
	}
}

function wordsOf(notice: TriggerNotice): readonly [string, readonly ('Turn On Again' | 'Turn Off' | 'Show')[]] {
	const who = `The trigger “${notice.title}” of the flow “${notice.flow}”`;
	switch (notice.kind) {
		case 'failed':
			return [`A run that ${lower(who)} started has failed. ${notice.last.error ?? ''}`, ['Show', 'Turn Off']];
		case 'refused':
			return [`${who} started nothing. ${notice.reason}`, ['Show', 'Turn Off']];
		case 'changed':
			return [`${who} has changed since you turned it on, so it does not fire.`, ['Show', 'Turn On Again', 'Turn Off']];
		default:
			return [`${who} is not there any more, so nothing fires it.`, ['Turn Off']];
	}
}

function lower(text: string): string {
	return `${text[0]!.toLowerCase()}${text.slice(1)}`;
}
