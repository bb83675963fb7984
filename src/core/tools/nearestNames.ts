/** The names that a mistyped one may mean, the nearest first. Prefixes and the case of letters do not count. */
export function nearestNames(wanted: string, names: readonly string[], most = 5): readonly string[] {
	const word = bare(wanted);
	const rated = names.map(name => ({ name, distance: distanceOf(word, bare(name)) }));
	return rated
		.filter(({ distance }) => distance <= Math.max(2, word.length * 0.6))
		.sort((left, right) => left.distance - right.distance)
		.slice(0, most)
		.map(({ name }) => name);
}

/** How many letters must be put in, taken out or changed to make one word of another. */
export function editDistance(left: string, right: string): number {
	let row = Array.from({ length: right.length + 1 }, (_, index) => index);
	for (let at = 1; at <= left.length; at++) {
		const next = [at];
		for (let to = 1; to <= right.length; to++) {
			const isSame = left[at - 1] === right[to - 1];
			next.push(Math.min((next[to - 1] ?? 0) + 1, (row[to] ?? 0) + 1, (row[to - 1] ?? 0) + (isSame ? 0 : 1)));
		}
		row = next;
	}
	return row.at(-1) ?? 0;
}

const longest = 100;

function bare(name: string): string {
	return name
		.slice(0, longest)
		.toLowerCase()
		.replace(/^(?:mcp__(?:.*?)__|quarterdeck_|functions[.:])/u, '')
		.replaceAll(/[^a-z0-9]/gu, '');
}

function distanceOf(wanted: string, name: string): number {
	// `read` for `readfile`: a part of the name is nearer than its length says.
	const isPart = wanted.length > 2 && name.length > 2 && (name.includes(wanted) || wanted.includes(name));
	return isPart ? 1 : editDistance(wanted, name);
}
