import { useEffect, useState, type RefObject } from 'react';

/** Whether there is more of an element than can be seen: then the keyboard must be able to scroll it. */
export function useScrollable(element: RefObject<HTMLElement | null>): boolean {
	const [isScrollable, setIsScrollable] = useState(false);
	useEffect(() => {
		const part = element.current;
		if (!part) return undefined;
		const measure = (): void => setIsScrollable(part.scrollHeight > part.clientHeight + 1);
		const resized = new ResizeObserver(measure);
		const changed = new MutationObserver(measure);
		resized.observe(part);
		changed.observe(part, { childList: true, subtree: true });
		measure();
		return () => {
			resized.disconnect();
			changed.disconnect();
		};
	}, [element]);
	return isScrollable;
}
