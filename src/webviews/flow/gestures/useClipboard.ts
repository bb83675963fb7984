import { useEffect } from 'react';
import { copied, cutSelection, pasteText } from '../commands/clipboard';
import { isTyping, type CommandContext } from '../commands/action';

/** Copy, cut and paste as the browser tells of them: VS Code sends these to a page, whatever keys the user has. */
export function useClipboard(context: CommandContext): void {
	const { editor, canvas } = context;
	useEffect(() => {
		const isOurs = (): boolean => !isTyping() && (document.getSelection()?.isCollapsed ?? true);
		const copy = (event: ClipboardEvent): void => {
			const text = isOurs() ? copied({ editor, canvas }) : null;
			if (text === null) return;
			event.clipboardData?.setData('text/plain', text);
			event.preventDefault();
			if (event.type === 'cut') cutSelection({ editor, canvas });
		};
		const paste = (event: ClipboardEvent): void => {
			const text = event.clipboardData?.getData('text/plain') ?? '';
			if (isTyping() || text === '' || !editor.canEdit) return;
			event.preventDefault();
			pasteText({ editor, canvas }, text, false).catch((error: unknown) => editor.fail(error));
		};
		document.addEventListener('copy', copy);
		document.addEventListener('cut', copy);
		document.addEventListener('paste', paste);
		return () => {
			document.removeEventListener('copy', copy);
			document.removeEventListener('cut', copy);
			document.removeEventListener('paste', paste);
		};
	}, [editor, canvas]);
}
