import type { ApprovalId, ConversationId, ExecutionId } from '../../core/base/ids';

/** What other features may ask of the chat. */
export interface ChatActions {
	/** Shows a conversation in the chat view, scrolled to the approval if one is named. */
	reveal(conversation: ConversationId, approval?: ApprovalId): Promise<void>;
	/** Stops the turn that is this execution; does nothing when it is over. */
	stopExecution(execution: ExecutionId): Promise<void>;
	/** Whether this window runs the execution now, so that it can be stopped here. */
	isRunningHere(execution: ExecutionId): boolean;
	/** Whether the chat shows this conversation to the user right now. */
	isInView(conversation: ConversationId): boolean;
}
