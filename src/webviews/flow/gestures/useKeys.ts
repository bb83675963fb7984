import { useEffect } from 'react';
import { commandIds, commandOf, type CommandId } from '../../../core/flow/editorCommands';
import { isTyping } from '../commands/action';
import type { Commands } from '../commands/commands';
import type { Editor } from '../state/editor';

const chordMs = 1500;

/** A key in VS Code's notation: `mod+shift+l`. */
export function keyOf(
	event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
): string {
	const parts: string[] = [];
	if (event.ctrlKey || event.metaKey) parts.push('mod');
	if (event.shiftKey) parts.push('shift');
	if (event.altKey) parts.push('alt');
	return [...parts, plainKey(event)].join('+');
}

function plainKey({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string {
	if (key.startsWith('Arrow')) return key.slice(5).toLowerCase();
	// What a digit or letter gives with Shift or Alt depends on the keyboard; which key it is does not.
	const letter = /^(?:Key|Digit)(.)$/.exec(code)?.[1];
	return (letter ?? key).toLowerCase();
}

const byKey: ReadonlyMap<string, CommandId> = new Map(
	commandIds.flatMap(id => {
		const { key } = commandOf(id);
		return key === '' ? [] : [[key, id] as const];
	}),
);
const firstKeys: ReadonlySet<string> = new Set([...byKey.keys()].flatMap(key => key.split(' ').slice(0, -1)));

/**
 * The default keys, where no host has keybindings for them. Undo and redo are never touched: they are VS Code's. Keys of
 * the graph are heard while the graph has the focus, so that Tab and Enter go on meaning what they mean elsewhere.
 */
export function useKeys(editor: Editor, commands: Commands): void {
	useEffect(() => {
		let first = '';
		let timer: ReturnType<typeof setTimeout> | undefined;
		const down = (event: KeyboardEvent): void => {
			if (event.defaultPrevented || event.isComposing) return;
			const key = keyOf(event);
			if (editor.doc.get().keys !== 'page') {
				// VS Code hears it as well; what the browser would do with it beside that is not wanted on the graph.
				if (isOnGraph(event) && byKey.has(key)) event.preventDefault();
				return;
			}
			const whole = first === '' ? key : `${first} ${key}`;
			clearTimeout(timer);
			first = '';
			const id = byKey.get(whole);
			if (id === undefined) {
				if (!firstKeys.has(key) || isTyping()) return;
				first = key;
				timer = setTimeout(() => (first = ''), chordMs);
				return event.preventDefault();
			}
			if (commandOf(id).scope === 'canvas' && !isOnGraph(event) && event.target !== document.body) return;
			if (commands.run(id)) event.preventDefault();
		};
		document.addEventListener('keydown', down);
		return () => {
			clearTimeout(timer);
			document.removeEventListener('keydown', down);
		};
	}, [editor, commands]);
}

function isOnGraph({ target }: KeyboardEvent): boolean {
	return target instanceof Element && target.classList.contains('graph');
}
