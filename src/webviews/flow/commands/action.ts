import type { CommandId } from '../../../core/flow/editorCommands';
import type { CanvasModel } from '../canvas/model';
import type { Editor } from '../state/editor';

/** What commands work with. */
export interface CommandContext {
	readonly editor: Editor;
	readonly canvas: CanvasModel;
}

/** What a command does. */
export type Action = () => void | Promise<void>;
export type Actions<Id extends CommandId> = Readonly<Record<Id, Action>>;

/** Whether keys belong to a text field now. */
export function isTyping(): boolean {
	const { activeElement } = document;
	if (!(activeElement instanceof HTMLElement)) return false;
	if (activeElement.isContentEditable || activeElement instanceof HTMLTextAreaElement) return true;
	if (activeElement instanceof HTMLSelectElement) return true;
	if (activeElement instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(activeElement.type);
	return activeElement.tagName.toLowerCase().startsWith('vscode-text');
}

/** Gives the focus to a part of the page, as soon as it is there: to the first of these that exists. */
export function focusPart(...selectors: readonly string[]): void {
	requestAnimationFrame(() =>
		requestAnimationFrame(() => {
			const [element] = selectors.flatMap(selector => document.querySelector<HTMLElement>(selector) ?? []);
			element?.focus();
			if (element instanceof HTMLInputElement) element.select();
		}),
	);
}
