import type { Disposable } from '../../../core/base/lifecycle';
import type { Topic } from '../../../core/dashboard/topic';
import type { Sink } from '../../../core/dashboard/topicHub';
import {
	cpuTopic,
	disksTopic,
	gpusTopic,
	machineTopic,
	memoryTopic,
	networkTopic,
} from '../../../core/dashboard/topics/hardware';
import type { HardwareFeed } from '../../../core/hardware/feed';
import type { Sample } from '../../../core/hardware/sample';
import { tells, type Source, type SourceDeps, type Teller } from '../source';
import { following } from './watched';

/** Parts of the samples, while somebody looks. */
export const hardwareSource: Source = {
	tells: [
		sampled(cpuTopic, ({ cpu }) => cpu),
		sampled(memoryTopic, ({ memory }) => memory),
		sampled(disksTopic, ({ disks }) => disks),
		sampled(networkTopic, ({ network }) => network ?? null),
		tells(gpusTopic, (_params, sink, deps) =>
			eachSample(sink, deps, ({ gpus }, { gpuProblem }) => ({ gpus, problem: gpuProblem ?? null })),
		),
		tells(machineTopic, (_params, sink, { hardware }) =>
			following(sink, async () => sink.tell(await (await hardware.get()).facts())),
		),
	],
};

function sampled<D>(topic: Topic<null, D>, part: (sample: Sample) => D | undefined): Teller {
	return tells(topic, (_params, sink, deps) => eachSample(sink, deps, sample => part(sample)));
}

/** Tells a part of each sample; what a sample does not hold is left as it was told before. */
export function eachSample<D>(
	sink: Sink<D>,
	{ hardware }: Pick<SourceDeps, 'hardware'>,
	part: (sample: Sample, feed: HardwareFeed) => D | undefined,
): Disposable {
	return following(sink, async store => {
		const feed = await hardware.get();
		if (store.isDisposed) return;
		const tell = (sample: Sample): void => {
			const data = part(sample, feed);
			if (data !== undefined) sink.tell(data);
		};
		store.add(feed.onDidSample(tell));
		store.add(feed.watch('page'));
		if (feed.latest) tell(feed.latest);
	});
}
