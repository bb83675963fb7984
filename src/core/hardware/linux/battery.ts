import { join } from 'node:path';
import type { BatterySample } from '../sample';
import { namesIn, readNumber, readWord } from './kernelFile';

/** The machine's own battery by `/sys/class/power_supply`; a mouse's is none of it. */
export function readBattery(sys: string): BatterySample | undefined {
	const supplies = join(sys, 'class', 'power_supply');
	const batteries = namesIn(supplies)
		.map(name => join(supplies, name))
		.filter(folder => readWord(join(folder, 'type')) === 'Battery' && readWord(join(folder, 'scope')) !== 'Device');
	for (const folder of batteries) {
		const number = (name: string): number | undefined => readNumber(join(folder, name));
		const now = number('energy_now') ?? number('charge_now');
		const full = number('energy_full') ?? number('charge_full');
		const percent = number('capacity') ?? (now !== undefined && full !== undefined ? (now / full) * 100 : undefined);
		if (percent === undefined) continue;
		const status = readWord(join(folder, 'status'));
		const flow = Math.abs(number('power_now') ?? number('current_now') ?? 0);
		const hours = status === 'Discharging' && now !== undefined && flow > 0 ? now / flow : undefined;
		return {
			percent: Math.min(100, Math.max(0, percent)),
			isCharging: status === 'Charging',
			...(hours !== undefined && hours < 100 && { minutesLeft: Math.round(hours * 60) }),
		};
	}
	return undefined;
}
