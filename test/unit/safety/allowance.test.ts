import { expect, test } from 'vitest';
import type { Tier } from '../../../src/core/ledger/events';
import { isWorse } from '../../../src/core/safety/tier';
import { cwd } from './context';
import { gateForTest } from './gateForTest';

const allowance = { upTo: 'ORANGE', by: 'autonomy:3' } as const;
const origin = {
	conversation: null,
	asker: 'Restart Ollama',
	execution: null,
	step: null,
	isUnattended: true,
	allowance,
};
const own = { tool: 'quarterdeck_restart_service', input: { service: 'provider:ollama' }, cwd };

test('a setting of the user’s own lets our tools go by themselves, as far as it says and never to RED', async () => {
	const signal = new AbortController().signal;
	for (const upTo of ['GREEN', 'YELLOW', 'ORANGE'] as const) {
		for (const tier of ['YELLOW', 'ORANGE', 'RED', 'BLACK'] satisfies readonly Tier[]) {
			const { gate } = gateForTest({ context: { raisedTiers: { quarterdeck_unload_model: tier } } });
			const call = { ...own, tool: 'quarterdeck_unload_model' };
			const verdict = await gate.authorize(call, { ...origin, allowance: { upTo, by: 'autonomy:3' } }, signal);
			expect([upTo, tier, verdict.isAllowed]).toEqual([upTo, tier, !isWorse(tier, upTo)]);
		}
	}
});

test('it is on the record, and covers neither what a person is to answer nor tools of others', async () => {
	const { gate, events } = gateForTest();
	const signal = new AbortController().signal;
	expect(await gate.authorize(own, origin, signal)).toMatchObject({ isAllowed: true, by: 'autonomy:3' });
	expect(events).toMatchObject([{ type: 'gate.decided', decision: 'allowed', by: 'autonomy:3' }]);
	expect(await gate.authorize(own, origin, signal, { isOnceOnly: true })).toMatchObject({ isAllowed: false });
	const foreign = { tool: 'mcp__github__create_issue', input: {}, cwd };
	expect(await gate.authorize(foreign, origin, signal)).toMatchObject({ isAllowed: false });
	const command = { tool: 'Bash', input: { command: 'npm publish' }, cwd };
	expect(await gate.authorize(command, origin, signal)).toMatchObject({ isAllowed: false });
});
