import { useEffect, useState, type RefObject } from 'react';
import type { VirtuosoHandle } from 'react-virtuoso';
import type { LogSnapshot } from './logStore';

/** Where the reader of the log is: at the newest line, or at a match. */
export interface Walk {
	readonly isFollowing: boolean;
	readonly setIsFollowing: (isFollowing: boolean) => void;
	/** Which match is gone to, from 0; `null` before the first step. */
	readonly match: number | null;
	/** The position of that match among the shown lines. */
	readonly position: number | null;
	readonly goTo: (step: number) => void;
	readonly reset: () => void;
}

/** Follows the newest line while that is wanted, and steps through the matches. */
export function useWalk(list: RefObject<VirtuosoHandle | null>, log: LogSnapshot, isLive: boolean): Walk {
	const { matches, shown } = log;
	const [isFollowing, setIsFollowing] = useState(isLive);
	const [match, setMatch] = useState<number | null>(null);
	useEffect(() => {
		if (isFollowing && shown > 0) list.current?.scrollToIndex({ index: shown - 1, align: 'end' });
	}, [list, isFollowing, shown]);
	const goTo = (step: number): void => {
		if (matches.length === 0) return;
		const from = match ?? (step > 0 ? -1 : 0);
		const next = (from + step + matches.length) % matches.length;
		setMatch(next);
		setIsFollowing(false);
		list.current?.scrollToIndex({ index: matches[next] ?? 0, align: 'center' });
	};
	const position = match === null ? null : (matches[match] ?? null);
	return { isFollowing, setIsFollowing, match, position, goTo, reset: () => setMatch(null) };
}
