import { describe, expect, test } from 'vitest';
import { Evaluator, type Transition } from '../../../src/core/health/alerts/evaluator';
import { isAbout, type AlertRule } from '../../../src/core/health/alerts/rule';
import { cpuTime } from '../cpuTime';

const base: AlertRule = {
	id: 'hot',
	title: 'Hot',
	on: 'gpu.temperature',
	of: [],
	compare: '>',
	threshold: 90,
	clear: 85,
	forMs: 30_000,
	clearForMs: 20_000,
	severity: 'high',
	worse: null,
	cooldownMs: 0,
	isMuted: false,
	isOwn: true,
};

/** Feeds values ten seconds apart; tells at which a rule changed. */
function levels(rule: Partial<AlertRule>, values: readonly number[], stepMs = 10_000): readonly (string | null)[] {
	const evaluator = new Evaluator([{ ...base, ...rule }]);
	return values.map((value, index) => {
		const [found] = evaluator.take('gpu.temperature', 'gpu.temperature:0', value, index * stepMs);
		return found ? `${found.previous}>${found.level}` : null;
	});
}

describe('a rule', () => {
	test('holds after its time, and is over after its time beyond the distance', () => {
		expect(levels({}, [80, 91, 92, 93, 94, 95, 88, 86, 84, 84, 84])).toEqual([
			null,
			null,
			null,
			null,
			'0>1',
			null,
			null,
			null,
			null,
			null,
			'1>0',
		]);
	});

	test('does not hold for what is shorter, and is not over for what is shorter', () => {
		expect(levels({}, [91, 92, 80, 91, 92, 80]).every(change => change === null)).toBe(true);
		expect(levels({ forMs: 0 }, [91, 84, 91, 84, 84, 91])).toEqual(['0>1', null, null, null, null, null]);
	});

	test.each([
		['>', 90, [null, '0>1']],
		['>=', 89, ['0>1', null]],
	] as const)('%s is what it says', (compare, clear, expected) => {
		expect(levels({ compare, clear, forMs: 0 }, [90, 90.1])).toEqual(expected);
	});

	test('falling values', () => {
		const rule = { compare: '<', threshold: 10, clear: 15, forMs: 0, clearForMs: 0 } as const;
		expect(levels(rule, [20, 10, 9, 12, 15])).toEqual([null, null, '0>1', null, '1>0']);
		expect(levels({ ...rule, compare: '<=' }, [11, 10])).toEqual([null, '0>1']);
	});

	test('at least, with its end at the same value, does not flicker there', () => {
		const rule = { compare: '>=', threshold: 3, clear: 3, forMs: 0, clearForMs: 0 } as const;
		expect(levels(rule, [3, 3, 3, 2, 3])).toEqual(['0>1', null, null, '1>0', '0>1']);
	});

	test('becomes worse and better', () => {
		const rule = { worse: { threshold: 95, severity: 'critical' }, forMs: 0, clearForMs: 0 } as const;
		expect(levels(rule, [91, 96, 93, 89, 84])).toEqual(['0>1', '1>2', null, '2>1', '1>0']);
		expect(levels(rule, [99, 20])).toEqual(['0>2', '2>0']);
	});

	test('a sleep in between says nothing: it is neither held nor over by it', () => {
		expect(levels({}, [95, 95], 8 * 3_600_000)).toEqual([null, null]);
		const evaluator = new Evaluator([{ ...base, forMs: 0 }]);
		const take = (value: number, at: number): readonly Transition[] =>
			evaluator.take('gpu.temperature', 'gpu.temperature:0', value, at);
		expect(take(95, 0)).toHaveLength(1);
		expect(take(80, 1_000)).toEqual([]);
		expect(take(80, 9_000_000)).toEqual([]);
		expect(take(80, 9_021_000)).toHaveLength(1);
	});

	test('a clock that jumps back raises nothing early', () => {
		const evaluator = new Evaluator([base]);
		const at = [100_000, 110_000, 5_000, 10_000, 36_000];
		const found = at.map(time => evaluator.take('gpu.temperature', 'gpu.temperature:0', 95, time).length);
		expect(found).toEqual([0, 0, 0, 0, 1]);
	});

	test('what is no number is no value', () => {
		const evaluator = new Evaluator([{ ...base, forMs: 0 }]);
		expect(evaluator.take('gpu.temperature', 'a', Number.NaN, 0)).toEqual([]);
		expect(evaluator.take('cpu.usage', 'cpu.usage', 99, 0)).toEqual([]);
	});
});

