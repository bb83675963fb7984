import { describe, expect, test } from 'vitest';
import { HistoryRings } from '../../../src/core/hardware/historyRings';
import { Minutes, type MinuteValues } from '../../../src/core/hardware/minutes';
import { metricKinds, metricsOf, unitOf } from '../../../src/core/hardware/metrics';
import type { Sample } from '../../../src/core/hardware/sample';

const sample = (at: number, usage?: number): Sample => ({
	at,
	cpu: { cores: 2, ...(usage !== undefined && { usage }) },
	memory: { total: 100, available: 50, used: 50 },
	disks: [],
	gpus: [],
});

describe('the last hour', () => {
	test('holds 1,800 looks, two seconds apart; of closer ones the last', () => {
		const rings = new HistoryRings();
		for (let second = 0; second < 5_000; second++) rings.add(sample(second * 1000, second % 100));
		const { at, values } = rings.read(['cpu.usage'], 0);
		expect(at).toHaveLength(1_800);
		expect(at.at(-1)).toBe(4_999_000);
		expect(at.slice(1, -1).every((time, index) => time === (at[index] ?? 0) + 2_000)).toBe(true);
		expect(values['cpu.usage']?.at(-1)).toBe(99);
	});

	test('what was not told is null, not 0 and not the value before', () => {
		const rings = new HistoryRings();
		rings.add(sample(0, 5));
		rings.add(sample(2_000));
		rings.add(sample(4_000, 7));
		expect(rings.read(['cpu.usage', 'never'], 0).values).toEqual({
			'cpu.usage': [5, null, 7],
			never: [null, null, null],
		});
		expect(rings.read(['cpu.usage'], 2_000).at).toEqual([2_000, 4_000]);
	});

	test('a clock that is set back leaves times that ascend', () => {
		const rings = new HistoryRings();
		for (const at of [10_000, 20_000, 30_000, 15_000, 17_000]) rings.add(sample(at, at));
		expect(rings.read(['cpu.usage'], 0).at).toEqual([10_000, 15_000, 17_000]);
		expect(rings.span).toEqual({ from: 10_000, to: 17_000 });
	});
});

test('minutes end with the minute, also where the clock jumps, and at the end of looking', () => {
	const told: (readonly [number, MinuteValues])[] = [];
	const minutes = new Minutes((minute, values) => told.push([minute, values]));
	minutes.add(sample(0, 10));
	minutes.add(sample(2_000, 20));
	minutes.add(sample(7_200_000, 30));
	minutes.add(sample(60_000, 1 / 3));
	minutes.flush();
	minutes.flush();
	expect(told.map(([minute, values]) => [minute, values['cpu.usage']])).toEqual([
		[0, [15, 20]],
		[120, [30, 30]],
		[1, [0.3333, 0.3333]],
	]);
});

test('every metric of a sample has a unit, and no other name has', () => {
	const gpu = { id: 'a', index: 1, name: 'A', vendor: 'nvidia', usage: 1, memoryTotal: 2, memoryUsed: 1 } as const;
	const full: Sample = {
		...sample(0, 1),
		cpu: { cores: 1, usage: 1, temperature: 40, load: [1, 1, 1] },
		memory: { total: 4, available: 1, used: 3, swap: { total: 2, used: 1 } },
		disks: [{ mount: '/a:b', total: 2, free: 1, used: 1, readPerSecond: 1, writtenPerSecond: 1 }],
		network: { received: 1, sent: 1, receivedPerSecond: 1, sentPerSecond: 1 },
		battery: { percent: 50, isCharging: true },
		gpus: [{ ...gpu, temperature: 50, fan: 10, watts: 5 }],
	};
	const names = [...metricsOf(full).keys()];
	expect(names.filter(name => unitOf(name) === undefined)).toEqual([]);
	expect(new Set(names.map(name => name.split(':', 1)[0]))).toEqual(new Set(metricKinds));
	expect(metricsOf(full).get('gpu.memory:1')).toBe(50);
	expect(unitOf('toString')).toBeUndefined();
});
