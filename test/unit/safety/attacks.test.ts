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

test('no line keeps the gate busy', () => {
	const lines = [
		'ls; '.repeat(20_000),
		`echo ${'$('.repeat(3000)}ls${')'.repeat(3000)}`,
		`${'for a in 1; do '.repeat(14)}ls;${' done;'.repeat(14)}`,
		`sed '${'s/a/b/;'.repeat(5000)}' x`,
		`python -c "${'fetch('.repeat(9000)}"`,
		`rm ${'*'.repeat(5000)}x`,
		`cat ${'*a'.repeat(400)}`,
		`cat ${'[a'.repeat(3000)}`,
		`echo ${'{a,b}'.repeat(20)}`,
		`echo ${'{a,'.repeat(200)}${'}'.repeat(200)}`,
		`cat ${'../'.repeat(20_000)}x`,
		`cat ${'a/'.repeat(9000)}x`,
	];
	const work = (commands: readonly string[], tool = 'Bash'): number => {
		const start = performance.now();
		const cpu = process.cpuUsage();
		for (const command of commands) classify({ tool, input: { command }, cwd }, context);
		const { user, system } = process.cpuUsage(cpu);
		// What the processor did for us: on a busy machine the clock runs on while others work.
		return Math.min(performance.now() - start, (user + system) / 1000);
	};
	const ordinary = attacks.map(({ line }) => line);
	const calibrated = Math.min(...Array.from({ length: 3 }, () => work(ordinary)));
	// As much as five times all known attacks together, or a second; the runaway cases took minutes.
	const limit = Math.max(1000, calibrated * 5);
	const slow = lines.filter(command => work([command]) > limit);
	const windows = [
		'save '.repeat(3900),
		'a | '.repeat(4900),
		'$x = '.repeat(3900),
		`del ${'*'.repeat(15_000)}`,
		'{'.repeat(19_000),
	];
	for (const command of windows) if (work([command], 'PowerShell') > limit) slow.push(command);
	expect(slow.map(line => line.slice(0, 40))).toEqual([]);
});

test('what cannot be read as a shell command is at least RED', () => {
	for (const command of [
		'echo "',
		'if true',
		'ls | | cat',
		'$(',
		'a && ',
		'`',
		'case x in',
		'{ ls',
		')',
		'echo ${',
		'<<<',
		'for',
	]) {
		expect(isWorse('RED', classify({ tool: 'Bash', input: { command }, cwd }, context).tier), command).toBe(false);
	}
	for (const input of [{}, { command: 5 }, { command: null }]) {
		expect(classify({ tool: 'Bash', input, cwd }, context).tier).toBe('RED');
	}
});
