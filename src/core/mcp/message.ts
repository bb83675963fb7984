import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { isObject, type JsonObject } from './jsonText';

type Id = string | number;

/**
 * A JSON-RPC message of any kind, or `undefined` for other JSON. Small faults of servers are mended where the meaning is
 * plain, so that a call fails at once and with its reason instead of after a minute of silence.
 */
export function toMessage(value: unknown): JSONRPCMessage | undefined {
	if (!isObject(value)) return undefined;
	const { id, method, jsonrpc } = value;
	if (jsonrpc !== undefined && jsonrpc !== '2.0') return undefined;
	// Without the version it may be a line of a log that happens to be JSON.
	if (jsonrpc === undefined && !(isId(id) && ('result' in value || 'error' in value))) return undefined;
	if (typeof method === 'string') return toCall(value, method);
	if (!isId(id)) return undefined;
	if ('error' in value && value['error'] !== null && value['error'] !== undefined)
		return { jsonrpc: '2.0', id, error: toError(value['error']) };
	if (!('result' in value)) return undefined;
	const { result } = value;
	if (isObject(result)) return { jsonrpc: '2.0', id, result };
	if (result === null) return { jsonrpc: '2.0', id, result: {} };
	return {
		jsonrpc: '2.0',
		id,
		error: { code: -32_603, message: 'The server answered with something that is no object' },
	};
}

function toCall(value: JsonObject, method: string): JSONRPCMessage {
	const { id, params } = value;
	const body = isObject(params) ? { method, params } : { method };
	return isId(id) ? { jsonrpc: '2.0', id, ...body } : { jsonrpc: '2.0', ...body };
}

function toError(given: unknown): { code: number; message: string; data?: unknown } {
	if (!isObject(given)) return { code: -32_603, message: typeof given === 'string' ? given : JSON.stringify(given) };
	const { code, message, data } = given;
	return {
		code: Number.isSafeInteger(code) ? (code as number) : -32_603,
		message: typeof message === 'string' ? message : JSON.stringify(given),
		...(data === undefined ? {} : { data }),
	};
}

function isId(value: unknown): value is Id {
	return typeof value === 'string' || typeof value === 'number';
}

/** The id of a message of which only the beginning and the end are known; `undefined` when neither tells. */
export function idOfTorn(head: string, tail: string): number | undefined {
	const first = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+)/.exec(head);
	const last = /"id"\s*:\s*(\d+)\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/.exec(tail);
	const found = first?.[1] ?? last?.[1];
	return found === undefined ? undefined : Number(found);
}
