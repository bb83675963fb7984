import type { CpuInfo } from 'node:os';
import { Rates, type Moment } from './rates';
import type { CpuSample } from './sample';

/** The processor by what Node tells of each core, on systems without `/proc`. */
export class CpuTimes {
	readonly #rates = new Rates();

	read(moment: Moment, cpus: readonly CpuInfo[], load: readonly number[]): CpuSample {
		this.#rates.begin(moment);
		let [worked, passed] = [0, 0];
		const perCore: number[] = [];
		for (const [index, { times }] of cpus.entries()) {
			const total = times.user + times.nice + times.sys + times.idle + times.irq;
			const grown = this.#rates.grown(`${index}`, total);
			const busy = this.#rates.grown(`${index} busy`, total - times.idle);
			if (grown === undefined || busy === undefined || grown === 0) continue;
			worked += busy;
			passed += grown;
			perCore.push(Math.min(100, (busy / grown) * 100));
		}
		const megahertz = cpus[0]?.speed ?? 0;
		const [one, five, fifteen] = load;
		// Windows has no load averages, and says 0.
		const hasLoad = fifteen !== undefined && load.some(value => value > 0);
		return {
			cores: Math.max(1, cpus.length),
			...(passed > 0 && { usage: Math.min(100, (worked / passed) * 100) }),
			...(perCore.length === cpus.length && perCore.length > 0 && { perCore }),
			...(megahertz > 0 && { megahertz }),
			...(hasLoad && { load: [one!, five!, fifteen] as const }),
		};
	}
}
