import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { useHost } from '../host';
import { isAtFirstLine, isAtLastLine, notWalking, triggerAt, walkHistory, type Edited, type Trigger } from './text';

export interface Prompt {
	readonly text: string;
	readonly trigger: Trigger | null;
	/** Replaces the text; the cursor goes to its end, or where it is told. */
	readonly set: (text: string, cursor?: number) => void;
	/** Puts back what could not be sent, before what was written since. */
	readonly prepend: (text: string) => void;
	readonly edit: (edited: Edited) => void;
	/** The cursor moved: the menu may open or close. */
	readonly moved: () => void;
	readonly dismissMenu: () => void;
	/** Tries one step in the history; `false` where Up or Down should only move the cursor. */
	readonly walk: (step: 1 | -1) => boolean;
}

const historyLimit = 200;

/** The text being written: kept as a draft, with earlier prompts behind Up and Down. */
export function usePrompt(area: RefObject<HTMLTextAreaElement | null>, initial: string): Prompt {
	const { saved, attempt } = useHost();
	const [text, setText] = useState(initial);
	const [trigger, setTrigger] = useState<Trigger | null>(null);
	const cursor = useRef<number | null>(null);
	const history = useRef<readonly string[] | null>(null);
	const walking = useRef(notWalking);

	const set = useCallback((next: string, at: number = next.length) => {
		walking.current = notWalking;
		cursor.current = at;
		setText(next);
		setTrigger(triggerAt(next, at));
	}, []);
	useLayoutEffect(() => {
		if (cursor.current !== null) area.current?.setSelectionRange(cursor.current, cursor.current);
		cursor.current = null;
	});
	const save = useDraft();
	const isWritten = useRef(false);
	useEffect(() => {
		// What was just opened is saved already; writing it again could undo what another window wrote since.
		if (isWritten.current) save(text);
		isWritten.current = true;
		saved.update({ draft: text });
	}, [saved, save, text]);

	const load = async (): Promise<void> => {
		history.current = [];
		history.current = (await attempt('promptHistory', { limit: historyLimit })) ?? null;
		step(1);
	};
	const step = (direction: 1 | -1): void => {
		const present = area.current?.value ?? '';
		const result = walkHistory(history.current ?? [], walking.current, direction, present);
		if (!result) return;
		set(result.text, direction === 1 ? 0 : result.text.length);
		walking.current = result.walk;
		setTrigger(null);
	};
	const walk = (direction: 1 | -1): boolean => {
		const at = area.current?.selectionStart ?? 0;
		const isEdge = direction === 1 ? isAtFirstLine(text, at) : isAtLastLine(text, at);
		if (!isEdge || (direction === -1 && walking.current.at === -1)) return false;
		if (history.current === null) void load();
		else step(direction);
		return true;
	};
	return {
		text,
		trigger,
		set,
		prepend: words => {
			const written = area.current?.value ?? '';
			set(written === '' ? words : `${words}\n${written}`);
		},
		edit: edited => set(edited.text, edited.cursor),
		moved: () => setTrigger(triggerAt(area.current?.value ?? '', area.current?.selectionStart ?? 0)),
		dismissMenu: useCallback(() => setTrigger(null), []),
		walk,
	};
}

/** Saves the draft in the host a moment after the last key, and at once when the conversation is left. */
function useDraft(): (text: string) => void {
	const { client, conversation } = useHost();
	const waiting = useRef<{ readonly text: string; readonly timer: ReturnType<typeof setTimeout> } | null>(null);
	const flush = useCallback(() => {
		if (!waiting.current) return;
		const { text, timer } = waiting.current;
		clearTimeout(timer);
		waiting.current = null;
		// It goes to the host too, so that it is there in another window and after the view's state is gone.
		client.call('saveDraft', { conversation, text }).catch(() => undefined);
	}, [client, conversation]);
	useEffect(() => {
		window.addEventListener('pagehide', flush);
		return () => {
			window.removeEventListener('pagehide', flush);
			flush();
		};
	}, [flush]);
	return useCallback(
		text => {
			clearTimeout(waiting.current?.timer);
			waiting.current = { text, timer: setTimeout(flush, 400) };
		},
		[flush],
	);
}
