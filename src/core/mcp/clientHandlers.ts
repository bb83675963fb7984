import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
	CreateMessageRequestSchema,
	ElicitRequestSchema,
	ElicitationCompleteNotificationSchema,
	ErrorCode,
	ListRootsRequestSchema,
	LoggingMessageNotificationSchema,
	McpError,
	PromptListChangedNotificationSchema,
	ResourceListChangedNotificationSchema,
	ResourceUpdatedNotificationSchema,
	ToolListChangedNotificationSchema,
	type ClientCapabilities,
} from '@modelcontextprotocol/sdk/types.js';
import { sortedJson } from './lists';
import type { McpAsker, McpPorts } from './ports';
import type { ServerLog } from './serverLog';

/** Questions of one server that may be open at once. A server that asks more is refused, not the person drowned. */
const maxQuestions = 8;

export type ListName = 'tools' | 'resources' | 'prompts';

export interface ClientHandlers {
	readonly ports: McpPorts;
	readonly log: ServerLog;
	/** Whom the server's question concerns just now. */
	readonly asker: () => McpAsker;
	/** Runs a question to a person or a model; time limits of calls stand still meanwhile. */
	readonly whileAsking: <T>(ask: () => Promise<T>) => Promise<T>;
	readonly onListChanged: (list: ListName) => void;
	readonly onResourceUpdated: (uri: string) => void;
	readonly onElicitationComplete: (elicitationId: string) => void;
}

/** What we tell servers that we can do: no more than the host can. */
export function capabilitiesOf(ports: McpPorts): ClientCapabilities {
	return {
		roots: { listChanged: true },
		...(ports.sampling ? { sampling: {} } : {}),
		...(ports.elicit ? { elicitation: { form: { applyDefaults: true }, url: {} } } : {}),
	};
}

/** Answers what a server may ask of us, and takes what it tells. */
export function handleServer(client: Client, handlers: ClientHandlers): void {
	answerQuestions(client, handlers);
	client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
		const text = typeof params.data === 'string' ? params.data : sortedJson(params.data);
		handlers.log.line('server', params.logger === undefined ? text : `${params.logger}: ${text}`, params.level);
	});
	client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
		handlers.onResourceUpdated(params.uri);
	});
	client.setNotificationHandler(ElicitationCompleteNotificationSchema, ({ params }) => {
		handlers.onElicitationComplete(params.elicitationId);
	});
	client.setNotificationHandler(ToolListChangedNotificationSchema, () => handlers.onListChanged('tools'));
	client.setNotificationHandler(ResourceListChangedNotificationSchema, () => handlers.onListChanged('resources'));
	client.setNotificationHandler(PromptListChangedNotificationSchema, () => handlers.onListChanged('prompts'));
}

function answerQuestions(client: Client, handlers: ClientHandlers): void {
	const { ports, log } = handlers;
	const { sampling, elicit } = ports;
	let open = 0;
	const ask = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
		if (open >= maxQuestions) {
			log.line('hub', `The server asks too much at once; ${what} was refused.`, 'warning');
			throw new McpError(ErrorCode.InvalidRequest, 'Too many requests are waiting already');
		}
		open++;
		try {
			return await handlers.whileAsking(run);
		} finally {
			open--;
		}
	};
	client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: ports.roots().map(root => ({ ...root })) }));
	if (sampling) {
		client.setRequestHandler(CreateMessageRequestSchema, ({ params }, { signal }) =>
			ask('a request for a model', () => sampling(handlers.asker(), params, signal)),
		);
	}
	if (elicit) {
		client.setRequestHandler(ElicitRequestSchema, ({ params }, { signal }) =>
			ask('a question', () => elicit(handlers.asker(), params, signal)),
		);
	}
}
