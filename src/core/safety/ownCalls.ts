import type { ToolCall } from './approval';
import type { CallOrigin, Verdict } from './gate';

/** What the gate knows of a call of our own tool that the CLI was asked to make. */
export interface OwnCall {
	readonly call: ToolCall;
	readonly origin: CallOrigin;
	/** `null` when the CLI's own rules let the call pass without asking us: then it is still to be decided. */
	readonly verdict: Extract<Verdict, { isAllowed: true }> | null;
}

/** A CLI that forgets its calls must not make us grow. */
const most = 500;

/** Whether the call will reach us: it is of a tool that we serve to the CLI. */
function isServed({ tool, isOfOtherServer }: ToolCall): boolean {
	return tool.startsWith('quarterdeck_') || (tool.startsWith('mcp__') && isOfOtherServer !== true);
}

/**
 * Calls of tools that we serve between the CLI's question and the moment when they reach us, by the CLI's id of the call. What
 * was decided at the first is not asked again at the second.
 */
export class OwnCalls {
	readonly #calls = new Map<string, OwnCall>();

	/** The CLI is about to make this call. */
	announced(toolUseId: string, call: ToolCall, origin: CallOrigin): void {
		if (isServed(call)) this.#set(toolUseId, { call, origin, verdict: null });
	}

	/** The gate allowed it. */
	allowed(toolUseId: string, call: ToolCall, origin: CallOrigin, verdict: Verdict): void {
		if (isServed(call) && verdict.isAllowed) this.#set(toolUseId, { call, origin, verdict });
	}

	/** The call has arrived: an allowance serves once. */
	take(toolUseId: string): OwnCall | undefined {
		const found = this.#calls.get(toolUseId);
		this.#calls.delete(toolUseId);
		return found;
	}

	#set(toolUseId: string, call: OwnCall): void {
		this.#calls.delete(toolUseId);
		this.#calls.set(toolUseId, call);
		if (this.#calls.size <= most) return;
		const oldest = this.#calls.keys().next();
		if (oldest.done !== true) this.#calls.delete(oldest.value);
	}
}
