import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleChild, killRounds } from '../../bench/ledgerParts/killRounds';
import { temporaryFolder } from './support';

test('two windows killed at random moments lose nothing that was acknowledged and count nothing twice', async () => {
	const folder = temporaryFolder();
	const result = await killRounds(await bundleChild(folder), join(folder, 'ledger'), 5);
	expect(result).toEqual({ acknowledged: expect.any(Number), lost: 0, doubleCounted: 0 });
	expect(result.acknowledged).toBeGreaterThan(0);
}, 60_000);
