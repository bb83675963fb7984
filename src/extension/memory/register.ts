import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { ExpectedError } from '../../core/base/errors';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Ledger } from '../../core/ledger/queries';
import { askText } from '../host/askText';
import type { Host } from '../host/context';
import { panelTypes } from '../host/ids';
import { Panels } from '../host/panels';
import { unlinked } from '../host/unlinked';
import type { MemoryService } from './service';

export interface MemoryDeps {
	readonly ledger: Lazy<Ledger>;
	readonly memory: Lazy<MemoryService>;
}

/** There is one memory, so there is one page of it. */
const identity = 'memory';

/** Registers the memory page and its commands. */
export function registerMemory(host: Host, { ledger, memory: service }: MemoryDeps): Disposable {
	const store = new DisposableStore();
	const panels = store.add(
		new Panels(host.context.extensionUri, {
			viewType: panelTypes.memory,
			surface: 'memory',
			icon: vscode.Uri.joinPath(host.context.extensionUri, 'media', 'quarterdeck.svg'),
			connect: async (_identity, port) => {
				const { connectMemoryPage } = await import('./page');
				return connectMemoryPage(port, { host, ledger: await ledger.get(), service: await service.get() });
			},
		}),
	);
	store.add(host.commands.register('quarterdeck.memory.open', () => panels.show(identity, 'Memory')));
	store.add(host.commands.register('quarterdeck.memory.remember', async () => remember(await service.get())));
	store.add(host.commands.register('quarterdeck.memory.forget', async (id: string) => forget(await service.get(), id)));
	return store;
}

/** Takes back a fact that a conversation shows as learned. */
async function forget({ memory }: MemoryService, id: string): Promise<void> {
	const fact = (await memory.find()).find(row => row.id === id);
	if (!fact) throw new ExpectedError('no-fact', 'That fact is not remembered any more.');
	await memory.forget([fact.id]);
	void vscode.window.showInformationMessage(unlinked(`Forgotten: ${fact.text}`));
}

/** Remembers what the user writes, beginning with what is selected. */
async function remember({ memory }: MemoryService): Promise<void> {
	const editor = vscode.window.activeTextEditor;
	const text = await askText({
		title: 'Remember',
		prompt: 'A fact that models are told when it fits their prompt. Kept for good; change it on the memory page.',
		value: editor?.document.getText(editor.selection).slice(0, 1000) ?? '',
	});
	if (text === undefined) return;
	const fact = await memory.remember({ text, tier: 'permanent', category: 'fact', source: 'user' });
	const picked = await vscode.window.showInformationMessage(
		unlinked(`Remembered: ${fact.text}`),
		'Undo',
		'Open Memory',
	);
	if (picked === 'Undo') await memory.forget([fact.id]);
	if (picked === 'Open Memory') await vscode.commands.executeCommand('quarterdeck.memory.open');
}
