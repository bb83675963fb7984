/** `40 ms`, `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`. */
export function formatDuration(milliseconds: number): string {
	if (milliseconds < 100) return `${Math.floor(Math.max(0, milliseconds))} ms`;
	const seconds = milliseconds / 1000;
	if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
	return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `812`, `3.4k`, `1.2M`. */
export function formatCount(count: number): string {
	if (count < 1000) return String(count);
	if (count < 999_950) return `${trimZero((count / 1000).toFixed(count < 99_950 ? 1 : 0))}k`;
	return `${trimZero((count / 1_000_000).toFixed(1))}M`;
}

/** `512 B`, `3.4 KB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
	if (bytes < 1000) return `${bytes} B`;
	if (bytes < 999_950) return `${trimZero((bytes / 1000).toFixed(1))} KB`;
	return `${trimZero((bytes / 1_000_000).toFixed(1))} MB`;
}

/** `now`, `5 min ago`, `3 h ago`, `2 days ago`, then the date. */
export function formatAgo(at: number, now: number): string {
	const minutes = Math.floor((now - at) / 60_000);
	if (minutes < 1) return 'now';
	if (minutes < 60) return `${minutes} min ago`;
	const hours = Math.floor(minutes / 60);
	if (hours < 24) return `${hours} h ago`;
	const days = Math.floor(hours / 24);
	if (days < 7) return days === 1 ? 'yesterday' : `${days} days ago`;
	return new Date(at).toLocaleDateString();
}

/** `1 file`, `3 files`. */
export function plural(count: number, one: string, many = `${one}s`): string {
	return `${count} ${count === 1 ? one : many}`;
}

function trimZero(text: string): string {
	return text.replace(/\.0$/, '');
}
