import type { IncomingHttpHeaders } from 'node:http';

/** Result of one tool that the CLI ran and sends back to the model. */
export interface ToolResult {
	readonly toolUseId: string;
	readonly text: string;
	readonly isError: boolean;
}

/**
 * What a request to the Messages API is for.
 * `turn`: the conversation (or a sub-agent's); `compact`: the summary that `/compact` asks for; `side`: something small
 * that the CLI wants for itself (a title, a topic, a summary for a list), recognised by its lack of tools.
 */
export type RequestKind = 'turn' | 'compact' | 'side' | 'countTokens';

/** A request as a script sees it. */
export interface ParsedMessagesRequest {
	readonly kind: RequestKind;
	/** `kind` is `side` or `countTokens`. */
	readonly isSide: boolean;
	readonly isSubAgent: boolean;
	readonly model: string;
	/** The newest text of a person (or of the parent agent), without the CLI's own reminders. */
	readonly userText: string;
	/** How many texts of a person the conversation holds: 1 in the first turn. */
	readonly turn: number;
	/** How many answers the model gave since `userText`: 0 for the first request of a turn, 1 after its first tool call. */
	readonly step: number;
	/** Results that came with this very request; empty on the first step. */
	readonly toolResults: readonly ToolResult[];
	/** Text of an automated event (a background task that ended) when that is what caused this request. */
	readonly notification: string | null;
	/** How many images the newest user message carries. */
	readonly imageCount: number;
	readonly toolNames: readonly string[];
	/** `low` … `max`, where the CLI asked for one. */
	readonly effort: string | null;
	readonly isThinking: boolean;
	/** The system prompt as one text. */
	readonly system: string;
	readonly isStreaming: boolean;
	readonly headers: IncomingHttpHeaders;
	/** The body as it came. */
	readonly body: Readonly<Record<string, unknown>>;
}

interface Block {
	readonly type?: string;
	readonly text?: string;
	readonly tool_use_id?: string;
	readonly is_error?: boolean;
	readonly content?: unknown;
}

interface Message {
	readonly role: string;
	readonly content: unknown;
}

/** Reads what a script needs out of a request body. */
export function parseRequest(
	path: string,
	body: Readonly<Record<string, unknown>>,
	headers: IncomingHttpHeaders,
): ParsedMessagesRequest {
	const messages = (Array.isArray(body['messages']) ? body['messages'] : []) as readonly Message[];
	const system = blocksOf(body['system'])
		.map(block => block.text ?? '')
		.join('\n');
	const tools = (Array.isArray(body['tools']) ? body['tools'] : []) as readonly { readonly name?: string }[];
	const users = messages.filter(message => message.role === 'user');
	const lastUser = users.at(-1);
	const lastSpoken = messages.findLastIndex(message => message.role === 'user' && spokenText(message) !== '');
	const spoken = messages[lastSpoken];
	const lastBlocks = blocksOf(lastUser?.content);
	const kind = kindOf(path, tools.length, rawText(lastUser));
	const outputConfig = body['output_config'] as { readonly effort?: string } | undefined;
	const thinking = body['thinking'] as { readonly type?: string } | undefined;
	return {
		kind,
		isSide: kind === 'side' || kind === 'countTokens',
		isSubAgent: system.includes('cc_is_subagent=true') || system.includes('You are an agent for Claude Code'),
		model: typeof body['model'] === 'string' ? body['model'] : '',
		userText: spoken ? spokenText(spoken) : '',
		turn: users.filter(message => spokenText(message) !== '').length,
		step: messages.slice(lastSpoken + 1).filter(message => message.role === 'assistant').length,
		toolResults: lastBlocks.filter(block => block.type === 'tool_result').map(toToolResult),
		notification: notificationOf(lastUser),
		imageCount: lastBlocks.filter(block => block.type === 'image').length,
		toolNames: tools.map(tool => tool.name ?? ''),
		effort: outputConfig?.effort ?? null,
		isThinking: thinking !== undefined && thinking.type !== 'disabled',
		system,
		isStreaming: body['stream'] === true,
		headers,
		body,
	};
}

function kindOf(path: string, toolCount: number, lastText: string): RequestKind {
	if (path.startsWith('/v1/messages/count_tokens')) return 'countTokens';
	if (/create a detailed summary of (the|this) conversation|detailed summary of the RECENT portion/i.test(lastText))
		return 'compact';
	return toolCount === 0 ? 'side' : 'turn';
}

function blocksOf(content: unknown): readonly Block[] {
	if (typeof content === 'string') return [{ type: 'text', text: content }];
	return Array.isArray(content) ? (content as readonly Block[]) : [];
}

function rawText(message: Message | undefined): string {
	return blocksOf(message?.content)
		.map(block => (block.type === 'text' ? (block.text ?? '') : ''))
		.join('\n');
}

/** What the CLI puts around a person's words: its reminders, and the local commands that ran since. */
const reminders = /<(system-reminder|local-command-\w+|command-(?:name|message|args))>[\s\S]*?<\/\1>/g;

function spokenText(message: Message): string {
	return rawText(message).replaceAll(reminders, '').trim();
}

function notificationOf(message: Message | undefined): string | null {
	return /<task-notification>[\s\S]*?<\/task-notification>/.exec(rawText(message))?.[0] ?? null;
}

function toToolResult(block: Block): ToolResult {
	const text = blocksOf(block.content)
		.map(part => part.text ?? '')
		.join('\n');
	return { toolUseId: block.tool_use_id ?? '', text, isError: block.is_error === true };
}
