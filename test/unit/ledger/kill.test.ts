import { expect, test } from 'vitest';
import { killRounds } from '../../bench/ledgerParts/killRounds';
import { repository, temporaryFolder } from './support';

test('two windows killed at random moments lose nothing that was acknowledged and count nothing twice', async () => {
	const result = await killRounds(repository, temporaryFolder(), 5);
	expect(result).toEqual({ acknowledged: expect.any(Number), lost: 0, doubleCounted: 0 });
	expect(result.acknowledged).toBeGreaterThan(0);
}, 60_000);
