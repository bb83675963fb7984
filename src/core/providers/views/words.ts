/** The sentence beside a label that already says whose it is. */
export function withoutName(text: string, label: string): string {
	return text.startsWith(`${label} `) ? text.slice(label.length + 1) : text;
}

/** How much a model can read: `32k`, `1M`. */
export function windowText(tokens: number): string {
	if (tokens >= 1_000_000) return `${shortNumber(tokens / 1_000_000)}M`;
	// Windows are powers of two or round numbers; each is written as it is spoken of.
	if (tokens % 1024 === 0) return `${tokens / 1024}k`;
	return tokens >= 1000 ? `${Math.round(tokens / 1000)}k` : String(tokens);
}

/** With one digit behind the point, where that is not 0. */
export function shortNumber(value: number): string {
	return value.toFixed(1).replace(/\.0$/, '');
}
