import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readBattery } from '../../../src/core/hardware/linux/battery';
import { CpuReader, findCpuSensor } from '../../../src/core/hardware/linux/cpu';
import { DiskIoReader } from '../../../src/core/hardware/linux/diskIo';
import { DrmCards } from '../../../src/core/hardware/linux/drmCards';
import { LinuxSampler } from '../../../src/core/hardware/linux/linuxSampler';
import { MemoryReader } from '../../../src/core/hardware/linux/memory';
import { parseMounts } from '../../../src/core/hardware/linux/mounts';
import { NetworkReader } from '../../../src/core/hardware/linux/network';
import { ManualClock } from '../../fakes/manualClock';
import { FakeRoot } from './folders';

const gibibyte = 1024 ** 3;
const moment = (at: number, longestGapMs = 11_000): { at: number; longestGapMs: number } => ({ at, longestGapMs });

/** Lines of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. */
function stat(...cores: readonly (readonly number[])[]): string {
	const sum = cores[0]!.map((_, index) => cores.reduce((total, core) => total + core[index]!, 0));
	const lines = [`cpu  ${sum.join(' ')} 0 0`, ...cores.map((core, index) => `cpu${index} ${core.join(' ')} 0 0`)];
	return `${lines.join('\n')}\nintr 123456 0 0\nctxt 99\n`;
}

describe('the processor', () => {
	test('is busy by what passed between two looks, and at the first look nothing is said', () => {
		const root = new FakeRoot({
			'proc/stat': stat([100, 0, 100, 800, 0, 0, 0, 0], [0, 0, 0, 1000, 0, 0, 0, 0]),
			'proc/loadavg': '0.50 0.25 0.10 1/100 4242\n',
			'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': '3000000\n',
			'sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq': '2000000\n',
			'sys/class/hwmon/hwmon0/name': 'nvme\n',
			'sys/class/hwmon/hwmon0/temp1_input': '30000\n',
			'sys/class/hwmon/hwmon1/name': 'coretemp\n',
			'sys/class/hwmon/hwmon1/temp2_input': '51000\n',
			'sys/class/hwmon/hwmon1/temp2_label': 'Core 0\n',
			'sys/class/hwmon/hwmon1/temp1_input': '54500\n',
			'sys/class/hwmon/hwmon1/temp1_label': 'Package id 0\n',
		});
		const reader = new CpuReader(root.proc, root.sys);
		onTestFinished(() => reader.dispose());
		const steady = { cores: 2, megahertz: 2500, temperature: 54.5, load: [0.5, 0.25, 0.1] };
		expect(reader.read(moment(0))).toEqual(steady);
		root.write({ 'proc/stat': stat([150, 0, 100, 850, 0, 0, 0, 0], [100, 0, 0, 1000, 0, 0, 0, 0]) });
		expect(reader.read(moment(2000))).toEqual({ ...steady, usage: 75, perCore: [50, 100] });
		// The machine slept: what passed meanwhile says nothing of now.
		root.write({ 'proc/stat': stat([950, 0, 100, 850, 0, 0, 0, 0], [900, 0, 0, 1000, 0, 0, 0, 0]) });
		expect(reader.read(moment(600_000))).toEqual(steady);
		// Counters that began anew.
		root.write({ 'proc/stat': stat([1, 0, 1, 1, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0, 0, 0]) });
		expect(reader.read(moment(602_000))).toEqual(steady);
	});

	test('is told by a thermal zone where there is no sensor of its own, and by nothing where nothing tells', () => {
		const root = new FakeRoot({
			'sys/class/thermal/thermal_zone0/type': 'acpitz\n',
			'sys/class/thermal/thermal_zone0/temp': '20000\n',
			'sys/class/thermal/thermal_zone1/type': 'cpu-thermal\n',
			'sys/class/thermal/thermal_zone1/temp': '48000\n',
		});
		expect(findCpuSensor(root.sys)).toMatch(/thermal_zone1.temp$/u);
		const bare = new FakeRoot();
		const reader = new CpuReader(bare.proc, bare.sys);
		onTestFinished(() => reader.dispose());
		expect(reader.read(moment(0))).toEqual({ cores: 1 });
	});

	test('with hundreds of cores is read whole', () => {
		const cores = Array.from({ length: 512 }, () => [123_456_789, 0, 123_456_789, 1_234_567_890, 0, 0, 0, 0]);
		const root = new FakeRoot({ 'proc/stat': stat(...cores) });
		const reader = new CpuReader(root.proc, root.sys);
		onTestFinished(() => reader.dispose());
		expect(reader.read(moment(0)).cores).toBe(512);
	});
});

