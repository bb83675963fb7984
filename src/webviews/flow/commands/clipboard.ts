import { copyText, fragmentOf, pasteOps, readClipboard, type Paste } from '../edits/clipboard';
import { removeOps } from '../edits/remove';
import type { FlowFragment } from '../../../core/flow/editorProtocol';
import type { Actions, CommandContext } from './action';

type Id = 'cut' | 'copy' | 'copy.n8n' | 'paste' | 'paste.connected' | 'duplicate';

/** Copying and pasting by menu or key. The host reads and writes the clipboard: a page may not do so by itself. */
export function clipboardCommands(context: CommandContext): Actions<Id> {
	const { editor } = context;
	const copy = async (): Promise<boolean> => {
		const text = copied(context);
		if (text === null) return false;
		return (await editor.attempt('writeClipboard', { text })) !== undefined || editor.failure.get() === null;
	};
	const paste = async (isConnected: boolean): Promise<void> => {
		const text = await editor.attempt('readClipboard', null);
		if (text !== undefined) await pasteText(context, text, isConnected);
	};
	return {
		cut: async () => {
			if (await copy()) cutSelection(context);
		},
		copy: async () => {
			await copy();
		},
		'copy.n8n': async () => {
			const { nodes } = editor.selection.get();
			if (editor.has('importN8n') && nodes.size > 0) await editor.attempt('copyForN8n', { nodes: [...nodes] });
		},
		paste: () => paste(false),
		'paste.connected': () => paste(true),
		duplicate: () => {
			const { nodes } = editor.selection.get();
			if (nodes.size === 0) return;
			const fragment = fragmentOf(editor.flow, editor.index, nodes);
			const places = Object.values(fragment.layout);
			const left = Math.min(...places.map(({ x }) => x));
			const top = Math.min(...places.map(({ y }) => y));
			put(context, 'Duplicate', pasteOps(editor.flow, editor.index, fragment, { x: left + 32, y: top + 32 }, true));
		},
	};
}

/** The text of the selection; `null` when nothing is selected. */
export function copied({ editor }: CommandContext): string | null {
	const { nodes } = editor.selection.get();
	if (nodes.size === 0) return null;
	editor.say(nodes.size === 1 ? 'The node was copied.' : `${nodes.size} nodes were copied.`);
	return copyText(editor.flow, editor.index, nodes);
}

export function cutSelection({ editor }: CommandContext): void {
	const { nodes, edges } = editor.selection.get();
	editor.apply('Cut', removeOps(editor.index, nodes, edges));
}

/** Pastes what the clipboard holds: nodes of ours, or n8n's, which the host translates. */
export async function pasteText(context: CommandContext, text: string, isConnected: boolean): Promise<void> {
	const { editor } = context;
	const clipboard = readClipboard(text);
	if (clipboard.kind === 'flow') return pasteFragment(context, clipboard.fragment, isConnected);
	if (clipboard.kind === 'n8n' && editor.has('importN8n')) {
		const fragment = await editor.attempt('importN8n', { text });
		if (fragment) pasteFragment(context, fragment, isConnected);
		return;
	}
	editor.say('The clipboard holds no nodes.');
}

function pasteFragment(context: CommandContext, fragment: FlowFragment, isConnected: boolean): void {
	const { editor, canvas } = context;
	const pointer = canvas.pointer ?? { x: canvas.middle.x - 112, y: canvas.middle.y - 48 };
	put(context, 'Paste', pasteOps(editor.flow, editor.index, fragment, pointer, isConnected));
}

function put({ editor }: CommandContext, label: string, { ops, ids }: Paste): void {
	if (!editor.apply(label, ops)) return;
	editor.select(ids);
	editor.say(ids.length === 1 ? 'One node was pasted.' : `${ids.length} nodes were pasted.`);
}
