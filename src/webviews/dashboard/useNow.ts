import { useEffect, useState } from 'react';
import { useIsSeen, usePage } from './context';

/** The time, once a pace for as long as the widget is in view; at full seconds and minutes. */
export function useNow(paceMs: number): number {
	const { now } = usePage();
	const isSeen = useIsSeen();
	const [at, setAt] = useState(now);
	useEffect(() => {
		if (!isSeen) return undefined;
		let timer: ReturnType<typeof setTimeout>;
		const tick = (): void => {
			const time = now();
			setAt(time);
			timer = setTimeout(tick, paceMs - (time % paceMs));
		};
		tick();
		return () => clearTimeout(timer);
	}, [now, paceMs, isSeen]);
	return at;
}
