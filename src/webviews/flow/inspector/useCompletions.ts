import { useCallback, useEffect, useRef, useState } from 'react';
import type { Completion } from '../../../core/flow/editorProtocol';
import type { NodeId } from '../../../core/flow/model/flow';
import { useEditor } from '../context';

const askMs = 90;

/** The list of completions of one text field. */
export interface Completions {
	readonly items: readonly Completion[];
	readonly at: number;
	readonly ask: (text: string, at: number) => void;
	readonly close: () => void;
	/** Whether the key was meant for the list. */
	readonly key: (name: string, accept: (completion: Completion | undefined) => void) => boolean;
}

const none: readonly Completion[] = [];

/** Asks the host what may stand at the caret, while it stands in an expression. */
export function useCompletions(node: NodeId, param: string, isRaw: boolean): Completions {
	const editor = useEditor();
	const [items, setItems] = useState(none);
	const [at, setAt] = useState(0);
	const asked = useRef(0);
	const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	useEffect(() => () => clearTimeout(timer.current), []);
	const close = useCallback(() => {
		asked.current++;
		clearTimeout(timer.current);
		setItems(none);
	}, []);
	const ask = (text: string, caret: number): void => {
		clearTimeout(timer.current);
		const number = ++asked.current;
		if (!editor.has('completions') || !(isRaw || isInside(text, caret))) return setItems(none);
		timer.current = setTimeout(() => {
			editor.client.call('completions', { node, param, text, at: caret }).then(
				found => {
					if (number !== asked.current) return;
					setItems(found.slice(0, 50));
					setAt(0);
				},
				// Completion is a convenience: without an answer there is none.
				() => setItems(none),
			);
		}, askMs);
	};
	const key: Completions['key'] = (name, accept) => {
		const step = name === 'ArrowDown' ? 1 : name === 'ArrowUp' ? -1 : 0;
		if (step !== 0) setAt((at + step + items.length) % items.length);
		else if (name === 'Enter' || name === 'Tab') accept(items[at]);
		else if (name === 'Escape') close();
		else return false;
		return true;
	};
	return { items, at, ask, close, key };
}

/** Whether the caret stands between `{{` and the `}}` that ends it. */
export function isInside(text: string, at: number): boolean {
	const before = text.slice(0, at);
	const open = before.lastIndexOf('{{');
	return open >= 0 && before.indexOf('}}', open) < 0;
}
