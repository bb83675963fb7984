/** Changes of a letter, insertions, deletions and swaps of neighbours that make `a` of `b`; stops counting at `limit`. */
function distance(a: string, b: string, limit: number): number {
	if (Math.abs(a.length - b.length) >= limit) return limit;
	let older: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, at) => at);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const isSame = a[i - 1] === b[j - 1];
			row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
				row[j] = Math.min(row[j]!, older[j - 2]! + 1);
		}
		if (Math.min(...row) >= limit) return limit;
		[older, last] = [last, row];
	}
	return last[b.length]!;
}

/** The candidates a misspelt name may have meant, best first: one that holds it or differs in a third of its letters. */
export function nearestOf(name: string, candidates: Iterable<string>, count: number): readonly string[] {
	const wanted = name.slice(0, 100).toLowerCase();
	const limit = Math.max(2, Math.ceil(wanted.length / 3)) + 1;
	const scored: { readonly candidate: string; readonly score: number }[] = [];
	for (const candidate of candidates) {
		const other = candidate.toLowerCase();
		const isPart = wanted.length >= 3 && other.length >= 3 && (other.includes(wanted) || wanted.includes(other));
		const score = Math.min(distance(wanted, other, limit), isPart ? limit - 1 : limit);
		if (score < limit) scored.push({ candidate, score });
	}
	return scored
		.sort((a, b) => a.score - b.score)
		.slice(0, count)
		.map(item => item.candidate);
}

export function nearest(name: string, candidates: Iterable<string>): string | undefined {
	return nearestOf(name, candidates, 1)[0];
}
