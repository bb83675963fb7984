import type { NodeId } from '../model/flow';
import type { PortValues } from '../nodes/nodeType';
import type { FramePath } from './events';

/** How a node had ended. */
export interface EndedNode {
	/** `null`: it failed. */
	readonly outputs: PortValues | null;
	readonly error: string | null;
	/** A breakpoint after it held what follows. */
	readonly isHeld: boolean;
}

/** What a run had done before its program was killed. */
export interface EarlierRun {
	/** A node that had ended: it is not run again. */
	ended(frame: FramePath, node: NodeId): EndedNode | undefined;
	/** Attempts that had failed and were to be followed by another. */
	attempts(frame: FramePath, node: NodeId): number;
	/** It had begun, and how it ended is not known. */
	wasCutOff(frame: FramePath, node: NodeId): boolean;
}
