import { useRef, type ReactElement } from 'react';
import { commandOf, type CommandId } from '../../../core/flow/editorCommands';
import { MenuList, type MenuItem } from '../../shared/components/Menu';
import { Popover } from '../../shared/components/Popover';
import { useCanvas, useCommands, useEditor } from '../context';
import { hasDefinition } from '../state/describe';
import type { Editor } from '../state/editor';
import { useStore } from '../state/store';

const forNodes: readonly CommandId[] = [
	'run.toHere',
	'run.fromHere',
	'run.only',
	'breakpoint',
	'pin',
	'values',
	'rename',
	'connect',
	'add.after',
	'definition',
	'cut',
	'copy',
	'copy.n8n',
	'duplicate',
	'mute',
	'bypass',
	'group',
	'ungroup',
	'fold',
	'extract',
	'layout.selection',
	'select.upstream',
	'select.downstream',
	'disconnect',
	'delete.reconnect',
	'delete',
];
const forCanvas: readonly CommandId[] = [
	'add.node',
	'add.note',
	'paste',
	'select.all',
	'layout.all',
	'fold',
	'zoom.fit',
	'list',
	'find',
	'open.text',
];
const runOnes: ReadonlySet<CommandId> = new Set(['run.toHere', 'run.fromHere', 'run.only', 'breakpoint', 'values']);

/** What can be done with the selection, or with the canvas when nothing is selected. */
export function ContextMenu(): ReactElement | null {
	const canvas = useCanvas();
	const editor = useEditor();
	const commands = useCommands();
	const at = useStore(canvas.menu);
	const anchor = useRef<HTMLSpanElement>(null);
	if (!at) return null;
	const close = (): void => canvas.menu.set(null);
	const hasNodes = editor.selection.get().nodes.size > 0;
	return (
		<>
			<span ref={anchor} className="menu-anchor" style={{ left: at.x, top: at.y }} />
			<Popover key={`${at.x}:${at.y}`} anchor={anchor} onClose={close} onEscape={() => canvas.focus()}>
				<MenuList
					label="Flow"
					items={(hasNodes ? forNodes : forCanvas).filter(id => isOffered(editor, id)).map(id => itemOf(editor, id))}
					onClose={() => {
						close();
						canvas.focus();
					}}
					onPick={id => {
						close();
						canvas.focus();
						commands.run(id as CommandId);
					}}
				/>
			</Popover>
		</>
	);
}

function isOffered(editor: Editor, id: CommandId): boolean {
	if (runOnes.has(id)) return editor.has('run');
	if (id === 'pin') return editor.has('pins') && editor.runs.run.get() !== null;
	if (id === 'extract') return editor.has('extract');
	if (id === 'copy.n8n') return editor.has('importN8n');
	if (id === 'open.text') return editor.has('openText');
	if (id === 'layout.all' || id === 'layout.selection') return editor.has('layout');
	if (id === 'ungroup' || id === 'fold') return Object.keys(editor.flow.groups).length > 0;
	if (id !== 'definition') return true;
	const { current } = editor.selection.get();
	const type = editor.flow.nodes[current ?? '']?.type ?? '';
	return editor.has('openSubflow') && hasDefinition(type);
}

function itemOf(editor: Editor, id: CommandId): MenuItem {
	const command = commandOf(id);
	return { id, label: command.title, isDisabled: command.isEdit === true && !editor.canEdit };
}