test('each subject is by itself, and a rule may be about some', () => {
	const evaluator = new Evaluator([{ ...base, forMs: 0, of: ['1', 'gpu.temperature:2*'] }]);
	const take = (subject: string): number =>
		evaluator.take('gpu.temperature', `gpu.temperature:${subject}`, 95, 0).length;
	expect(['0', '1', '2', '21', '3'].map(take)).toEqual([0, 1, 1, 1, 0]);
});

test('stars stand for anything; many of them take no time', () => {
	const about = (pattern: string, subject = 'service:mcp:files'): boolean => isAbout([pattern], subject);
	const fitting = ['*', 'service:*', 'mcp:*', '*files', '*:mcp:*', 's*:m*:f*s', 'mcp*files', '**'];
	expect(fitting.filter(pattern => !about(pattern))).toEqual([]);
	const others = ['files*', '*mcp', 'mcp:files*files', 'm.p:*', '*f*f*', 'service:mcp:files*s'];
	expect(others.filter(pattern => about(pattern))).toEqual([]);
	const took = cpuTime(() => expect(about(`${'*a'.repeat(30)}b`, `disk.usage:/${'a'.repeat(200)}`)).toBe(false));
	expect(took).toBeLessThan(1000);
});

test('what nobody tells of any more ends; what was restored is left to who knows', () => {
	const evaluator = new Evaluator([{ ...base, forMs: 0 }]);
	evaluator.take('gpu.temperature', 'gpu.temperature:0', 95, 0);
	expect(evaluator.restore('hot', 'gpu.temperature:1', false, 0, 0)).toBe(true);
	expect(evaluator.restore('other', 'gpu.temperature:1', false, 0, 0)).toBe(false);
	expect(evaluator.sweep(60_000, true)).toEqual([]);
	expect(evaluator.sweep(16 * 60_000, false).map(({ subject }) => subject)).toEqual(['gpu.temperature:0']);
	expect(evaluator.sweep(16 * 60_000, true).map(({ subject, level }) => [subject, level])).toEqual([
		['gpu.temperature:1', 0],
	]);
});

test('what was restored is over when its value is', () => {
	const evaluator = new Evaluator([{ ...base, clearForMs: 0 }]);
	evaluator.restore('hot', 'gpu.temperature:0', false, 0, 0);
	expect(evaluator.take('gpu.temperature', 'gpu.temperature:0', 95, 1)).toEqual([]);
	expect(evaluator.take('gpu.temperature', 'gpu.temperature:0', 50, 2)).toMatchObject([{ previous: 1, level: 0 }]);
});

test('agrees with a plain reading of the rules', () => {
	let seed = 7;
	const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
	for (let round = 0; round < 200; round++) {
		const threshold = 20 + Math.floor(random() * 60);
		const rule: AlertRule = {
			...base,
			compare: random() < 0.5 ? '>' : '>=',
			threshold,
			clear: threshold - Math.floor(random() * 10),
			forMs: Math.floor(random() * 4) * 10_000,
			clearForMs: Math.floor(random() * 3) * 10_000,
		};
		const evaluator = new Evaluator([rule]);
		let state: 'idle' | 'pending' | 'firing' | 'clearing' = 'idle';
		let since = 0;
		for (let index = 0; index < 100; index++) {
			const value = Math.floor(random() * 100);
			const at = index * 10_000;
			const isOver = rule.compare === '>' ? value > threshold : value >= threshold;
			const isBelow = !isOver && value <= rule.clear;
			const before = state === 'firing' || state === 'clearing';
			if (state === 'idle' && isOver) [state, since] = [rule.forMs === 0 ? 'firing' : 'pending', at];
			else if (state === 'pending') state = isOver ? (at - since >= rule.forMs ? 'firing' : 'pending') : 'idle';
			else if (state === 'firing' && isBelow) [state, since] = [rule.clearForMs === 0 ? 'idle' : 'clearing', at];
			else if (state === 'clearing') state = isBelow ? (at - since >= rule.clearForMs ? 'idle' : 'clearing') : 'firing';
			const after = state === 'firing' || state === 'clearing';
			const found = evaluator.take(rule.on, 'gpu.temperature:0', value, at);
			expect(found.map(({ level }) => level)).toEqual(before === after ? [] : [after ? 1 : 0]);
		}
	}
});
