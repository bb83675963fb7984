import type { ProcessSample } from '../../hardware/sample';
import { defineAction, defineTopic, integerOf, noParams, recordOf } from '../topic';

export const processesTopic = defineTopic<null, readonly ProcessSample[]>({ name: 'processes', read: noParams });

// A type, not an interface: it travels as JSON.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type EndParams = {
	readonly pid: number;
	/** As the sample told it: a later process of the same number is not ended. */
	readonly startedAt: number | null;
	/** At once, without a chance to close what it holds. */
	readonly isForced: boolean;
};

/** What became of it: `ended`, `running` when it did not follow, `kept` when the user thought better of it. */
export const endProcess = defineAction<EndParams, 'ended' | 'running' | 'kept'>({
	name: 'processes.end',
	read: params => {
		const { pid, startedAt, isForced } = recordOf(params);
		if (startedAt !== null && typeof startedAt !== 'number') throw new Error('startedAt must be a number or null');
		return { pid: integerOf(pid, 1, 2 ** 31), startedAt, isForced: isForced === true };
	},
});
