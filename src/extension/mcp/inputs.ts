import * as vscode from 'vscode';
import type { McpServerDefinition } from '../../core/mcp/definition';
import type { McpInput } from '../../core/mcp/protocol';
import { askText } from '../host/askText';
import type { SecretKey, Secrets } from '../host/secrets';

/** Where the value of an input is kept. Plain ones as well: whether it is secret is for its author to say. */
function keyOf(serverId: string, input: string): SecretKey {
	return `mcp.input.${serverId}/${input}`;
}

/** The value of `${input:…}`: the remembered one, or the person's answer, which is remembered. */
export async function inputValue(
	secrets: Secrets,
	definition: McpServerDefinition,
	input: McpInput,
	mayAsk: boolean,
): Promise<string | undefined> {
	const known = await secrets.get(keyOf(definition.id, input.id));
	if (known !== undefined || !mayAsk) return known;
	const answer = await ask(definition.name, input);
	if (answer !== undefined) await secrets.set(keyOf(definition.id, input.id), answer);
	return answer;
}

/** Remembers a value that was given before the server was saved. */
export async function keepInput(secrets: Secrets, serverId: string, input: string, value: string): Promise<void> {
	await secrets.set(keyOf(serverId, input), value);
}

/** Forgets what was answered, so that the next start asks again. */
export async function forgetInputs(secrets: Secrets, definition: McpServerDefinition): Promise<void> {
	await Promise.all(definition.inputs.map(input => secrets.delete(keyOf(definition.id, input.id))));
}

async function ask(server: string, input: McpInput): Promise<string | undefined> {
	const title = `MCP server ${server}`;
	if (input.type === 'pickString' && input.options.length > 0) {
		return vscode.window.showQuickPick([...input.options], { title, placeHolder: input.description });
	}
	return askText({
		title,
		prompt: input.description,
		password: input.isPassword,
		value: input.default ?? '',
	});
}
