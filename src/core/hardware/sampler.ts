import type { Disposable } from '../base/lifecycle';
import type { StaticFacts } from './protocol';
import type { Moment } from './rates';
import type { Sample } from './sample';

/** What a look is to bring. */
export interface LookWish extends Moment {
	/** Wall clock, milliseconds since 1970. */
	readonly now: number;
	/** Somebody sees the processes. */
	readonly withProcesses: boolean;
	/** Bytes of GPU memory by pid. */
	readonly gpuMemory: ReadonlyMap<number, number>;
}

/** Looks at the machine, in the way of its system. */
export interface Sampler extends Disposable {
	/** Processes are listed more rarely, and are in the samples that have a new list. */
	look(wish: LookWish): Promise<Sample>;
	facts(): Promise<StaticFacts>;
}
