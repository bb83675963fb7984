import type { ProgressResponse } from 'ollama/browser';

/** How far a download is. */
export interface PullProgress {
	/** What the server does now: `pulling manifest`, `verifying sha256 digest`. */
	readonly status: string;
	/** Bytes of the parts that are known so far. */
	readonly completedBytes: number;
	readonly totalBytes: number;
}

/** Adds up the parts of a model: the server tells of each by itself. */
export class PullReader {
	readonly #parts = new Map<string, { readonly completed: number; readonly total: number }>();

	read({ digest, completed, total, status = '' }: Partial<ProgressResponse>): PullProgress {
		const known = this.#parts.get(digest ?? '');
		if (digest)
			this.#parts.set(digest, {
				completed: completed ?? known?.completed ?? 0,
				total: total ?? known?.total ?? 0,
			});
		const sum = (field: 'completed' | 'total'): number =>
			[...this.#parts.values()].reduce((bytes, part) => bytes + part[field], 0);
		return { status, completedBytes: sum('completed'), totalBytes: sum('total') };
	}
}
