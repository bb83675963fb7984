import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { killRounds } from './ledgerParts/killRounds';
import type { BenchLine } from './line';

/** A hundred rounds of `kill -9` with two writers on one ledger. */
export async function run(print: (line: BenchLine) => void): Promise<void> {
	const folder = mkdtempSync(resolve(tmpdir(), 'quarterdeck-kill-'));
	try {
		const { acknowledged, lost, doubleCounted } = await killRounds(resolve(import.meta.dirname, '../..'), folder, 100);
		print({ bench: 'kill', metric: 'acknowledged', value: acknowledged, unit: 'turns' });
		print({ bench: 'kill', metric: 'lost', value: lost, unit: 'turns' });
		print({ bench: 'kill', metric: 'double_counted', value: doubleCounted, unit: 'turns' });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
