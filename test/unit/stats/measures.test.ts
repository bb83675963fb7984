import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CostRow } from '../../../src/core/ledger/queries';
import { noUsage } from '../../../src/core/ledger/events';
import { Growing, ledgerMeasures, machineMeasures, type Measure } from '../../../src/core/stats/measures';
import { prometheusText } from '../../../src/core/stats/prometheus';
import { sampleAt } from './world';

function costRow(more: Partial<CostRow> = {}): CostRow {
	const usage = { ...noUsage, input: 1000, output: 200, cacheRead: 30, cacheWrite5m: 4, cacheWrite1h: 1 };
	return { key: ['claude', 'sonnet'], cost: 1_500_000_000, usage, executions: 3, unpriced: 1, ...more };
}

describe('Prometheus’ text', () => {
	const lines = prometheusText(machineMeasures(sampleAt(0))).split('\n');

	test('names with their units, shares of 1, labels', () => {
		expect(lines).toEqual(
			expect.arrayContaining([
				'# HELP quarterdeck_cpu_usage_ratio Share of all cores that is in use.',
				'# TYPE quarterdeck_cpu_usage_ratio gauge',
				'quarterdeck_cpu_usage_ratio 0.125',
				'quarterdeck_cpu_frequency_hertz 3200000000',
				'quarterdeck_memory_used_bytes 8589934592',
				'quarterdeck_disk_read_bytes_per_second{mount="/"} 7',
				'# TYPE quarterdeck_network_received_bytes_total counter',
				'quarterdeck_network_received_bytes_total 2000',
				'quarterdeck_gpu_usage_ratio{gpu="0",name="NVIDIA RTX 4090"} 0',
				'quarterdeck_gpu_memory_used_bytes{gpu="0",name="NVIDIA RTX 4090"} 6442450944',
				'quarterdeck_gpu_temperature_celsius{gpu="0",name="NVIDIA RTX 4090"} 61',
				'quarterdeck_gpu_power_limit_watts{gpu="0",name="NVIDIA RTX 4090"} 450',
			]),
		);
	});

	test('runs, tokens and costs of the ledger', () => {
		const text = prometheusText(ledgerMeasures({ costs: [costRow()], running: 2 }));
		const labels = 'provider="claude",model="sonnet"';
		expect(text.split('\n').filter(line => !line.startsWith('#'))).toEqual([
			'quarterdeck_executions_running 2',
			`quarterdeck_executions_total{${labels}} 3`,
			`quarterdeck_executions_unpriced_total{${labels}} 1`,
			`quarterdeck_cost_usd_total{${labels}} 1.5`,
			`quarterdeck_tokens_total{${labels},kind="input"} 1000`,
			`quarterdeck_tokens_total{${labels},kind="output"} 200`,
			`quarterdeck_tokens_total{${labels},kind="cache_read"} 30`,
			`quarterdeck_tokens_total{${labels},kind="cache_write"} 5`,
			'',
		]);
	});

	test('what is not told has no line', () => {
		const bare = sampleAt(0, {
			cpu: { cores: 4 },
			gpus: [{ id: 'a', index: 0, name: 'A', vendor: 'amd', fan: Number.NaN }],
		});
		const text = prometheusText(machineMeasures(bare));
		expect(text).not.toMatch(/gpu|cpu_usage|NaN|undefined/);
	});

	test('any name of a device stays within its quotation marks, one line a series', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), name => {
				const gpu = { id: 'a', index: 0, name, vendor: 'amd' as const, usage: 50 };
				const text = prometheusText(machineMeasures(sampleAt(0, { gpus: [gpu, gpu] })));
				const series = text.split('\n').filter(line => line.startsWith('quarterdeck_gpu_usage_ratio'));
				expect(series).toHaveLength(1);
				const [, escaped = ''] = /name="((?:[^"\\\n]|\\[\\"n])*)"\} 0\.5$/u.exec(series[0]!) ?? [];
				expect(escaped.replaceAll(/\\([\\"n])/gu, (_, mark: string) => (mark === 'n' ? '\n' : mark))).toBe(name);
			}),
		);
	});

	test('each family stands together, behind one HELP and one TYPE', () => {
		const disks = ['/', '/home'].map(mount => ({ mount, total: 2, free: 1, used: 1 }));
		const text = prometheusText(machineMeasures(sampleAt(0, { disks })));
		const names = text
			.trimEnd()
			.split('\n')
			.map(line => (/^# (?:HELP|TYPE) (\S+)/.exec(line) ?? /^([a-z_]+)/.exec(line))?.[1]);
		const runs = names.filter((name, at) => name !== names[at - 1]);
		expect(new Set(runs).size).toBe(runs.length);
	});
});

test('totals never go back, each series by itself; gauges do', () => {
	const growing = new Growing();
	const values = (measures: readonly Measure[]): readonly number[] => growing.apply(measures).map(({ value }) => value);
	const totals = (sonnet: number, opus: number): readonly Measure[] =>
		ledgerMeasures({
			costs: [costRow({ cost: sonnet * 1e9 }), costRow({ key: ['claude', 'opus'], cost: opus * 1e9 })],
			running: sonnet,
		}).filter(({ name }) => name.endsWith('cost') || name.endsWith('running'));
	expect(values(totals(2, 5))).toEqual([2, 2, 5]);
	expect(values(totals(1, 6))).toEqual([1, 2, 6]);
});
