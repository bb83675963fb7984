import { describe, expect, test } from 'vitest';
import hour from '../../fixtures/safety/hour.json' with { type: 'json' };
import { isWorse } from '../../../src/core/safety/tier';
import { gateForTest } from './gateForTest';
import { cwd } from './context';

describe('an ordinary hour of coding', () => {
	test.each(['default', 'acceptEdits', 'plan'] as const)('our gate adds no question of its own in %s mode', mode => {
		const { cli } = gateForTest();
		const added = hour.flatMap(({ tool, input }, index) => {
			const verdict = cli.onHook({ toolName: tool, input, toolUseId: `t${index}`, cwd, permissionMode: mode });
			return verdict === 'pass' ? [] : [`${tool} ${JSON.stringify(input)}: ${JSON.stringify(verdict)}`];
		});
		expect(added).toEqual([]);
	});

	test.each(['default', 'acceptEdits'] as const)(
		'a person is asked for no more than the CLI asks for in %s mode',
		mode => {
			const { cli, approvals } = gateForTest();
			let asked = 0;
			hour.forEach(({ tool, input, asks }, index) => {
				const toolUseId = `t${index}`;
				cli.onHook({ toolName: tool, input, toolUseId, cwd, permissionMode: mode });
				if (!asks[mode]) return;
				asked++;
				void cli.onPermission({ toolName: tool, input, toolUseId }, new AbortController().signal);
			});
			expect(approvals.pending.length).toBeLessThanOrEqual(asked);
			expect(approvals.pending.filter(view => isWorse(view.tier, 'YELLOW'))).toEqual([]);
		},
	);

	test('one allowance for the session spares the same question later', async () => {
		const { cli, approvals } = gateForTest();
		const ask = (command: string, toolUseId: string): Promise<unknown> => {
			cli.onHook({ toolName: 'Bash', input: { command }, toolUseId, cwd });
			return cli.onPermission({ toolName: 'Bash', input: { command }, toolUseId }, new AbortController().signal);
		};
		const first = ask('npm test', 'a');
		await Promise.resolve();
		const [view] = approvals.pending;
		expect(view).toMatchObject({ tier: 'YELLOW', grants: ['once', 'session', 'workspace'], grantLabel: 'npm test' });
		approvals.decide(view!.id, { outcome: 'allow', scope: 'session' });
		expect(await first).toMatchObject({ behavior: 'allow' });
		expect(await ask('npm test -- --watch=false 2>&1 | tail -5', 'b')).toMatchObject({ behavior: 'allow' });
		expect(approvals.pending).toEqual([]);
	});
});
