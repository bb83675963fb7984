import { describe, expect, test } from 'vitest';
import { bar, gaugeHover } from '../../../src/core/hardware/gauge/hover';
import { GaugeLevels, readThresholds } from '../../../src/core/hardware/gauge/levels';
import { gaugeText } from '../../../src/core/hardware/gauge/text';
import { hardwareReport } from '../../../src/core/hardware/report';
import type { GpuSample, MachineFacts, Sample } from '../../../src/core/hardware/sample';

const gibibyte = 1024 ** 3;
const gpu = (index: number, rest: Partial<GpuSample> = {}): GpuSample => ({
	id: `gpu-${index}`,
	index,
	name: 'GeForce RTX 4090',
	vendor: 'nvidia',
	usage: 63,
	memoryTotal: 24 * gibibyte,
	memoryUsed: 18.2 * gibibyte,
	temperature: 61,
	...rest,
});
const sample = (rest: Partial<Sample> = {}): Sample => ({
	at: Date.UTC(2026, 0, 15, 12),
	cpu: { cores: 16, usage: 12.4, load: [1.5, 1, 0.5] },
	memory: { total: 32 * gibibyte, available: 24 * gibibyte, used: 8 * gibibyte },
	disks: [{ mount: '/', total: 100 * gibibyte, free: 8 * gibibyte, used: 92 * gibibyte }],
	network: { received: 0, sent: 0, receivedPerSecond: 1.5 * 1024 ** 2, sentPerSecond: 0 },
	gpus: [],
	...rest,
});
const facts: MachineFacts = {
	hostname: 'ada-box',
	platform: 'linux',
	system: 'Debian GNU/Linux 12',
	cpu: 'AMD Ryzen 9',
	cores: 16,
	memory: 64 * gibibyte,
	memoryLimit: 32 * gibibyte,
	isContainer: true,
	remote: 'Remote-SSH',
};

describe('the gauge’s text', () => {
	test('is use, memory and temperature of the GPU, else CPU and memory', () => {
		expect(gaugeText(sample({ gpus: [gpu(0)] }), [], '')).toEqual({
			text: '$(chip) 63 % · 18.2/24 GB · 61 °C',
			spoken: 'Machine: GPU 63 %, GPU memory 18.2 of 24 GB, GPU temperature 61 °C',
		});
		expect(gaugeText(sample(), [], '').text).toBe('$(pulse) 12 % · 8/32 GB');
	});

	test('of several cards is the busiest, the fullest and the hottest', () => {
		const gpus = [gpu(0, { usage: 0 }), gpu(1, { memoryUsed: 23.9 * gibibyte, usage: 3 }), gpu(2, { temperature: 88 })];
		expect(gaugeText(sample({ gpus }), [], '').spoken).toBe(
			'Machine: GPU 2 63 %, GPU 1 memory 23.9 of 24 GB, GPU 2 temperature 88 °C',
		);
	});

	test('of a card that tells only its clock is that of the processor', () => {
		const bare: GpuSample = { id: 'i', index: 0, name: 'Intel GPU', vendor: 'intel', coreMegahertz: 350 };
		expect(gaugeText(sample({ gpus: [bare] }), [], '').text).toBe('$(pulse) 12 % · 8/32 GB');
	});

	test('shows the chosen metrics in their order, without what nothing tells', () => {
		expect(gaugeText(sample(), ['download', 'cpu', 'gpu', 'nonsense'], '').text).toBe('$(pulse) ↓ 1.5 MB/s · 12 %');
		const first = sample({ cpu: { cores: 16 }, memory: { total: 0, available: 0, used: 0 } });
		expect(gaugeText(first, [], '')).toEqual({ text: '$(pulse) –', spoken: 'Machine: nothing is told yet' });
	});

	test('follows a format; what nothing tells is a dash, and a word in braces that is none of ours stays', () => {
		expect(gaugeText(sample(), [], '$(server)  {cpu} {gpu} {other}\n{memory}').text).toBe(
			'$(server) 12 % – {other} 8/32 GB',
		);
	});
});

