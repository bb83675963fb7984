import { ExpectedError } from '../../base/errors';
import type { CapName } from './events';

/** What can go wrong with a run beside what its nodes themselves say, as codes to branch on. */
export type FlowErrorCode =
	/** The flow has problems that keep it from running; `details.problems` has them. */
	| 'flow-invalid'
	/** An input of the flow is missing or of the wrong kind. */
	| 'flow-input'
	/** The part that was asked for cannot run by itself. */
	| 'flow-scope'
	| 'limit-steps'
	| 'limit-time'
	| 'limit-tokens'
	| 'limit-money'
	/** A value of a node is larger than one may be. */
	| 'limit-output'
	/** Sub-flows call each other too deeply. */
	| 'limit-depth'
	/** The budgets of the day or month leave nothing. */
	| 'budget'
	| 'node-timeout'
	/** A required port of a node, or what its container needs, has no value. */
	| 'node-input'
	/** The parameters of a node do not fit once their expressions have values. */
	| 'node-params'
	/** What a node gave back is no JSON. */
	| 'node-output'
	/** Whoever runs the flow offers no models, tools, … */
	| 'no-service'
	/** A person said that the node is to count as failed. */
	| 'given-up'
	/** Every branch of a race failed. */
	| 'race-lost'
	/** The journal cannot be read, or belongs to another version. */
	| 'journal';

/** A failure of a run or of one node, with a sentence for the user. */
export class FlowError extends ExpectedError<FlowErrorCode> {}

/** A cap of the run is reached. It ends the run: no retry and no error branch catches it. */
export class FlowLimitError extends FlowError {
	readonly cap: CapName;

	constructor(cap: CapName, message: string, code?: FlowErrorCode) {
		super(code ?? `limit-${cap}`, message);
		this.cap = cap;
	}
}
