import { performance } from 'node:perf_hooks';

/** Tests of one subject that run inside the extension host, by name. Each ends by itself or throws. */
export type HostTests = Readonly<Record<string, () => Promise<void> | void>>;

/** What the test command reads; the same names as in Vitest's own report. */
export interface HostResults {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly numPendingTests: number;
	readonly numTodoTests: number;
	/** One line for each test. */
	readonly lines: readonly string[];
}

const limitMs = 20_000;

/** Runs the tests one after the other. */
export async function runTests(tests: HostTests): Promise<HostResults> {
	const lines: string[] = [];
	let failed = 0;
	for (const [name, test] of Object.entries(tests)) {
		const begun = performance.now();
		try {
			await withLimit(test);
			lines.push(`ok      ${name} (${Math.round(performance.now() - begun)} ms)`);
		} catch (error) {
			failed++;
			lines.push(`FAILED  ${name}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
		}
	}
	return { numPassedTests: lines.length - failed, numFailedTests: failed, numPendingTests: 0, numTodoTests: 0, lines };
}

async function withLimit(test: () => Promise<void> | void): Promise<void> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const limit = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new Error(`Not done after ${limitMs} ms`)), limitMs);
	});
	try {
		await Promise.race([test(), limit]);
	} finally {
		clearTimeout(timer);
	}
}
