import { join } from 'node:path';
import { Owner } from '../../base/lifecycle';
import { Kept, Rates, type Moment } from '../rates';
import type { CpuSample } from '../sample';
import { KernelFile, namesIn, readNumber, readWord } from './kernelFile';

const slowMs = 10_000;
const temperatureMs = 4_000;
/** Sensors that do not come and go are looked for again after this. */
const searchMs = 10 * 60_000;
/** Each core's frequency is a file, and a server has hundreds: some of them tell enough. */
const mostFrequencies = 8;

interface Times {
	readonly name: string;
	readonly busy: number;
	readonly total: number;
}

/** Reads the lines `cpu …` of `/proc/stat`: `cpu`, `cpu0`, `cpu1` and so on. */
export function parseCpuTimes(text: string): readonly Times[] {
	const times: Times[] = [];
	for (let start = 0; text.startsWith('cpu', start);) {
		const end = text.indexOf('\n', start);
		const words = text.slice(start, end < 0 ? undefined : end).split(' ');
		// Behind the first name stand two spaces.
		const first = words[1] === '' ? 2 : 1;
		let total = 0;
		// Time of guests, the ninth and tenth, is counted in the first two already.
		for (let index = first; index < first + 8; index++) total += Number(words[index] ?? 0);
		const idle = Number(words[first + 3] ?? 0) + Number(words[first + 4] ?? 0);
		times.push({ name: words[0]!, total, busy: total - idle });
		if (end < 0) break;
		start = end + 1;
	}
	return times;
}

/** The processor by `/proc/stat`, its frequency and temperature by `/sys`. */
export class CpuReader extends Owner {
	readonly #sys: string;
	readonly #stat: KernelFile;
	readonly #load: KernelFile;
	readonly #totals = new Rates();
	readonly #busy = new Rates();
	readonly #megahertz = new Kept<number | undefined>();
	readonly #temperature = new Kept<number | undefined>();
	readonly #sensor = new Kept<string | undefined>();

	constructor(proc: string, sys: string) {
		super();
		this.#sys = sys;
		this.#stat = this.own(new KernelFile(join(proc, 'stat')));
		this.#load = this.own(new KernelFile(join(proc, 'loadavg')));
	}

	read(moment: Moment): CpuSample {
		const times = parseCpuTimes(this.#stat.read() ?? '');
		this.#totals.begin(moment);
		this.#busy.begin(moment);
		const usages = times.map(({ name, busy, total }) => {
			const grown = this.#totals.grown(name, total);
			const worked = this.#busy.grown(name, busy);
			// Time of waiting may go back a little, so the busy time may seem to exceed the whole.
			return grown === undefined || worked === undefined || grown === 0
				? undefined
				: Math.min(100, (worked / grown) * 100);
		});
		const [usage, ...cores] = usages;
		const perCore = cores.filter(value => value !== undefined);
		const load = (this.#load.read() ?? '').split(' ', 3).map(Number);
		const [one, five, fifteen] = load;
		const megahertz = this.#megahertz.get(moment.at, slowMs, () => this.#readMegahertz());
		const temperature = this.#temperature.get(moment.at, temperatureMs, () => this.#readTemperature(moment.at));
		return {
			cores: Math.max(1, times.length - 1),
			...(usage !== undefined && { usage }),
			...(perCore.length === cores.length && cores.length > 0 && { perCore }),
			...(megahertz !== undefined && { megahertz }),
			...(temperature !== undefined && { temperature }),
			...(fifteen !== undefined && load.every(Number.isFinite) && { load: [one!, five!, fifteen] as const }),
		};
	}

	#readMegahertz(): number | undefined {
		const folder = join(this.#sys, 'devices', 'system', 'cpu');
		const cores = namesIn(folder).filter(name => /^cpu\d+$/.test(name));
		const step = Math.max(1, Math.floor(cores.length / mostFrequencies));
		const told = cores
			.filter((_, index) => index % step === 0)
			.map(core => readNumber(join(folder, core, 'cpufreq', 'scaling_cur_freq')))
			.filter(kilohertz => kilohertz !== undefined);
		return told.length === 0 ? undefined : told.reduce((sum, value) => sum + value, 0) / told.length / 1000;
	}

	#readTemperature(at: number): number | undefined {
		const sensor = this.#sensor.get(at, searchMs, () => findCpuSensor(this.#sys));
		const thousandths = sensor === undefined ? undefined : readNumber(sensor);
		// A sensor without a word says 0, or something that no processor survives.
		return thousandths !== undefined && thousandths > 0 && thousandths < 150_000 ? thousandths / 1000 : undefined;
	}
}

/** The file that tells the whole processor's temperature, in thousandths of a degree. */
export function findCpuSensor(sys: string): string | undefined {
	const monitors = join(sys, 'class', 'hwmon');
	for (const wanted of [/^(coretemp|k10temp|zenpower)$/, /^cpu(_thermal|temp)?/]) {
		const monitor = namesIn(monitors).find(name => wanted.test(readWord(join(monitors, name, 'name')) ?? ''));
		if (monitor === undefined) continue;
		const folder = join(monitors, monitor);
		const inputs = namesIn(folder).filter(name => /^temp\d+_input$/.test(name));
		const labelOf = (input: string): string => readWord(join(folder, input.replace('input', 'label'))) ?? '';
		const whole = inputs.find(input => /^(Package id \d+|Tdie|Tctl)$/.test(labelOf(input))) ?? inputs.toSorted()[0];
		if (whole !== undefined) return join(folder, whole);
	}
	const zones = join(sys, 'class', 'thermal');
	const zone = namesIn(zones).find(name => /^(x86_pkg_temp|cpu|soc)/i.test(readWord(join(zones, name, 'type')) ?? ''));
	return zone === undefined ? undefined : join(zones, zone, 'temp');
}
