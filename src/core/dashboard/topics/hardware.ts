import type {
	CpuSample,
	DiskSample,
	GpuSample,
	MachineFacts,
	MemorySample,
	NetworkSample,
} from '../../hardware/sample';
import { defineTopic, noParams } from '../topic';

// A topic for each part of a sample: a page is told only of what it shows.
export const cpuTopic = defineTopic<null, CpuSample>({ name: 'cpu', read: noParams });
export const memoryTopic = defineTopic<null, MemorySample>({ name: 'memory', read: noParams });
export const disksTopic = defineTopic<null, readonly DiskSample[]>({ name: 'disks', read: noParams });
/** `null` where the machine does not tell. */
export const networkTopic = defineTopic<null, NetworkSample | null>({ name: 'network', read: noParams });
export interface GpusView {
	readonly gpus: readonly GpuSample[];
	/** Why a card that should be there is not, in the driver's own words. */
	readonly problem: string | null;
}

export const gpusTopic = defineTopic<null, GpusView>({ name: 'gpus', read: noParams });
/** Which machine is looked at. */
export const machineTopic = defineTopic<null, MachineFacts>({ name: 'machine', read: noParams });
