import { useEffect, useState } from 'react';
import type { Numbered, Outcome, Timed } from '../../core/mcp/inspectorProtocol';
import { failureOf, useHost } from './host';

export interface CallState<T> {
	readonly isRunning: boolean;
	/** What the server says about how far it is. */
	readonly progress: string | null;
	readonly outcome: Outcome<T> | null;
	readonly run: (ask: (at: Numbered) => Promise<Timed<T>>) => void;
	readonly cancel: () => void;
}

/**
 * One request at a time of one place, with its progress and its answer. Both stay when the user looks elsewhere: the
 * host keeps them, because the page of a hidden tab is gone.
 */
export function useCall<T>(place: string): CallState<T> {
	const { client, nextCall, memory, running, attempt } = useHost();
	const [call, setCall] = useState(() => running.get(place) ?? null);
	const [progress, setProgress] = useState<string | null>(null);
	const [outcome, setOutcome] = useState(() => (memory.get(place) as Outcome<T> | undefined) ?? null);
	useEffect(() => {
		const progressed = client.on('progress', told => {
			if (told.call === call) setProgress(told.text);
		});
		const finished = client.on('finished', told => {
			if (told.place !== place) return;
			setOutcome(told.outcome as Outcome<T>);
			setCall(null);
		});
		return () => {
			progressed.dispose();
			finished.dispose();
		};
	}, [client, call, place]);
	return {
		isRunning: call !== null,
		progress,
		outcome,
		run: ask => {
			const number = nextCall();
			running.set(place, number);
			setCall(number);
			setProgress(null);
			ask({ call: number, place }).catch((error: unknown) => {
				// The host's own word came before this one, unless the connection itself failed.
				if (running.get(place) !== number) return;
				running.delete(place);
				setOutcome({ result: null, failure: failureOf(error), ms: null });
				setCall(null);
			});
		},
		cancel: () => {
			if (call !== null) void attempt('cancel', { call });
		},
	};
}
