import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleChild, killRounds } from './ledgerParts/killRounds';
import type { BenchLine } from './line';

/** A hundred rounds of `kill -9` with two writers on one ledger. */
export async function run(print: (line: BenchLine) => void): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-kill-'));
	try {
		const { acknowledged, lost, doubleCounted } = await killRounds(
			await bundleChild(folder),
			join(folder, 'ledger'),
			100,
		);
		print({ bench: 'kill', metric: 'acknowledged', value: acknowledged, unit: 'turns' });
		print({ bench: 'kill', metric: 'lost', value: lost, unit: 'turns' });
		print({ bench: 'kill', metric: 'double_counted', value: doubleCounted, unit: 'turns' });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
