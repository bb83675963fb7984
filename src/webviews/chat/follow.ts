import { useCallback, useEffect, useRef, useState, type MouseEvent } from 'react';
import type { ItemId } from '../../core/base/ids';
import { EndKeeper } from './endKeeper';
import { useHost } from './host';

/** The end of the list as the user sees it, and whether the view goes with it. */
export interface Follow {
	readonly isFollowing: boolean;
	readonly onScroller: (scroller: HTMLElement | Window | null) => void;
	/** The rows got another height. */
	readonly onHeight: () => void;
	readonly onClickCapture: (event: MouseEvent) => void;
	readonly follow: () => void;
	/** Something else is to be shown: the end is let go. */
	readonly release: () => void;
}

/** Two frames later: what a change led to is drawn and measured. */
function afterDrawing(work: () => void): void {
	requestAnimationFrame(() => requestAnimationFrame(work));
}

/** Keeps the conversation at its newest row unless the user reads elsewhere, and remembers the place they read. */
export function useFollow(): Follow {
	const { saved } = useHost();
	const [isFollowing, setIsFollowing] = useState(() => saved.value.topItem === null);
	const [scroller, setScroller] = useState<HTMLElement | null>(null);
	const keeper = useRef<EndKeeper | null>(null);
	useEffect(() => {
		if (!scroller) return undefined;
		const made = new EndKeeper(scroller, saved.value.topItem === null, setIsFollowing);
		keeper.current = made;
		const remember = (): void => saved.update({ topItem: made.isFollowing ? null : topItem(scroller) });
		scroller.addEventListener('scroll', remember, { passive: true });
		return () => {
			scroller.removeEventListener('scroll', remember);
			made.dispose();
			keeper.current = null;
		};
	}, [scroller, saved]);
	return {
		isFollowing,
		onScroller: useCallback(next => setScroller(next instanceof HTMLElement ? next : null), []),
		onHeight: useCallback(() => keeper.current?.toEnd(), []),
		onClickCapture: event => {
			if (!(event.target as Element).closest('[aria-expanded="false"]')) return;
			// What was opened is to be read, not to be scrolled away by its own height.
			keeper.current?.set(false);
			afterDrawing(() => {
				if (keeper.current?.isNearEnd) keeper.current.set(true);
			});
		},
		follow: useCallback(() => {
			keeper.current?.set(true);
			keeper.current?.toEnd();
			// A row that was added out of view gets its height a frame later.
			afterDrawing(() => keeper.current?.toEnd());
		}, []),
		release: useCallback(() => keeper.current?.set(false), []),
	};
}

/** The first row that is in view, by which the place is found again after a reload. */
function topItem(scroller: HTMLElement): ItemId | null {
	const { top } = scroller.getBoundingClientRect();
	for (const row of scroller.querySelectorAll<HTMLElement>('[data-item]')) {
		if (row.getBoundingClientRect().bottom > top) return (row.dataset['item'] ?? null) as ItemId | null;
	}
	return null;
}
