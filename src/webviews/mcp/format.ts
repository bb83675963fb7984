/** `0.4 ms`, `12 ms`, `1.3 s`. */
export function formatMs(ms: number): string {
	if (ms < 1) return `${ms.toFixed(1)} ms`;
	return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `14:03:05.120` in the user's own time. */
export function formatClock(at: number): string {
	const date = new Date(at);
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function two(value: number): string {
	return String(value).padStart(2, '0');
}

/** JSON with line breaks; other text as it is. */
export function pretty(text: string): string {
	try {
		return JSON.stringify(JSON.parse(text), null, 2);
	} catch {
		return text;
	}
}
