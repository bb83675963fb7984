import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
	gpuFields,
	parseAppLine,
	parseGpuLine,
	withoutField,
	type GpuLine,
} from '../../../src/core/hardware/nvidia/query';

const mebibyte = 1024 ** 2;
const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const lines = (name: string, fields: readonly string[] = gpuFields): readonly GpuLine[] =>
	fixture(name)
		.trimEnd()
		.split('\n')
		.map(line => parseGpuLine(line, fields));
const cards = (name: string) => lines(name).map(line => (line.kind === 'card' ? line.card : line));

describe('what nvidia-smi tells of cards', () => {
	test('a GeForce in full', () => {
		expect(cards('rtx4090.csv')).toEqual([
			{
				id: 'GPU-9b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0',
				index: 0,
				name: 'GeForce RTX 4090',
				vendor: 'nvidia',
				usage: 63,
				memoryTotal: 24564 * mebibyte,
				memoryUsed: 18637 * mebibyte,
				temperature: 71,
				fan: 45,
				watts: 310.22,
				wattsLimit: 450,
				coreMegahertz: 2610,
				memoryMegahertz: 10501,
				throttled: [],
				pcie: { generation: 4, width: 16 },
				encoder: 7,
			},
		]);
	});

	test('a server with eight: passive cooling has no fan, idling is no throttling', () => {
		const all = lines('h100x8.csv');
		expect(
			all.map(line => line.kind === 'card' && [line.card.index, line.count, line.card.usage, line.card.throttled]),
		).toEqual([
			[0, 8, 97, []],
			[1, 8, 99, ['Power cap']],
			[2, 8, 98, []],
			[3, 8, 98, []],
			[4, 8, 0, []],
			[5, 8, 0, []],
			[6, 8, 0, []],
			[7, 8, 12, ['Thermal']],
		]);
		expect(cards('h100x8.csv').every(card => !('fan' in card))).toBe(true);
		expect(cards('h200.csv')).toMatchObject([
			{ name: 'H200', usage: 0, memoryUsed: 0, memoryTotal: 143771 * mebibyte },
		]);
	});

	test('different cards, of which some tell little', () => {
		expect(cards('mixed.csv')[2]).toEqual({
			id: 'GPU-11111111-2222-3333-4444-555555555552',
			index: 2,
			name: 'Quadro K620',
			vendor: 'nvidia',
			memoryTotal: 2001 * mebibyte,
			memoryUsed: 310 * mebibyte,
			temperature: 49,
			fan: 40,
			pcie: { generation: 2, width: 16 },
		});
		expect(cards('laptop.csv')[0]).not.toHaveProperty('wattsLimit');
		expect(cards('laptop.csv')[0]).toMatchObject({ usage: 0, watts: 8.93 });
	});

	test('a card that is cut up has no load of its own', () => {
		expect(cards('mig.csv')[0]).toMatchObject({ isMig: true, memoryUsed: 9877 * mebibyte });
		expect(cards('mig.csv')[0]).not.toHaveProperty('usage');
		expect(cards('mig.csv')[1]).not.toHaveProperty('isMig');
	});

	test('numbers of another language, and numbers that cannot be', () => {
		expect(cards('comma.csv')).toMatchObject([{ watts: 310.22, wattsLimit: 450, coreMegahertz: 2610, encoder: 7 }]);
		expect(cards('unknownError.csv')[0]).toEqual({
			id: 'GPU-11111111-2222-3333-4444-555555555550',
			index: 0,
			name: 'GeForce RTX 3090',
			vendor: 'nvidia',
		});
		expect(cards('unknownError.csv')[1]).not.toHaveProperty('usage');
	});

	test('columns that we did not ask for are not read', () => {
		expect(cards('newColumns.csv')).toMatchObject([{ name: 'H200', usage: 12 }]);
		expect(cards('newColumns.csv')[0]).not.toHaveProperty('isMig');
	});

	test('what it says instead of a card', () => {
		expect(lines('driverError.txt')[0]).toMatchObject({ kind: 'trouble', text: expect.stringContaining('driver') });
		expect(lines('mismatch.txt')[0]).toMatchObject({ kind: 'trouble', text: expect.stringContaining('mismatch') });
		expect(lines('lost.txt')[0]).toMatchObject({ kind: 'trouble', text: expect.stringContaining('lost') });
		expect(lines('noDevices.txt')).toEqual([{ kind: 'trouble', text: 'No devices were found' }]);
		expect(lines('refused.txt')[0]).toEqual({ kind: 'refused', field: 'clocks_throttle_reasons.active' });
		expect(parseGpuLine('', gpuFields)).toEqual({ kind: 'other' });
		expect(parseGpuLine('0, GPU-torn', gpuFields)).toEqual({ kind: 'other' });
	});

	test('a refused field is asked by its new name, and then no more', () => {
		const renamed = withoutField(gpuFields, 'clocks_throttle_reasons.active');
		expect(renamed).toContain('clocks_event_reasons.active');
		expect(withoutField(renamed!, 'clocks_event_reasons.active')).toHaveLength(gpuFields.length - 1);
		expect(withoutField(gpuFields, 'utilization.encoder')).toHaveLength(gpuFields.length - 1);
		expect(withoutField(gpuFields, 'something.else')).toBeUndefined();
	});

	test('processes with their memory, where it is told', () => {
		expect(fixture('apps.csv').trimEnd().split('\n').map(parseAppLine)).toEqual([
			{ pid: 41231, gpu: 'GPU-9b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0', memory: 17012 * mebibyte },
			undefined,
		]);
	});
});
