import { describe, expect, test } from 'vitest';
import { statsOf } from '../../../src/core/stats/shapes';
import { sampleAt } from './world';

const gigabyte = 1024 ** 3;
const at = Date.UTC(2026, 0, 15, 12);

describe('the machine as the widget service tells it', () => {
	test('every field, flat GPUs, bytes, totals of the network', () => {
		expect(statsOf(sampleAt(at), 4711.9)).toEqual({
			cpu: { usage: 12.5, cores: 8, frequency: 3200, temperature: 55 },
			memory: {
				total: 32 * gigabyte,
				available: 24 * gigabyte,
				used: 8 * gigabyte,
				usedPercent: 25,
				swap: { total: 2 * gigabyte, used: gigabyte, usedPercent: 50 },
			},
			disk: [{ device: '/dev/sda1', mountpoint: '/', fstype: 'ext4', total: 100, free: 40, used: 60, usedPercent: 60 }],
			network: { bytesSent: 1000, bytesRecv: 2000, packetsSent: 10, packetsRecv: 20 },
			gpu: [
				{
					name: 'NVIDIA RTX 4090',
					usage: 0,
					memoryTotal: 24 * gigabyte,
					memoryUsed: 6 * gigabyte,
					memoryFree: 18 * gigabyte,
					memoryPercent: 25,
					temperature: 61,
					fanSpeed: 30,
					powerDraw: 120.5,
					clockCore: 2520,
					clockMemory: 10501,
				},
			],
			processes: [{ pid: 10, name: 'ollama', cpu: 140, memory: 25, status: 'R' }],
			uptime: 4711,
			timestamp: '2026-01-15T12:00:00.000Z',
		});
	});

	test('what is not told is null and never 0, in fields that are still there', () => {
		const bare = statsOf(
			{
				at,
				cpu: { cores: 2 },
				memory: { total: 0, available: 0, used: 0 },
				disks: [{ mount: '/mnt', total: 0, free: 0, used: 0 }],
				gpus: [{ id: 'x', index: 0, name: 'A100 MIG', vendor: 'nvidia', usage: Number.NaN, memoryTotal: 10 }],
			},
			1,
		);
		expect(bare).toEqual({
			cpu: { usage: null, cores: 2, frequency: null, temperature: null },
			memory: {
				total: 0,
				available: 0,
				used: 0,
				usedPercent: null,
				swap: { total: null, used: null, usedPercent: null },
			},
			disk: [{ device: '', mountpoint: '/mnt', fstype: '', total: 0, free: 0, used: 0, usedPercent: null }],
			network: { bytesSent: null, bytesRecv: null, packetsSent: null, packetsRecv: null },
			gpu: [
				{
					name: 'A100 MIG',
					usage: null,
					memoryTotal: 10,
					memoryUsed: null,
					memoryFree: null,
					memoryPercent: null,
					temperature: null,
					fanSpeed: null,
					powerDraw: null,
					clockCore: null,
					clockMemory: null,
				},
			],
			processes: [],
			uptime: 1,
			timestamp: '2026-01-15T12:00:00.000Z',
		});
	});

	test('a machine without swap uses none of it', () => {
		const memory = { total: 8, available: 4, used: 4, swap: { total: 0, used: 0 } };
		expect(statsOf(sampleAt(at, { memory }), 1).memory.swap).toEqual({ total: 0, used: 0, usedPercent: 0 });
	});

	test('processes of that service: by a part of their names, in any case', () => {
		const names = ['python3.12', 'Ollama', 'Code Helper', 'node', 'Electron', 'ComfyUI', 'nvtop', 'firefox', 'htop'];
		const processes = names.map((name, pid) => ({ pid, name, memory: 1, isAi: false, isOurs: false }));
		const listed = statsOf(sampleAt(at, { processes }), 1).processes.map(({ name }) => name);
		expect(listed).toEqual(['python3.12', 'Ollama', 'node', 'Electron', 'ComfyUI', 'nvtop', 'htop']);
	});
});
