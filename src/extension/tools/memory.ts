import * as vscode from 'vscode';
import { asId, type MemoryId } from '../../core/base/ids';
import type { Memory } from '../../core/memory/memory';
import type { MemoryPort } from '../../core/tools/ports';
import { unlinked } from '../host/unlinked';

/** The memory as tools use it. What a model keeps is shown, and one click takes it back. */
export function memoryPort(made: () => Promise<Memory>): MemoryPort {
	return {
		search: async ({ text, project, conversation, limit }) =>
			(await made()).find({ text, project, limit, ...(conversation === null ? {} : { conversation }) }),
		async remember({ isPermanent, ...fact }) {
			const memory = await made();
			const tier = isPermanent ? 'permanent' : 'episodic';
			const row = await memory.remember({ ...fact, tier, source: 'tool', confidence: 0.8 });
			void offerUndo(memory, row.id, row.text);
			return row;
		},
		async forget(id, text) {
			const memory = await made();
			const fact = (await memory.find()).find(one => one.id === id);
			if (!fact) return 'unknown';
			if (fact.text !== text.trim()) return 'differs';
			await memory.forget([asId<MemoryId>(id)]);
			return 'forgotten';
		},
	};
}

async function offerUndo(memory: Memory, id: MemoryId, text: string): Promise<void> {
	const picked = await vscode.window.showInformationMessage(
		unlinked(`An agent remembers: ${text}`),
		'Undo',
		'Open Memory',
	);
	if (picked === 'Undo') await memory.forget([id]);
	if (picked === 'Open Memory') await vscode.commands.executeCommand('quarterdeck.memory.open');
}
