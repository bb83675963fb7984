import { memo, type ReactElement } from 'react';

/** How many lines a unified diff adds and removes. */
export function countDiff(diff: string): { readonly added: number; readonly removed: number } {
	let added = 0;
	let removed = 0;
	for (const line of diff.split('\n')) {
		if (line.startsWith('+')) added++;
		else if (line.startsWith('-')) removed++;
	}
	return { added, removed };
}

const lineClass = (line: string): string => {
	if (line.startsWith('+')) return 'diff-line added';
	if (line.startsWith('-')) return 'diff-line removed';
	return line.startsWith('@@') ? 'diff-line hunk' : 'diff-line';
};

/** A unified diff without file headers. Signs stay, so that colour is not the only mark. */
export const Diff = memo(function Diff({
	diff,
	label,
}: {
	readonly diff: string;
	readonly label: string;
}): ReactElement {
	return (
		<pre className="diff" dir="ltr" tabIndex={0} aria-label={label}>
			{diff
				.replace(/\n$/, '')
				.split('\n')
				.map((line, index) => (
					<span key={index} className={lineClass(line)}>
						{line || ' '}
						{'\n'}
					</span>
				))}
		</pre>
	);
});

/** `+12 −3`, in the colours of VS Code's Git decorations. */
export function DiffCount({ diff }: { readonly diff: string }): ReactElement {
	const { added, removed } = countDiff(diff);
	return (
		<span className="diff-count" aria-label={`${added} lines added, ${removed} removed`}>
			<span className="added">+{added}</span> <span className="removed">−{removed}</span>
		</span>
	);
}
