import type { BottomTab } from '../state/ui';
import type { Action, Actions, CommandContext } from './action';
import { focusPart } from './action';

type Id =
	| 'minimap'
	| 'palette'
	| 'inspector'
	| 'inspector.focus'
	| 'canvas.focus'
	| 'list'
	| 'problems'
	| 'find'
	| 'runs'
	| 'values';

/** Commands that open and close what stands around the graph. */
export function panelCommands({ editor, canvas }: CommandContext): Actions<Id> {
	const { ui } = editor;
	const tab =
		(name: BottomTab, part: string): Action =>
		() => {
			const isOpen = ui.get().bottom === name;
			const hasFocus = document.querySelector('.bottom')?.contains(document.activeElement) ?? false;
			if (isOpen && hasFocus) {
				ui.patch({ bottom: null });
				return canvas.focus();
			}
			ui.patch({ bottom: name });
			focusPart(part);
		};
	return {
		minimap: () => ui.patch({ hasMinimap: !ui.get().hasMinimap }),
		palette: () => {
			const hasPalette = !ui.get().hasPalette;
			ui.patch({ hasPalette });
			if (hasPalette) focusPart('.palette-search');
			else canvas.focus();
		},
		inspector: () => {
			const hasInspector = !ui.get().hasInspector;
			ui.patch({ hasInspector });
			if (hasInspector) focusPart('.inspector :is(input, textarea, select, button)');
			else canvas.focus();
		},
		'inspector.focus': () => {
			if (editor.selection.get().current === null) return;
			ui.patch({ hasInspector: true });
			focusPart(
				'.inspector .params :is(input, textarea, select):not([disabled])',
				'.inspector .params button',
				'.inspector .node-name',
			);
		},
		'canvas.focus': () => canvas.focus(),
		list: tab('list', '.list-view [role="listbox"]'),
		problems: tab('problems', '.problems button'),
		find: tab('find', '.find-input'),
		runs: tab('runs', '.runs button'),
		values: tab('values', '.values select, .values button'),
	};
}
