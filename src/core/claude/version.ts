/** The version in what `claude --version` prints: `2.1.329 (Claude Code)`. */
export function parseVersion(text: string): string | undefined {
	return /^\s*v?(\d+\.\d+\.\d+)\b.*claude code/i.exec(text)?.[1];
}

/** Compares `major.minor.patch`; negative when `left` is older. */
export function compareVersions(left: string, right: string): number {
	const [a, b] = [left, right].map(text => text.split('.').map(Number));
	for (let at = 0; at < 3; at++) {
		const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}
