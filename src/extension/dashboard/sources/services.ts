import type { Event } from '../../../core/base/event';
import type { Topic } from '../../../core/dashboard/topic';
import { alertsTopic, servicesTopic } from '../../../core/dashboard/topics/services';
import { requireTrust } from '../../flow/trust';
import { tells, type Source, type SourceDeps, type Teller } from '../source';
import { following, rereading } from './watched';

/** Services and alerts of this machine. */
export const servicesSource: Source = {
	tells: [
		listed(servicesTopic, async ({ machine }) => {
			const feed = await machine.health.get();
			return { onDidChange: feed.onDidChange, read: () => feed.services };
		}),
		listed(alertsTopic, async ({ machine }) => {
			const feed = await machine.alerts.get();
			return { onDidChange: feed.onDidChange, read: () => feed.open };
		}),
	],
};

interface Feed<D> {
	readonly onDidChange: Event<void>;
	read(): D;
}

function listed<D>(topic: Topic<null, D>, feedOf: (deps: SourceDeps) => Promise<Feed<D>>): Teller {
	return tells(topic, (_params, sink, deps) =>
		following(sink, async store => {
			requireTrust('Services are watched');
			const feed = await feedOf(deps);
			if (!store.isDisposed) store.add(rereading(sink, () => Promise.resolve(feed.read()), [feed.onDidChange]));
		}),
	);
}
