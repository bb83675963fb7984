import { describe, expect, test } from 'vitest';
import floor from '../../fixtures/safety/tierFloor.json' with { type: 'json' };
import cliTools from '../../fixtures/safety/cliTools.json' with { type: 'json' };
import { grantsOf, isTier, isWorse, tiers, worstTiers } from '../../../src/core/safety/tier';
import { tieredTools, toolTier } from '../../../src/core/safety/tiers';

describe('the order of tiers', () => {
	test('is total, and the worst wins', () => {
		for (const [index, left] of tiers.entries()) {
			for (const [other, right] of tiers.entries()) expect(isWorse(left, right)).toBe(index > other);
		}
		expect([isTier('RED'), isTier('red'), isTier('toString'), isTier(undefined)]).toEqual([true, false, false, false]);
	});

	test('limits the allowances', () => {
		expect(tiers.map(tier => grantsOf(tier))).toEqual([
			['once'],
			['once', 'session', 'workspace'],
			['once', 'session'],
			['once'],
			[],
		]);
		expect(grantsOf('YELLOW', 'session')).toEqual(['once', 'session']);
	});
});

describe('the table of tools', () => {
	test('no tool is without a recorded floor, and none lies below it', () => {
		const table = tieredTools();
		const floors: Readonly<Record<string, string>> = floor;
		expect(Object.keys(table).filter(name => !Object.hasOwn(floors, name))).toEqual([]);
		const lowered = Object.entries(floors).filter(
			([name, tier]) => !isTier(tier) || isWorse(tier, toolTier(name).tier),
		);
		expect(lowered).toEqual([]);
	});

	test('every tool that the CLI announces has a tier of its own', () => {
		expect(cliTools.filter(name => !Object.hasOwn(tieredTools(), name))).toEqual([]);
	});

	test('what is not in it is asked about or refused', () => {
		expect(toolTier('mcp__github__create_issue')).toMatchObject({
			tier: 'YELLOW',
			isAlwaysAsked: true,
			maxGrant: 'workspace',
		});
		expect(toolTier('SomethingNew')).toMatchObject({ tier: 'YELLOW', isAlwaysAsked: true, maxGrant: 'session' });
		expect(toolTier('quarterdeck_something')).toMatchObject({ tier: 'BLACK' });
		expect(toolTier('constructor')).toMatchObject({ isAlwaysAsked: true });
	});
});

describe('tiers that several places set', () => {
	test('the worst of each counts, so that a workspace cannot lower what the user raised', () => {
		const user = { Write: 'ORANGE', WebFetch: 'RED' };
		const workspace = { Write: 'YELLOW', WebFetch: 'BLACK', Bash: 'RED', Edit: 'pink' };
		expect(worstTiers([user, workspace])).toEqual({ Write: 'ORANGE', WebFetch: 'BLACK', Bash: 'RED' });
		expect(worstTiers([])).toEqual({});
	});
});
