/** Tokens that a reply says it used. What is left out has a small default, so that costs are never zero by accident. */
export interface ReplyUsage {
	readonly input?: number;
	readonly output?: number;
	readonly cacheRead?: number;
	readonly cacheWrite5m?: number;
	readonly cacheWrite1h?: number;
}

/** How a block is cut into deltas: `chunk` characters each (all at once when absent), `delayMs` before each. */
export interface Pace {
	readonly chunk?: number;
	readonly delayMs?: number;
	/** The last delta waits for it, for as long as the client does. */
	readonly until?: Promise<unknown>;
}

export type ReplyBlock =
	| ({ readonly type: 'text'; readonly text: string } & Pace)
	| ({ readonly type: 'thinking'; readonly text: string } & Pace)
	| ({
			readonly type: 'toolUse';
			readonly name: string;
			readonly input: Readonly<Record<string, unknown>>;
			/** Made up when absent. */
			readonly id?: string;
	  } & Pace);

/** An answer of the model. */
export interface MessageReply {
	readonly kind: 'message';
	readonly blocks: readonly ReplyBlock[];
	readonly usage?: ReplyUsage;
	/** `tool_use` when a block is one, else `end_turn`. */
	readonly stopReason?: string;
	/** Before the first byte. */
	readonly delayMs?: number;
	/**
	 * What happens after the last delta of the last block: the message ends as it should, nothing more ever comes, or the
	 * socket is closed without an end.
	 */
	readonly ending?: 'finish' | 'hang' | 'cut';
}

/** A refusal of the API. The CLI repeats most of them, 401 included. */
export interface ErrorReply {
	readonly kind: 'error';
	readonly status: number;
	readonly type: string;
	readonly message: string;
	/** Seconds, as the `retry-after` header. */
	readonly retryAfter?: number;
}

export type Reply =
	| MessageReply
	| ErrorReply
	/** No byte is ever sent. */
	| { readonly kind: 'hang' }
	/** The socket is closed before a byte was sent. */
	| { readonly kind: 'cut' };

/** A plain answer. */
export function say(text: string, options: Omit<MessageReply, 'kind' | 'blocks'> & Pace = {}): MessageReply {
	const { chunk, delayMs, until, ...rest } = options;
	const pace = {
		...(chunk === undefined ? {} : { chunk }),
		...(delayMs === undefined ? {} : { delayMs }),
		...(until === undefined ? {} : { until }),
	};
	return { kind: 'message', blocks: [{ type: 'text', text, ...pace }], ...rest };
}

/** An answer that calls one tool, after a sentence where one is given. */
export function callTool(name: string, input: Readonly<Record<string, unknown>>, sentence?: string): MessageReply {
	const call: ReplyBlock = { type: 'toolUse', name, input };
	return { kind: 'message', blocks: sentence === undefined ? [call] : [{ type: 'text', text: sentence }, call] };
}

/** A refusal, by its usual status. */
export function refuse(status: number, message: string, retryAfter?: number): ErrorReply {
	const type = errorTypes[status] ?? 'api_error';
	return { kind: 'error', status, type, message, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

const errorTypes: Readonly<Record<number, string>> = {
	400: 'invalid_request_error',
	401: 'authentication_error',
	403: 'permission_error',
	404: 'not_found_error',
	413: 'request_too_large',
	429: 'rate_limit_error',
	500: 'api_error',
	529: 'overloaded_error',
};
