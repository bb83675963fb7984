import { expect, test } from 'vitest';
import attacks from '../../fixtures/safety/attacks.json' with { type: 'json' };
import { classify } from '../../../src/core/safety/classify';
import { isTier, isWorse } from '../../../src/core/safety/tier';
import { context, cwd } from './context';

test('no known way around the classifier gets through', () => {
	const through = attacks.flatMap(({ line, tier }) => {
		if (!isTier(tier)) throw new Error(`${line} has no tier`);
		const found = classify({ tool: 'Bash', input: { command: line }, cwd }, context);
		return isWorse(tier, found.tier) ? [`${line} → ${found.tier}, not ${tier}: ${found.reasons[0]}`] : [];
	});
	expect(through).toEqual([]);
});
