import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

const pauseMs = 400;

export interface DraftText {
	readonly text: string;
	readonly set: (text: string) => void;
	/** Keeps what stands there now; with the focus gone, or with Enter. */
	readonly flush: () => void;
}

/**
 * A text while it is typed: kept when typing pauses or the field is left, so that one word is one step of undo. What
 * comes from outside (undo, another editor) replaces it unless something is waiting to be kept.
 */
export function useDraft(value: string, keep: (text: string) => void): DraftText {
	const [draft, setDraft] = useState<string | null>(null);
	const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	const latest = useRef({ draft, value, keep });
	useLayoutEffect(() => {
		latest.current.value = value;
		latest.current.keep = keep;
	});
	const flush = useCallback(() => {
		clearTimeout(timer.current);
		const { draft: typed, value: before, keep: save } = latest.current;
		latest.current.draft = null;
		if (typed !== null && typed !== before) save(typed);
		setDraft(null);
	}, []);
	const set = useCallback(
		(text: string) => {
			latest.current.draft = text;
			setDraft(text);
			clearTimeout(timer.current);
			timer.current = setTimeout(flush, pauseMs);
		},
		[flush],
	);
	// A field that vanishes because another node was selected still keeps what was typed.
	useEffect(() => flush, [flush]);
	return { text: draft ?? value, set, flush };
}