describe('memory', () => {
	const meminfo = `MemTotal:       16777216 kB\nMemFree:         1048576 kB\nMemAvailable:    8388608 kB\nBuffers:          100 kB\nCached:           100 kB\nSwapTotal:       2097152 kB\nSwapFree:        1572864 kB\n`;
	const read = (files: Readonly<Record<string, string>>) => {
		const root = new FakeRoot({ 'proc/meminfo': meminfo, ...files });
		const reader = new MemoryReader(root.proc, root.sys);
		onTestFinished(() => reader.dispose());
		return reader.read(0);
	};
	const swap = { total: 2 * gibibyte, used: gibibyte / 2 };

	test('counts what caches could give back as available', () => {
		expect(read({})).toEqual({ total: 16 * gibibyte, available: 8 * gibibyte, used: 8 * gibibyte, swap });
	});

	test('is what a container may use, by either kind of control group', () => {
		const second = {
			'proc/self/cgroup': '0::/\n',
			'sys/fs/cgroup/memory.max': `${4 * gibibyte}\n`,
			'sys/fs/cgroup/memory.current': `${3 * gibibyte}\n`,
			'sys/fs/cgroup/memory.stat': `anon 1\ninactive_file ${gibibyte}\n`,
		};
		expect(read(second)).toEqual({ total: 4 * gibibyte, available: 2 * gibibyte, used: 2 * gibibyte, swap });
		const first = {
			'proc/self/cgroup': '9:name=systemd:/\n4:cpu,memory:/docker/1f\n',
			'sys/fs/cgroup/memory/memory.limit_in_bytes': `${4 * gibibyte}\n`,
			'sys/fs/cgroup/memory/memory.usage_in_bytes': `${gibibyte}\n`,
			'sys/fs/cgroup/memory/memory.stat': `total_inactive_file 0\n`,
		};
		expect(read(first)).toEqual({ total: 4 * gibibyte, available: 3 * gibibyte, used: gibibyte, swap });
	});

	test('is the machine’s where there is no limit, or one that is higher', () => {
		const none = { 'proc/self/cgroup': '0::/user.slice\n', 'sys/fs/cgroup/user.slice/memory.max': 'max\n' };
		expect(read(none).total).toBe(16 * gibibyte);
		const higher = { 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/memory.max': `${64 * gibibyte}\n` };
		expect(read(higher).total).toBe(16 * gibibyte);
	});
});

describe('the network', () => {
	const dev = (lines: Readonly<Record<string, readonly [received: number, sent: number]>>): string =>
		`Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n${Object.entries(
			lines,
		)
			.map(([name, [received, sent]]) => `${name}: ${received} 10 0 0 0 0 0 0 ${sent} 5 0 0 0 0 0 0`)
			.join('\n')}\n`;

	test('adds up what leaves the machine; a counter that wraps gives no rate and no spike', () => {
		const root = new FakeRoot({
			'proc/net/dev': dev({ lo: [9, 9], docker0: [9, 9], eth0: [1000, 500], wlan0: [4_294_967_000, 0] }),
		});
		const reader = new NetworkReader(root.proc);
		onTestFinished(() => reader.dispose());
		expect(reader.read(moment(0))).toEqual({
			received: 4_294_968_000,
			sent: 500,
			packetsReceived: 20,
			packetsSent: 10,
		});
		root.write({ 'proc/net/dev': dev({ lo: [99, 99], eth0: [3000, 1500], wlan0: [200, 0] }) });
		expect(reader.read(moment(2000))).toMatchObject({ receivedPerSecond: 1000, sentPerSecond: 500 });
		root.write({ 'proc/net/dev': dev({ eth0: [0, 0] }) });
		const reset = reader.read(moment(4000));
		expect(reset).not.toHaveProperty('receivedPerSecond');
		// A clock that stood, and one that jumped: rates need a time between.
		root.write({ 'proc/net/dev': dev({ eth0: [5000, 0] }) });
		expect(reader.read(moment(4000))).not.toHaveProperty('receivedPerSecond');
		root.write({ 'proc/net/dev': dev({ eth0: [9_000_000, 0] }) });
		expect(reader.read(moment(900_000))).not.toHaveProperty('receivedPerSecond');
	});

	test('of a container is its own pair of interfaces; without any there is none', () => {
		const root = new FakeRoot({ 'proc/net/dev': dev({ lo: [9, 9], veth12: [7, 3] }) });
		const reader = new NetworkReader(root.proc);
		onTestFinished(() => reader.dispose());
		expect(reader.read(moment(0))).toMatchObject({ received: 7, sent: 3 });
		const none = new NetworkReader(new FakeRoot().proc);
		onTestFinished(() => none.dispose());
		expect(none.read(moment(0))).toBeUndefined();
	});
});

describe('disks', () => {
	const mounts = [
		'proc /proc proc rw 0 0',
		'/dev/nvme0n1p2 / ext4 rw 0 0',
		'/dev/nvme0n1p2 /var/snap/bind ext4 rw 0 0',
		'/dev/nvme0n1p1 /boot/efi vfat rw 0 0',
		'/dev/loop3 /snap/code/1 squashfs ro 0 0',
		String.raw`/dev/mapper/vault /home/ada/My\040Vault ext4 rw 0 0`,
		'nas:/models /mnt/models nfs4 rw 0 0',
		'tmpfs /run tmpfs rw 0 0',
		'overlay /var/lib/docker/overlay2/1f/merged overlay rw 0 0',
	].join('\n');

	test('are those that hold files, each once', () => {
		expect(parseMounts(mounts).map(({ mount, isRemote }) => [mount, isRemote])).toEqual([
			['/', false],
			['/boot/efi', false],
			['/home/ada/My Vault', false],
			['/mnt/models', true],
		]);
		const container = 'overlay / overlay rw 0 0\n/dev/sda1 /etc/hosts ext4 rw 0 0\n/dev/sda1 /workspaces ext4 rw 0 0';
		expect(parseMounts(container).map(({ mount }) => mount)).toEqual(['/', '/workspaces']);
		expect(parseMounts(String.raw`C:\134 /mnt/c 9p rw 0 0`)).toEqual([
			{ mount: '/mnt/c', device: 'C:\\', type: '9p', isRemote: true },
		]);
	});

	test('read and write by the kernel’s counters, also behind a mapped name', () => {
		const root = new FakeRoot({
			'dev/dm-0': '',
			'proc/diskstats': '   8  0 sda 10 0 2000 5 20 0 4000 5 0 0 0\n 253 0 dm-0 1 0 100 1 1 0 200 1 0 0 0\n',
		});
		mkdirSync(join(root.folder, 'dev/mapper'));
		const vault = join(root.folder, 'dev/mapper/vault');
		symlinkSync('../dm-0', vault);
		const reader = new DiskIoReader(root.proc);
		onTestFinished(() => reader.dispose());
		expect(reader.read(moment(0), ['/dev/sda', vault]).size).toBe(0);
		root.write({
			'proc/diskstats': '   8  0 sda 10 0 2200 5 20 0 4000 5 0 0 0\n 253 0 dm-0 1 0 100 1 1 0 1200 1 0 0 0\n',
		});
		expect([...reader.read(moment(1000), ['/dev/sda', vault, '/dev/other']).values()]).toEqual([
			{ readPerSecond: 102_400, writtenPerSecond: 0 },
			{ readPerSecond: 0, writtenPerSecond: 512_000 },
		]);
	});
});

test('the machine’s own battery is told, a mouse’s is not', () => {
	const mouse = {
		'sys/class/power_supply/hidpp_battery_0/type': 'Battery',
		'sys/class/power_supply/hidpp_battery_0/scope': 'Device',
		'sys/class/power_supply/hidpp_battery_0/capacity': '5',
	};
	expect(readBattery(new FakeRoot(mouse).sys)).toBeUndefined();
	const own = {
		'sys/class/power_supply/BAT0/type': 'Battery\n',
		'sys/class/power_supply/BAT0/capacity': '73\n',
		'sys/class/power_supply/BAT0/status': 'Discharging\n',
		'sys/class/power_supply/BAT0/energy_now': '30000000\n',
		'sys/class/power_supply/BAT0/power_now': '12000000\n',
	};
	expect(readBattery(new FakeRoot({ ...mouse, ...own }).sys)).toEqual({
		percent: 73,
		isCharging: false,
		minutesLeft: 150,
	});
});

describe('cards of AMD and Intel', () => {
	const amd = {
		'sys/class/drm/card1/device/vendor': '0x1002\n',
		'sys/class/drm/card1/device/uevent': 'DRIVER=amdgpu\nPCI_SLOT_NAME=0000:03:00.0\n',
		'sys/class/drm/card1/device/gpu_busy_percent': '0\n',
		'sys/class/drm/card1/device/mem_info_vram_total': `${16 * gibibyte}\n`,
		'sys/class/drm/card1/device/mem_info_vram_used': `${2 * gibibyte}\n`,
		'sys/class/drm/card1/device/current_link_speed': '16.0 GT/s PCIe\n',
		'sys/class/drm/card1/device/current_link_width': '16\n',
		'sys/class/drm/card1/device/power/runtime_status': 'active\n',
		'sys/class/drm/card1/device/hwmon/hwmon4/temp1_input': '43000\n',
		'sys/class/drm/card1/device/hwmon/hwmon4/power1_average': '15000000\n',
		'sys/class/drm/card1/device/hwmon/hwmon4/power1_cap': '203000000\n',
		'sys/class/drm/card1/device/hwmon/hwmon4/pwm1': '51\n',
		'sys/class/drm/card1/device/hwmon/hwmon4/pwm1_max': '255\n',
		'sys/class/drm/card1/device/hwmon/hwmon4/freq1_input': '500000000\n',
	};
	const intel = {
		'sys/class/drm/card0/device/vendor': '0x8086\n',
		'sys/class/drm/card0/gt_act_freq_mhz': '350\n',
		'sys/class/drm/card0-HDMI-A-1/status': 'connected\n',
	};

	test('tell what their drivers write: 0 % is 0, and what is not written is absent', () => {
		const cards = new DrmCards(new FakeRoot({ ...amd, ...intel }).sys);
		expect(cards.read(0)).toEqual([
			{ id: 'card0', index: 0, name: 'Intel GPU', vendor: 'intel', coreMegahertz: 350 },
			{
				id: '0000:03:00.0',
				index: 1,
				name: 'AMD GPU',
				vendor: 'amd',
				usage: 0,
				memoryTotal: 16 * gibibyte,
				memoryUsed: 2 * gibibyte,
				temperature: 43,
				fan: 20,
				watts: 15,
				wattsLimit: 203,
				coreMegahertz: 500,
				pcie: { generation: 4, width: 16 },
			},
		]);
	});

	test('that sleep are not woken, and NVIDIA’s are not here', () => {
		const asleep = { ...amd, 'sys/class/drm/card1/device/power/runtime_status': 'suspended\n' };
		expect(new DrmCards(new FakeRoot(asleep).sys).read(0)).toEqual([
			{ id: '0000:03:00.0', index: 0, name: 'AMD GPU', vendor: 'amd' },
		]);
		expect(new DrmCards(new FakeRoot({ 'sys/class/drm/card0/device/vendor': '0x10de\n' }).sys).read(0)).toEqual([]);
	});
});

/** A sampler of a machine without disks. */
function samplerOf({ proc, sys, folder }: FakeRoot): LinuxSampler {
	const statfs = (): Promise<never> => Promise.reject(new Error('none'));
	const sampler = new LinuxSampler(new ManualClock(), { proc, sys, root: folder, ownPid: 1, statfs });
	onTestFinished(() => sampler.dispose());
	return sampler;
}

describe('a machine with Linux', () => {
	test('tells facts, and says when it is a container with a limit', async () => {
		const root = new FakeRoot({
			'etc/os-release': 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
			'proc/cpuinfo': 'processor\t: 0\nmodel name\t: AMD Ryzen 9 7950X 16-Core Processor\n',
			'proc/meminfo': 'MemTotal:       16777216 kB\nMemAvailable:    8388608 kB\n',
			'proc/stat': stat([1, 0, 1, 1, 0, 0, 0, 0], [1, 0, 1, 1, 0, 0, 0, 0]),
			'proc/self/cgroup': '0::/\n',
			'sys/fs/cgroup/memory.max': `${4 * gibibyte}\n`,
			'.dockerenv': '',
		});
		const sampler = samplerOf(root);
		expect(await sampler.facts()).toEqual({
			hostname: expect.any(String),
			system: 'Debian GNU/Linux 12 (bookworm)',
			cpu: 'AMD Ryzen 9 7950X 16-Core Processor',
			cores: 2,
			memory: 16 * gibibyte,
			memoryLimit: 4 * gibibyte,
			isContainer: true,
		});
	});

	test('is sampled in one look, also where nothing is told at all', async () => {
		const root = new FakeRoot();
		const sampler = samplerOf(root);
		const wish = { ...moment(0), now: 42, withProcesses: true, gpuMemory: new Map() };
		expect(await sampler.look(wish)).toEqual({
			at: 42,
			cpu: { cores: 1 },
			memory: { total: 0, available: 0, used: 0 },
			disks: [],
			gpus: [],
			processes: [],
		});
	});

	test('who uses the processor is told soon, and from then on more rarely', async () => {
		const ticks = (count: number): Record<string, string> => ({
			'proc/5/stat': `5 (cc1) S 1 1 1 0 -1 4194304 1 0 0 0 ${count} 0 0 0 20 0 1 0 500 99999 100 184467 0 0\n`,
		});
		const root = new FakeRoot(ticks(0));
		const sampler = samplerOf(root);
		const told: (number | string)[] = [];
		for (let second = 0; second <= 7; second++) {
			root.write(ticks(second * 50));
			const wish = { ...moment(second * 1000), now: second, withProcesses: true, gpuMemory: new Map() };
			const { processes } = await sampler.look(wish);
			if (processes) told.push(second, processes[0]?.cpu ?? 'not known');
		}
		expect(told).toEqual([0, 'not known', 1, 50, 6, 50]);
	});

	test('a page that is opened again has its processes at once', async () => {
		const root = new FakeRoot({
			'proc/5/stat': `5 (cc1) S 1 1 1 0 -1 4194304 1 0 0 0 7 0 0 0 20 0 1 0 500 99999 100 184467 0 0\n`,
		});
		const sampler = samplerOf(root);
		const look = (second: number, withProcesses: boolean) =>
			sampler.look({ ...moment(second * 1000), now: second, withProcesses, gpuMemory: new Map() });
		const counts: (number | undefined)[] = [];
		for (const [second, isSeen] of [true, true, true, false, true].entries())
			counts.push((await look(second, isSeen)).processes?.length);
		expect(counts).toEqual([1, 1, undefined, undefined, 1]);
	});
});
