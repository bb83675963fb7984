import type { NodeId } from '../model/flow';
import type { PortValues } from '../nodes/nodeType';
import type { FramePath } from './events';

/** What a run had done before its program was killed. */
export interface EarlierRun {
	/** A node that had ended: it is not run again. `isHeld`: a breakpoint after it held what follows. */
	ended(frame: FramePath, node: NodeId): { readonly outputs: PortValues; readonly isHeld: boolean } | undefined;
	/** Attempts that had failed and were to be followed by another. */
	attempts(frame: FramePath, node: NodeId): number;
	/** It was running, and changes the world: whether it has done so is not known. */
	wasCutOff(frame: FramePath, node: NodeId): boolean;
}