describe('the gauge’s colour', () => {
	const thresholds = readThresholds({});
	const heat = (temperature: number): Sample => sample({ disks: [], gpus: [gpu(0, { temperature })] });

	test('comes after two looks over the threshold and goes only well below it', () => {
		const levels = new GaugeLevels();
		const judged = [79, 85, 79, 85, 85, 79, 80, 79, 77, 95, 95, 89, 87, 60].map(
			value => levels.judge(heat(value), thresholds).level,
		);
		expect(judged).toEqual([
			'ok',
			'ok',
			'ok',
			'ok',
			'warning',
			'warning',
			'warning',
			'warning',
			'ok',
			'ok',
			'error',
			'error',
			'warning',
			'ok',
		]);
	});

	test('has its causes, and none for what is no longer told', () => {
		const levels = new GaugeLevels();
		levels.judge(heat(91), thresholds);
		expect(levels.judge(heat(91), thresholds)).toEqual({ level: 'error', causes: ['GPU temperature 91 °C'] });
		expect(levels.judge(sample({ disks: [] }), thresholds)).toEqual({ level: 'ok', causes: [] });
		levels.judge(sample(), thresholds);
		expect(levels.judge(sample(), thresholds)).toEqual({ level: 'warning', causes: ['Disk / 92 %'] });
	});

	test('is set by the user; what is no pair turns a threshold off', () => {
		expect(readThresholds({ cpu: [50, 90], vram: [], memory: ['85', 95], disk: [95, 90], nonsense: [1, 2] })).toEqual({
			cpu: [50, 90],
			gpuTemperature: [80, 90],
		});
	});
});

describe('the gauge’s hover', () => {
	test('names the machine and how it is reached, the cause, and each part with a bar', () => {
		const shown = sample({ gpus: [gpu(0, { watts: 310.2, wattsLimit: 450, throttled: ['Thermal'] })] });
		const drawn = gaugeHover({ sample: shown, facts, causes: ['Disk / 92 %'], gpuProblem: undefined });
		const hover = drawn.replaceAll('\u00A0', ' ');
		expect(hover).toContain('**ada\\-box** · Remote\\-SSH · Debian GNU/Linux 12 · limited to 32 GB of memory');
		expect(hover).toContain('$(warning) **Disk / 92 %**');
		expect(hover).toContain(
			'| GPU 0 · GeForce RTX 4090 | `████░░` 63 % | `█████░` 18.2 of 24 GB | 61 °C $(warning) Thermal | 310/450 W |',
		);
		expect(hover).toContain('| CPU · 16 cores | `█░░░░░` 12 % | `██░░░░` 8 of 32 GB |');
		expect(hover).toContain('| / | `██████` 92 % · 8 GB free |  |');
		expect(hover).toContain('↓ 1.5 MB/s · ↑ 0 B/s · load 1.50 1.00 0.50');
	});

	test('draws no markup of what others named, and says what the driver says', () => {
		const shown = sample({ disks: [{ mount: '/mnt/a|b`c', total: 1, free: 1, used: 0 }] });
		const hover = gaugeHover({ sample: shown, facts: undefined, causes: [], gpuProblem: 'NVML: **mismatch**' });
		expect(hover).toContain('/mnt/a\\|b\\`c');
		expect(hover).toContain('NVIDIA: NVML: \\*\\*mismatch\\*\\*');
	});

	test.each([
		[-5, '░░░░░░'],
		[50, '███░░░'],
		[120, '██████'],
	])('a bar of %d', (value, text) => expect(bar(value)).toBe(text));
});

test('the report holds facts and the latest look', () => {
	expect(hardwareReport(facts, sample({ gpus: [gpu(0)] }), undefined)).toBe(`## Hardware

- Machine: ada-box, reached by Remote-SSH, in a container
- System: Debian GNU/Linux 12 (linux)
- CPU: AMD Ryzen 9, 16 cores
- Memory: 64 GB, of which 32 GB may be used

### 2026-01-15T12:00:00.000Z

- CPU: 12 %, load 1.5 1 0.5
- Memory: 8 of 32 GB
- GPU 0: GeForce RTX 4090 (nvidia), 63 %, 18.2 of 24 GB, 61 °C
- Disk /: 8 GB free of 100 GB
- Network: ↓ 1.5 MB/s, ↑ 0 B/s
`);
});
