import { useEffect, useState, type ReactElement } from 'react';
import { formatDuration } from '../../shared/format';

/** Time that passes; `to` is `null` while it does. */
export function Elapsed({ from, to }: { readonly from: number; readonly to: number | null }): ReactElement {
	const [now, setNow] = useState(() => Date.now());
	useEffect(() => {
		if (to !== null) return undefined;
		const timer = setInterval(() => setNow(Date.now()), 500);
		return () => clearInterval(timer);
	}, [to]);
	return <span className="elapsed">{formatDuration((to ?? Math.max(now, from)) - from)}</span>;
}
