import type { HLJSApi } from 'highlight.js';
import { useEffect, useState } from 'react';

/** Longer code is shown plain: colouring it would block the page for longer than a frame. */
const highlightLimit = 20_000;

let loading: Promise<HLJSApi> | undefined;
let loaded: HLJSApi | undefined;

/** The highlighter is a chunk of its own, so that the page paints before it is there. */
function loadHighlighter(): Promise<HLJSApi> {
	loading ??= import('highlight.js/lib/common').then(module => (loaded = module.default));
	return loading;
}

/** HTML of `code` with highlight spans, all text escaped; `null` while loading or where the language is unknown. */
export function useHighlight(code: string, language: string): string | null {
	const [highlighter, setHighlighter] = useState(loaded);
	const isWanted = language !== '' && code.length <= highlightLimit;
	useEffect(() => {
		if (highlighter || !isWanted) return undefined;
		let isGone = false;
		loadHighlighter().then(
			api => {
				if (!isGone) setHighlighter(() => api);
			},
			() => {
				// Plain code is a good answer to a chunk that cannot be loaded; the next block tries again.
				loading = undefined;
			},
		);
		return () => {
			isGone = true;
		};
	}, [highlighter, isWanted]);
	if (!highlighter || !isWanted || !highlighter.getLanguage(language)) return null;
	return highlighter.highlight(code, { language, ignoreIllegals: true }).value;
}

/** The highlighter's name for a file, from its ending; empty where there is none. */
export function languageOfPath(path: string): string {
	const name = path.split(/[\\/]/).at(-1) ?? '';
	if (/^(makefile|dockerfile)$/i.test(name)) return name.toLowerCase();
	return name.includes('.') ? (name.split('.').at(-1) ?? '').toLowerCase() : '';
}
