import type { Clock } from '../base/clock';
import { LinuxSampler } from './linux/linuxSampler';
import { OtherSampler } from './otherSampler';
import type { Sampler } from './sampler';

/** The sampler of the system that this runs on. */
export function systemSampler(clock: Clock, platform: NodeJS.Platform = process.platform): Sampler {
	return platform === 'linux' ? new LinuxSampler(clock) : new OtherSampler(clock);
}
