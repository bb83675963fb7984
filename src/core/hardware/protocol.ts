import type { MachineFacts, Sample } from './sample';

/** What the worker that samples is asked, and what it tells. */
export interface HardwareContract {
	requests: {
		/** How often to look from now on, milliseconds; `null` for not at all. */
		pace: { params: { readonly ms: number | null; readonly withProcesses: boolean }; result: null };
		/** Bytes of GPU memory by pid, as the GPUs' own tool says; a later word replaces it. */
		gpuMemory: { params: readonly (readonly [pid: number, bytes: number])[]; result: null };
		facts: { params: null; result: StaticFacts };
	};
	events: {
		sample: Sample;
		/** A look failed in a way that was not foreseen; the next one is tried all the same. */
		failed: { readonly reason: string };
	};
}

/** What the machine tells of itself once; only the window knows how it is reached. */
export type StaticFacts = Omit<MachineFacts, 'platform' | 'remote'>;
