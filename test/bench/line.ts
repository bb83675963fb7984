/** One measured figure. `ratio` is ours divided by the baseline of the same run. */
export interface BenchLine {
	readonly bench: string;
	readonly metric: string;
	readonly value: number;
	readonly unit: string;
	readonly baseline?: number;
	readonly ratio?: number;
}

export type PrintLine = (line: BenchLine) => void;

/** What a file in this folder exports. */
export interface Bench {
	run(print: PrintLine): Promise<void>;
}

/** Middle of several measurements; one slow round on a busy machine does not move it. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
	return (low + high) / 2;
}
