import type { ExecutionId } from '../../base/ids';
import type { NodeId } from '../model/flow';
import type { PortValues } from '../nodes/nodeType';
import type { EarlierRun } from './earlier';
import type { Breakpoint } from './events';
import type { Spent } from './limits';
import type { LoadedFlow } from './services';

/** What the journal of an interrupted run holds, as the next start needs it. */
export interface FinishedRun extends EarlierRun {
	readonly execution: ExecutionId;
	readonly startedAt: number;
	/** Node runs that have ended. */
	readonly count: number;
	/** Files that its journal has so far. */
	readonly journals: number;
	readonly pins: ReadonlyMap<NodeId, PortValues>;
	readonly given: ReadonlyMap<NodeId, PortValues>;
	readonly breakpoints: readonly Breakpoint[];
	readonly spent: Spent;
	/** Until when its questions stand, by their ids. */
	readonly waits: ReadonlyMap<string, number | null>;
	/** Sub-flows that it read, by their paths. */
	readonly flows: ReadonlyMap<string, LoadedFlow>;
}
