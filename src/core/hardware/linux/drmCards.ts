import { join } from 'node:path';
import { Kept } from '../rates';
import type { GpuSample } from '../sample';
import { namesIn, readNumber, readWord } from './kernelFile';

const vendors: Readonly<Record<string, 'amd' | 'intel'>> = { '0x1002': 'amd', '0x8086': 'intel' };
/** What a card is called whose driver does not tell its name. */
const unnamed = { amd: 'AMD GPU', intel: 'Intel GPU' } as const;
const searchMs = 5 * 60_000;

interface Card {
	readonly device: string;
	readonly vendor: 'amd' | 'intel';
	readonly id: string;
	readonly name: string;
	readonly sensors: string | undefined;
	readonly card: string;
}

/** AMD's and Intel's cards by what the kernel's drivers write below `/sys/class/drm`. NVIDIA's tell nothing there. */
export class DrmCards {
	readonly #folder: string;
	readonly #cards = new Kept<readonly Card[]>();

	/** @param sys `/sys` or what stands for it */
	constructor(sys: string) {
		this.#folder = join(sys, 'class', 'drm');
	}

	read(at: number): readonly GpuSample[] {
		return this.#cards.get(at, searchMs, () => this.#find()).map((card, index) => readCard(card, index));
	}

	#find(): readonly Card[] {
		return namesIn(this.#folder)
			.filter(name => /^card\d+$/.test(name))
			.toSorted()
			.flatMap(name => {
				const card = join(this.#folder, name);
				const device = join(card, 'device');
				const vendor = vendors[readWord(join(device, 'vendor')) ?? ''];
				if (vendor === undefined) return [];
				const monitors = join(device, 'hwmon');
				const monitor = namesIn(monitors)[0];
				const address = /^PCI_SLOT_NAME=(\S+)/m.exec(readWord(join(device, 'uevent')) ?? '')?.[1];
				return [
					{
						card,
						device,
						vendor,
						id: address ?? name,
						name: readWord(join(device, 'product_name')) || unnamed[vendor],
						sensors: monitor === undefined ? undefined : join(monitors, monitor),
					},
				];
			});
	}
}

/** Whether a card goes by its maker's name alone. */
export function isUnnamed({ vendor, name }: GpuSample): boolean {
	return (vendor === 'amd' || vendor === 'intel') && name === unnamed[vendor];
}

function readCard({ card, device, vendor, id, name, sensors }: Card, index: number): GpuSample {
	const known = { id, index, name, vendor };
	// A card that sleeps would be woken by a question for its load.
	if (readWord(join(device, 'power', 'runtime_status')) === 'suspended') return known;
	return { ...known, ...(vendor === 'amd' ? readAmd(device, sensors) : readIntel(card)) };
}

function readAmd(device: string, sensors: string | undefined): Partial<GpuSample> {
	const own = (name: string): number | undefined => readNumber(join(device, name));
	const sensor = (name: string, unit: number): number | undefined => {
		const value = sensors === undefined ? undefined : readNumber(join(sensors, name));
		return value === undefined ? undefined : value / unit;
	};
	const [fan, fullFan] = [sensor('pwm1', 1), sensor('pwm1_max', 1) ?? 255];
	return told({
		usage: own('gpu_busy_percent'),
		memoryTotal: own('mem_info_vram_total'),
		memoryUsed: own('mem_info_vram_used'),
		temperature: sensor('temp1_input', 1000),
		fan: fan === undefined ? undefined : (fan / fullFan) * 100,
		watts: sensor('power1_average', 1e6) ?? sensor('power1_input', 1e6),
		wattsLimit: sensor('power1_cap', 1e6),
		coreMegahertz: sensor('freq1_input', 1e6),
		memoryMegahertz: sensor('freq2_input', 1e6),
		pcie: pcieOf(readWord(join(device, 'current_link_speed')), own('current_link_width')),
	});
}

/** Intel's drivers tell their clock; how busy the card is only to those who may watch the whole machine. */
function readIntel(card: string): Partial<GpuSample> {
	const files = ['gt_act_freq_mhz', 'gt/gt0/rps_act_freq_mhz', 'device/tile0/gt0/freq0/act_freq'];
	return told({ coreMegahertz: files.map(name => readNumber(join(card, name))).find(value => value !== undefined) });
}

const generations: Readonly<Record<string, number>> = { '2.5': 1, '5.0': 2, '8.0': 3, '16.0': 4, '32.0': 5, '64.0': 6 };

/** `16.0 GT/s PCIe` is the fourth generation. */
function pcieOf(speed: string | undefined, width: number | undefined): GpuSample['pcie'] | undefined {
	const generation = generations[/^(\d+\.\d)/.exec(speed ?? '')?.[1] ?? ''];
	return generation === undefined && width === undefined
		? undefined
		: { ...(generation !== undefined && { generation }), ...(width !== undefined && { width }) };
}

/** The record without what was not told. */
function told(values: { readonly [K in keyof GpuSample]?: GpuSample[K] | undefined }): Partial<GpuSample> {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
