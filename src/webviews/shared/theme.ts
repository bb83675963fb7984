import { useEffect, useState } from 'react';

/** A colour of the present theme. */
export function cssColour(name: string, fallback: string): string {
	return getComputedStyle(document.body).getPropertyValue(name).trim() || fallback;
}

/** Grows when the theme changes: what is drawn with its colours is drawn again. */
export function useThemeCount(): number {
	const [count, setCount] = useState(0);
	useEffect(() => {
		// VS Code names the theme in the body's attributes, and sets its colours on the root just before.
		const observer = new MutationObserver(() => setCount(before => before + 1));
		observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
		return () => observer.disconnect();
	}, []);
	return count;
}
