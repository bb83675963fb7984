import { expect, test } from 'vitest';
import { runConformance } from '../../bench/mcpParts/conformance';

test('the official conformance suite passes with our hub as the client', { timeout: 300_000 }, async () => {
	const results = await runConformance();
	const failed = results.filter(({ hasPassed }) => !hasPassed);
	expect(failed.map(({ scenario, output }) => `${scenario}\n${output}`)).toEqual([]);
	expect(results).toHaveLength(26);
});
