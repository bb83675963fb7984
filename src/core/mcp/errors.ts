import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { $ZodError } from 'zod/v4/core';
import { CancelledError, ExpectedError, errorText, systemCode } from '../base/errors';
import { AuthNeeded } from './auth/authorizedFetch';
import type { ExitStatus } from '../process/supervisedProcess';

/** Sentences about servers, one function each. */

export function notRunning(name: string): ExpectedError {
	return new ExpectedError('mcp.notRunning', `The MCP server “${name}” is not running. Start it first.`);
}

export function unknownServer(id: string): ExpectedError {
	return new ExpectedError('mcp.unknownServer', `There is no MCP server “${id}” any more.`);
}

export function timedOut(name: string, method: string, ms: number): ExpectedError {
	return new ExpectedError('mcp.timeout', `The MCP server “${name}” did not answer “${method}” in ${ms / 1000} s.`);
}

export function needsSignIn(name: string): ExpectedError {
	return new ExpectedError('mcp.needsAuth', `The MCP server “${name}” needs you to sign in.`);
}

/** Why a process cannot be started. */
export function cannotStart(name: string, command: string, error: Error): ExpectedError {
	const code = systemCode(error);
	const what = `The MCP server “${name}” cannot be started`;
	if (code !== 'ENOENT') return new ExpectedError('mcp.cannotStart', `${what}: ${errorText(error)}.`, { cause: error });
	const need = Object.entries({
		npx: 'Install Node.js',
		node: 'Install Node.js',
		uvx: 'Install uv',
		uv: 'Install uv',
		docker: 'Install Docker',
		python: 'Install Python',
		python3: 'Install Python',
		bunx: 'Install Bun',
	}).find(([tool]) => command === tool)?.[1];
	const advice = need === undefined ? 'Check its “command”' : `${need}, or give the full path in its “command”`;
	return new ExpectedError('mcp.commandMissing', `${what}: “${command}” was not found. ${advice}.`, { cause: error });
}

/** A server that ended before or while it was used. */
export function ended(name: string, status: ExitStatus | undefined, isStarting: boolean): ExpectedError {
	const how = status === undefined ? '' : ` (${status.signal ?? `exit code ${status.code}`})`;
	const when = isStarting ? 'ended while starting' : 'ended';
	return new ExpectedError('mcp.ended', `The MCP server “${name}” ${when}${how}.`);
}

/** What a failed exchange with a server means for the user. */
export function toExpected(error: unknown, name: string, method: string): Error {
	if (ExpectedError.is(error) || error instanceof CancelledError) return error;
	if (error instanceof AuthNeeded || error instanceof UnauthorizedError) return needsSignIn(name);
	if (error instanceof McpError) {
		if (error.code === (ErrorCode.ConnectionClosed as number)) return ended(name, undefined, false);
		const text = error.message.replace(/^MCP error -?\d+: /, '');
		const sentence = `The MCP server “${name}” refused “${method}”: ${text}`;
		return new ExpectedError('mcp.refused', sentence, {
			details: { code: error.code, data: error.data },
			cause: error,
		});
	}
	if (error instanceof StreamableHTTPError) {
		const text = error.message.replace(/^Streamable HTTP error: (?:Error POSTing to endpoint: )?/, '').slice(0, 500);
		const sentence = `The MCP server “${name}” answered with HTTP ${error.code}${text === '' ? '' : `: ${text}`}`;
		return new ExpectedError('mcp.http', sentence, { details: { status: error.code }, cause: error });
	}
	if (error instanceof $ZodError || error instanceof SyntaxError) {
		const advice = method === 'initialize' ? ' Check its address.' : '';
		const sentence = `The MCP server “${name}” answered “${method}” with something that is not MCP.${advice}`;
		return new ExpectedError('mcp.notMcp', sentence, { cause: error });
	}
	const cause = error instanceof Error ? error.cause : undefined;
	if (error instanceof TypeError && cause instanceof Error) {
		// What `fetch` throws: its own message says nothing, its cause does.
		const why = systemCode(cause) === 'ECONNREFUSED' ? 'nothing listens there' : errorText(cause) || systemCode(cause);
		return new ExpectedError('mcp.unreachable', `The MCP server “${name}” cannot be reached: ${why}.`, {
			cause: error,
		});
	}
	const sentence = `The MCP server “${name}” failed at “${method}”: ${errorText(error)}`;
	return new ExpectedError('mcp.failed', sentence, { cause: error });
}
