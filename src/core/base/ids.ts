declare const brand: unique symbol;
/** A string that the compiler keeps apart from other strings. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

export type HostId = Branded<'HostId'>;
export type ExecutionId = Branded<'ExecutionId'>;
export type StepId = Branded<'StepId'>;
export type ConversationId = Branded<'ConversationId'>;
export type ItemId = Branded<'ItemId'>;
export type ApprovalId = Branded<'ApprovalId'>;
export type MemoryId = Branded<'MemoryId'>;
export type AlertId = Branded<'AlertId'>;

/** A new random id (UUID version 4). The type argument says of what. */
export function newId<Id extends Branded<string>>(): Id {
	return globalThis.crypto.randomUUID() as unknown as Id;
}

/** Names a string that came from a journal, a page or a process as an id. */
export function asId<Id extends Branded<string>>(text: string): Id {
	return text as unknown as Id;
}
