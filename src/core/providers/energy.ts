import type { Disposable } from '../base/lifecycle';
import type { ModelEvent } from './provider';

/** Measures what the GPUs of this machine draw. */
export interface EnergyMeter {
	/** Begins a measurement; it goes on until it is disposed. */
	begin(): EnergyMeasurement;
}

export interface EnergyMeasurement extends Disposable {
	/** Joules so far, this measurement's share where several run at once; `null` where no GPU says what it draws. */
	readonly joules: number | null;
}

/** The same events; the last one also says what the GPUs drew meanwhile, where they tell. */
export async function* withEnergy(events: AsyncIterable<ModelEvent>, meter: EnergyMeter): AsyncGenerator<ModelEvent> {
	const measurement = meter.begin();
	try {
		for await (const event of events) {
			const { joules } = measurement;
			if (event.type !== 'end' || event.usage === null || joules === null) yield event;
			else yield { ...event, usage: { ...event.usage, gpuJoules: Math.round(joules) } };
		}
	} finally {
		measurement.dispose();
	}
}
