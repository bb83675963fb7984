import { useEffect, useState } from 'react';

/** The present time, once a second while something moves; otherwise as of the last move. */
export function useNow(isMoving: boolean): number {
	const [now, setNow] = useState(() => Date.now());
	useEffect(() => {
		if (!isMoving) return undefined;
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, [isMoving]);
	return now;
}
