import { ExpectedError } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { AttachmentView, SlashCommand } from '../../core/chat/items';
import type { MentionHit } from '../../core/chat/protocol';
import { argumentHint, promptCommand, promptInput, resourceParts, type PromptPart } from '../../core/mcp/promptText';
import type { McpPromptView, McpServerView } from '../../core/mcp/protocol';
import { askText } from '../host/askText';
import type { McpService } from './service';

/** What the chat asks of MCP servers: their prompts as commands, their resources as mentions. */
export interface McpChat {
	commands(): readonly SlashCommand[];
	/** What a text that begins with one of the commands sends instead; `undefined` for any other text. */
	prompt(text: string): Promise<{ readonly text: string; readonly attachments: readonly AttachmentView[] } | undefined>;
	resources(text: string, limit: number): readonly MentionHit[];
	read(server: string, uri: string): Promise<readonly AttachmentView[]>;
}

interface Found {
	readonly server: McpServerView;
	readonly prompt: McpPromptView;
}

/** Joins the chat to the servers that run. It starts none: until one runs there is nothing to offer. */
export class McpChatBridge extends Owner implements McpChat {
	readonly #changed = this.own(new Emitter<void>());
	/** The commands are others now. */
	readonly onDidChange = this.#changed.event;
	#service: McpService | undefined;
	#offered = '';

	/** The servers are known from now on. */
	use(service: McpService): void {
		this.#service = service;
		this.own(service.hub.onDidChange(() => this.#refresh()));
		this.#refresh();
	}

	commands(): readonly SlashCommand[] {
		return this.#prompts().map(({ server, prompt }) => ({
			name: promptCommand(server.name, prompt),
			description: prompt.description || `A prompt of the MCP server ${server.name}`,
			argumentHint: argumentHint(prompt),
		}));
	}

	async prompt(text: string): ReturnType<McpChat['prompt']> {
		const [, command, rest = ''] = /^\/(\S+:\S+)(?:\s+([\s\S]*))?$/.exec(text.trim()) ?? [];
		const found = this.#prompts().find(({ server, prompt }) => promptCommand(server.name, prompt) === command);
		if (!found || !this.#service) return undefined;
		const input = await askArguments(found, rest.trim());
		if (!input) throw new ExpectedError('mcp.promptCancelled', 'Nothing was sent: the prompt was not filled in.');
		const result = await this.#service.hub.getPrompt(found.server.id, found.prompt.name, input);
		const { text: said, parts } = promptInput(result);
		return { text: said === '' ? text : said, attachments: parts.map(attachmentOf) };
	}

	resources(text: string, limit: number): readonly MentionHit[] {
		const wanted = text.toLowerCase();
		const running = this.#running();
		return running
			.flatMap(server => server.resources.map(resource => ({ server, resource })))
			.filter(({ server, resource }) =>
				`${server.name} ${resource.name} ${resource.title} ${resource.uri}`.toLowerCase().includes(wanted),
			)
			.slice(0, limit)
			.map(({ server, resource }) => {
				const label = resource.title || resource.name || resource.uri;
				const attachment = { kind: 'resource' as const, server: server.id, uri: resource.uri, label };
				return { attachment, label, detail: `${server.name} · ${resource.uri}`, matches: [] };
			});
	}

	async read(server: string, uri: string): Promise<readonly AttachmentView[]> {
		const known = this.#running()
			.find(({ id }) => id === server)
			?.resources.find(resource => resource.uri === uri);
		if (!known || !this.#service) throw new ExpectedError('mcp.unknownResource', 'That resource is no longer there.');
		const result = await this.#service.hub.readResource(server, uri);
		return resourceParts(known.title || known.name, result).map(attachmentOf);
	}

	#running(): readonly McpServerView[] {
		return this.#service?.hub.servers().filter(({ state }) => state === 'running') ?? [];
	}

	#prompts(): readonly Found[] {
		return this.#running().flatMap(server => server.prompts.map(prompt => ({ server, prompt })));
	}

	#refresh(): void {
		const offered = JSON.stringify(this.commands());
		if (offered === this.#offered) return;
		this.#offered = offered;
		this.#changed.fire();
	}
}

/** What was typed behind the command is its first argument; the others are asked for, one at a time. */
async function askArguments(
	{ server, prompt }: Found,
	typed: string,
): Promise<Readonly<Record<string, string>> | undefined> {
	const input: Record<string, string> = {};
	for (const [index, { name, description, isRequired }] of prompt.arguments.entries()) {
		if (index === 0 && typed !== '') {
			input[name] = typed;
			continue;
		}
		const answer = await askText({
			title: `/${promptCommand(server.name, prompt)} (${index + 1}/${prompt.arguments.length})`,
			prompt: description === '' ? name : `${name}: ${description}`,
			placeHolder: isRequired ? '' : 'may stay empty',
			validateInput: text => (isRequired && text === '' ? 'The prompt needs this.' : undefined),
		});
		if (answer === undefined) return undefined;
		if (answer !== '') input[name] = answer;
	}
	return input;
}

function attachmentOf(part: PromptPart): AttachmentView {
	return part;
}
