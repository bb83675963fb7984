/**
 * What a fake model server answers, in words that every protocol has: each fake writes it as its own real server
 * would. So one conversation can be told once and held over any wire.
 */
export interface FakeReply {
	readonly thinking?: readonly string[];
	/** Pieces of text, each sent by itself. */
	readonly text?: readonly string[];
	/** An object, or what the model wrote where that is no JSON object. */
	readonly calls?: readonly FakeCall[];
	readonly usage?: { readonly input: number; readonly output: number } | null;
	readonly end?: 'stop' | 'length';
	/** How it goes wrong; after `text`, where that is given, unless the fault replaces the whole response. */
	readonly fault?: FakeFault;
	/** Writes the body in packets of one byte, so that characters and lines are cut anywhere. */
	readonly isTorn?: boolean;
	/** Held back until this settles, before the first byte. */
	readonly after?: Promise<void>;
}

export interface FakeCall {
	readonly name: string;
	readonly arguments: Readonly<Record<string, unknown>> | string;
}

export type FakeFault =
	/** A response with this status instead of the stream. An object is sent as JSON. */
	| {
			readonly type: 'status';
			readonly status: number;
			readonly body: object | string;
			readonly headers?: Readonly<Record<string, string>>;
	  }
	/** An error in the protocol's own words in the middle of the stream. */
	| { readonly type: 'error'; readonly message: string }
	/** The connection breaks. */
	| { readonly type: 'cut' }
	/** The response ends well, but before the protocol's own end. */
	| { readonly type: 'short' }
	/** A line that is no JSON. */
	| { readonly type: 'malformed' }
	/** Nothing more is sent, and nothing is closed. */
	| { readonly type: 'silent' };

/** A chat request as the server read it, in words that every protocol has. */
export interface SeenRequest {
	readonly model: string;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly messages: readonly SeenMessage[];
	/** Names of the tools that were offered. */
	readonly tools: readonly string[];
	/** The schema that the answer is held to. */
	readonly schema: unknown;
	/** The body as it came. */
	readonly body: Readonly<Record<string, unknown>>;
	/** Resolves when the client has closed the connection or the response has ended. */
	readonly closed: Promise<void>;
}

export interface SeenMessage {
	readonly role: string;
	readonly text: string;
	/** Base64. */
	readonly images?: readonly string[];
	readonly thinking?: string;
	readonly calls?: readonly { readonly name: string; readonly arguments: unknown }[];
	/** Of a tool's result: the tool, by whatever the protocol names it with. */
	readonly answers?: string;
}

/** Decides what is answered, request by request. */
export type Responder = (request: SeenRequest, index: number) => FakeReply | Promise<FakeReply>;

/** Answers with these, one after another; the last one again and again. */
export function inTurn(...replies: readonly FakeReply[]): Responder {
	return (_, index) => replies[Math.min(index, replies.length - 1)] ?? {};
}
