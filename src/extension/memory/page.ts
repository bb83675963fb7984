import * as vscode from 'vscode';
import { z } from 'zod';
import { ExpectedError } from '../../core/base/errors';
import { asId, type MemoryId } from '../../core/base/ids';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import { memoryCategories, memoryTiers } from '../../core/ledger/events';
import type { Ledger } from '../../core/ledger/queries';
import type { FactPatch } from '../../core/memory/memory';
import type { MemoryPageContract } from '../../core/memory/memoryPage';
import { exportFacts, importFacts } from '../../core/memory/transfer';
import { serve, type Handlers } from '../../core/rpc/rpc';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';
import type { WebviewPort } from '../host/webviewHost';
import { saveText } from '../ledger/saveText';
import { addNote, readNotes } from './projectFile';
import type { MemoryService } from './service';

export interface MemoryPageDeps {
	readonly host: Host;
	readonly ledger: Ledger;
	readonly service: MemoryService;
}

const text = z.string().max(10_000);
const ids = z.array(z.string()).min(1).max(10_000);
/** A fact can be about this window's folder or about all; a page names no other path. */
const fact = z.object({
	text,
	tier: z.enum(memoryTiers),
	category: z.enum(memoryCategories),
	project: z.string().nullable(),
});
const patch = fact.omit({ project: true }).partial();
const exportLimit = 5 * 1024 * 1024;

/** Answers the memory page, and tells it when facts change in any window. */
export function connectMemoryPage(port: WebviewPort, deps: MemoryPageDeps): Disposable {
	const store = new DisposableStore();
	const { host, ledger, service } = deps;
	const server = store.add(
		serve<MemoryPageContract>(
			port,
			handlers(deps, () => server.emit('done', null)),
		),
	);
	store.add(
		ledger.onDidChange(change => {
			if (change.memories) server.emit('changed', null);
		}),
	);
	store.add(service.memory.onDidChange(change => server.emit('done', { text: change.text })));
	store.add(host.settings.onDidChange(() => server.emit('changed', null)));
	return store;
}

function handlers(deps: MemoryPageDeps, onUndone: () => void): Handlers<MemoryPageContract> {
	const { host, service } = deps;
	const { memory } = service;
	return {
		view: () => ({ project: projectPath(), learner: service.learner, isGiven: host.settings.get('memory.give') }),
		find: params => memory.find({ text: text.parse(params.text) }),
		add: async params => {
			const { project, ...rest } = fact.parse(params);
			await memory.remember({ ...rest, project: project === null ? null : projectPath(), source: 'user' });
		},
		change: async params => {
			await memory.change(asId<MemoryId>(params.id), patch.parse(params.patch) as FactPatch);
		},
		forget: params => memory.forget(ids.parse(params.ids).map(id => asId<MemoryId>(id))),
		merge: async params => {
			await memory.merge(
				ids.parse(params.ids).map(id => asId<MemoryId>(id)),
				text.parse(params.text),
			);
		},
		undo: async () => {
			await service.lastChange?.undo();
			onUndone();
		},
		exportAll: async () => {
			const facts = await memory.find();
			if (facts.length === 0) throw new ExpectedError('nothing-to-export', 'There is nothing to export yet.');
			await saveText('quarterdeck-memory.json', exportFacts(facts), { JSON: ['json'] });
		},
		importFile: () => importFile(service),
		toProjectFile: async ({ id }) => {
			const known = (await memory.find()).find(row => row.id === id);
			if (!known) throw new ExpectedError('no-fact', 'That fact is not remembered any more.');
			await addNote(known.text);
		},
		fromProjectFile: () => rememberNotes(service),
		openSettings: async () => {
			await vscode.commands.executeCommand('workbench.action.openSettings', 'quarterdeck.memory');
		},
	};
}

async function importFile({ memory }: MemoryService): Promise<void> {
	const [file] =
		(await vscode.window.showOpenDialog({ filters: { JSON: ['json'] }, openLabel: 'Import', canSelectMany: false })) ??
		[];
	if (!file) return;
	const { size } = await vscode.workspace.fs.stat(file);
	if (size > exportLimit)
		throw new ExpectedError('bad-file', 'The file is larger than any export of facts: over 5 MB.');
	const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
	const { imported, refused } = await importFacts(memory, content);
	const count = imported === 1 ? '1 fact' : `${imported} facts`;
	if (refused.length === 0) void vscode.window.showInformationMessage(unlinked(`Imported ${count}.`));
	else
		void vscode.window.showWarningMessage(unlinked(`Imported ${count}. Left out: ${refused.slice(0, 3).join(' · ')}`));
}

async function rememberNotes({ memory }: MemoryService): Promise<void> {
	const project = projectPath();
	const { name, notes } = await readNotes();
	if (notes.length === 0) {
		throw new ExpectedError('no-notes', `${name} has no list under a heading “## Notes”.`);
	}
	const { count, refused } = await memory.rememberAll(
		notes.map(text => ({ text, tier: 'permanent', category: 'project', source: 'import', project })),
	);
	const kept = count === 1 ? '1 note' : `${count} notes`;
	const left = refused.length === 0 ? '' : ` Left out: ${refused.slice(0, 3).join(' · ')}`;
	void vscode.window.showInformationMessage(unlinked(`Remembered ${kept} of ${name}.${left}`));
}

/** The folder of this window that facts may be about. */
export function projectPath(): string | null {
	const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
	return folder?.uri.fsPath ?? null;
}
