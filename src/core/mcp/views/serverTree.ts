import type { Tier } from '../../ledger/events';
import { escapeMarkdown, leaf, oneLine, type NodeIcon, type ViewNode } from '../../ledger/views/viewNode';
import { tierLook } from '../../safety/views';
import type { McpDisabledReason, McpPromptView, McpResourceView, McpServerView, McpToolView } from '../protocol';

/** A file that should define servers and cannot be read. */
export interface ConfigProblem {
	readonly label: string;
	readonly message: string;
	readonly path: string | null;
}

export interface ServerTreeInput {
	readonly servers: readonly McpServerView[];
	readonly problems: readonly ConfigProblem[];
	readonly isTrusted: boolean;
	readonly tierOf: (tool: McpToolView) => Tier;
	/** Servers that have tokens of a sign-in, by id. */
	readonly signedIn: ReadonlySet<string>;
}

/** What a row of the tree is about. It is the row's id, so that commands find their way back. */
export type RowSubject =
	| { readonly kind: 'server' | 'part'; readonly server: string; readonly part?: string }
	| { readonly kind: 'tool' | 'resource' | 'template' | 'prompt'; readonly server: string; readonly name: string }
	| { readonly kind: 'problem'; readonly path: string | null; readonly index: number };

/** The subject of a row's id; `undefined` for an id that is none of ours. */
export function subjectOf(id: string): RowSubject | undefined {
	try {
		return JSON.parse(id) as RowSubject;
	} catch {
		return undefined;
	}
}

const idOf = (subject: RowSubject): string => JSON.stringify(subject);

/** The rows of the view of MCP servers. */
export function serverNodes(input: ServerTreeInput): readonly ViewNode[] {
	const problems = input.problems.map((problem, index) => problemNode(problem, index));
	return [...problems, ...input.servers.map(server => serverNode(server, input))];
}

function problemNode({ label, message, path }: ConfigProblem, index: number): ViewNode {
	return leaf({
		id: idOf({ kind: 'problem', path, index }),
		label,
		description: message,
		icon: { id: 'warning', color: 'list.warningForeground' },
		tooltip: escapeMarkdown(message),
		contextValue: path === null ? 'problem' : 'problem file',
		spoken: `${label} cannot be used: ${message}`,
	});
}

/** How a state looks and is called. */
export function stateLook(server: Pick<McpServerView, 'state' | 'disabledReason'>): {
	readonly icon: NodeIcon;
	readonly words: string;
} {
	switch (server.state) {
		case 'running':
			return { icon: { id: 'pass-filled', color: 'testing.iconPassed' }, words: 'running' };
		case 'starting':
			return { icon: { id: 'sync~spin', color: null }, words: 'starting' };
		case 'failed':
			return { icon: { id: 'error', color: 'list.errorForeground' }, words: 'failed' };
		case 'needs-auth':
			return { icon: { id: 'key', color: 'list.warningForeground' }, words: 'sign in' };
		case 'disabled':
			return {
				icon: { id: disabledIcon(server.disabledReason), color: null },
				words: disabledWords(server.disabledReason),
			};
		case 'stopped':
			return { icon: { id: 'circle-outline', color: null }, words: 'stopped' };
		default:
			return server.state satisfies never;
	}
}

function disabledIcon(reason: McpDisabledReason | null): string {
	return reason === 'notAllowed' || reason === 'changed' ? 'shield' : reason === 'invalid' ? 'warning' : 'circle-slash';
}

function disabledWords(reason: McpDisabledReason | null): string {
	switch (reason) {
		case 'notAllowed':
			return 'not allowed yet';
		case 'changed':
			return 'changed, not allowed';
		case 'invalid':
			return 'cannot be used';
		default:
			return 'off';
	}
}

function serverNode(server: McpServerView, input: ServerTreeInput): ViewNode {
	const { icon, words } = stateLook(server);
	const toReview = server.tools.filter(tool => tool.trust !== 'approved').length;
	const figures = [
		words,
		...(server.latencyP50Ms === null ? [] : [`${Math.round(server.latencyP50Ms)} ms`]),
		...(server.errors === 0 ? [] : [server.errors === 1 ? '1 error' : `${server.errors} errors`]),
		...(toReview === 0 ? [] : [toReview === 1 ? '1 tool to review' : `${toReview} tools to review`]),
		...(server.source.kind === 'settings' ? [] : [server.source.label]),
	];
	return {
		...leaf({ id: idOf({ kind: 'server', server: server.id }), label: server.name }),
		description: figures.join(' · '),
		icon,
		tooltip: serverTooltip(server, words),
		contextValue: contextOf(server, toReview, input),
		spoken: `MCP server ${server.name}, ${figures.join(', ')}`,
		children: childrenOf(server, input),
	};
}

function contextOf(server: McpServerView, toReview: number, { isTrusted, signedIn }: ServerTreeInput): string {
	const isOn = server.state !== 'disabled';
	const isDown = server.state === 'stopped' || server.state === 'failed';
	const words = [
		'server',
		server.source.kind === 'settings' ? 'own' : 'file',
		...(isOn ? ['enabled'] : server.disabledReason === 'invalid' ? [] : ['disabled']),
		...(isTrusted && isDown ? ['startable'] : []),
		...(server.state === 'running' || server.state === 'starting' ? ['stoppable'] : []),
		...(isTrusted && server.state === 'needs-auth' ? ['signin'] : []),
		...(signedIn.has(server.id) ? ['signedin'] : []),
		...(server.state === 'running' ? ['live'] : []),
		...(toReview > 0 ? ['review'] : []),
	];
	return words.join(' ');
}

function serverTooltip(server: McpServerView, words: string): string {
	const named = server.title !== '' && server.title !== server.name ? ` (${escapeMarkdown(server.title)})` : '';
	const version = [server.version, server.protocolVersion === '' ? '' : `protocol ${server.protocolVersion}`];
	const lines = [
		`**${escapeMarkdown(server.name)}**${named}: ${words}`,
		`\`${server.target.replaceAll('`', 'ˋ').slice(0, 600)}\``,
		`From ${escapeMarkdown(server.source.label)}`,
		version
			.filter(part => part !== '')
			.map(escapeMarkdown)
			.join(', '),
		server.connectMs === null ? '' : `Ready after ${Math.round(server.connectMs)} ms`,
		server.calls === 0 ? '' : callsText(server),
		server.pid === null ? '' : `Process ${server.pid}`,
		server.restarts === 0 ? '' : `Restarted ${server.restarts} times`,
		server.lastError === null ? '' : `$(error) ${escapeMarkdown(server.lastError.message)}`,
	];
	return lines.filter(line => line !== '').join('\n\n');
}

function callsText({ calls, errors, latencyP50Ms }: McpServerView): string {
	const latency = latencyP50Ms === null ? '' : `, ${Math.round(latencyP50Ms)} ms in the middle`;
	return `${calls} ${calls === 1 ? 'call' : 'calls'}, ${errors} ${errors === 1 ? 'error' : 'errors'}${latency}`;
}

function childrenOf(server: McpServerView, input: ServerTreeInput): readonly ViewNode[] {
	const parts = [...explanations(server, input.isTrusted), ...errorNodes(server)];
	if (server.state !== 'running') return parts;
	const tools = server.tools.map(tool => toolNode(server, tool, input.tierOf(tool)));
	const resources = [
		...server.resources.map(resource => resourceNode(server, resource)),
		...server.resourceTemplates.map(template =>
			leaf({
				id: idOf({ kind: 'template', server: server.id, name: template.uriTemplate }),
				label: template.title || template.name,
				description: template.uriTemplate,
				icon: { id: 'symbol-parameter', color: null },
				tooltip: escapeMarkdown(template.description),
				contextValue: 'template',
				command: inspect(server.id, 'resources', template.uriTemplate),
			}),
		),
	];
	const prompts = server.prompts.map(prompt => promptNode(server, prompt));
	return [
		...parts,
		groupNode(server, 'Tools', tools, true),
		groupNode(server, 'Resources', resources, false),
		groupNode(server, 'Prompts', prompts, false),
	].filter(node => node !== undefined);
}

function explanations(server: McpServerView, isTrusted: boolean): readonly ViewNode[] {
	const say = (part: string, label: string, icon: string, id: string | null = null): ViewNode =>
		leaf({
			id: idOf({ kind: 'part', server: server.id, part }),
			label,
			icon: { id: icon, color: null },
			tooltip: escapeMarkdown(label),
			contextValue: 'part',
			command: id === null ? null : { id, args: [server.id] },
		});
	if (!isTrusted) return [say('trust', 'Nothing is started in a folder that is not trusted', 'shield')];
	switch (server.disabledReason) {
		case 'notAllowed':
			return [say('allow', 'Look at what it would run, and allow it', 'shield', 'quarterdeck.mcp.enable')];
		case 'changed':
			return [say('allow', 'It was changed: look at what it would run now', 'shield', 'quarterdeck.mcp.enable')];
		default:
			break;
	}
	if (server.state === 'needs-auth')
		return [say('signin', 'Sign in with the browser', 'key', 'quarterdeck.mcp.signIn')];
	if (server.restartAt !== null) return [say('restart', 'It is started again soon', 'history')];
	return [];
}

function errorNodes(server: McpServerView): readonly ViewNode[] {
	const { lastError } = server;
	if (lastError === null) return [];
	const showLog = { id: 'quarterdeck.mcp.logs', args: [server.id] };
	const error = leaf({
		id: idOf({ kind: 'part', server: server.id, part: 'error' }),
		label: oneLine(lastError.message, 200),
		icon: { id: 'error', color: 'list.errorForeground' },
		tooltip: escapeMarkdown(lastError.message),
		contextValue: 'part',
		spoken: `Last error: ${lastError.message}`,
		command: showLog,
	});
	const last = lastError.stderrTail.trim().split('\n').at(-1) ?? '';
	if (last === '') return [error];
	const stderr = leaf({
		id: idOf({ kind: 'part', server: server.id, part: 'stderr' }),
		label: oneLine(last, 200),
		icon: { id: 'output', color: null },
		tooltip: `\`\`\`\n${lastError.stderrTail.slice(-2000).replaceAll('```', 'ˋˋˋ')}\n\`\`\``,
		contextValue: 'part',
		spoken: `What it wrote last: ${last}`,
		command: showLog,
	});
	return [error, stderr];
}

function groupNode(
	server: McpServerView,
	label: string,
	children: readonly ViewNode[],
	isExpanded: boolean,
): ViewNode | undefined {
	if (children.length === 0) return undefined;
	return {
		...leaf({ id: idOf({ kind: 'part', server: server.id, part: label }), label }),
		description: String(children.length),
		contextValue: 'group',
		children,
		isExpanded,
	};
}

function toolNode(server: McpServerView, tool: McpToolView, tier: Tier): ViewNode {
	const look = tierLook(tier);
	const notes = [
		tier,
		...(tool.trust === 'approved' ? [] : [tool.trust === 'added' ? 'new, to review' : 'changed, to review']),
		...(tool.isEnabled ? [] : ['off']),
	];
	const isOffered = tool.isEnabled && tool.trust === 'approved';
	return leaf({
		id: idOf({ kind: 'tool', server: server.id, name: tool.name }),
		label: tool.title || tool.name,
		description: notes.join(' · '),
		icon: isOffered ? { id: look.icon, color: look.color } : { id: 'circle-slash', color: 'disabledForeground' },
		tooltip: toolTooltip(tool, tier),
		contextValue: `tool ${tool.isEnabled ? 'toolOn' : 'toolOff'}${tool.trust === 'approved' ? '' : ' toolReview'}`,
		spoken: `Tool ${tool.title || tool.name}, ${tier}, ${look.meaning}${tool.isEnabled ? '' : ', switched off'}`,
		command: inspect(server.id, 'tools', tool.name),
	});
}

function toolTooltip(tool: McpToolView, tier: Tier): string {
	const lines = [
		`**${escapeMarkdown(tool.name)}**`,
		escapeMarkdown(tool.description.slice(0, 1500)),
		`${tier}: ${escapeMarkdown(tierLook(tier).meaning)}`,
		tool.schemaProblem === null ? '' : `$(warning) ${escapeMarkdown(tool.schemaProblem)}`,
		tool.trust === 'changed' ? 'What it tells models has changed since you approved it. It is not offered.' : '',
		tool.trust === 'added' ? 'It came after you had approved the server. It is not offered.' : '',
		tool.isEnabled ? '' : 'Switched off: no model is offered it.',
	];
	return lines.filter(line => line !== '').join('\n\n');
}

function resourceNode(server: McpServerView, resource: McpResourceView): ViewNode {
	return leaf({
		id: idOf({ kind: 'resource', server: server.id, name: resource.uri }),
		label: resource.title || resource.name || resource.uri,
		description: resource.uri,
		icon: { id: resource.isSubscribed ? 'eye' : 'file', color: null },
		tooltip: [resource.uri, resource.mimeType ?? '', resource.description]
			.filter(Boolean)
			.map(escapeMarkdown)
			.join('\n\n'),
		contextValue: 'resource',
		command: inspect(server.id, 'resources', resource.uri),
	});
}

function promptNode(server: McpServerView, prompt: McpPromptView): ViewNode {
	return leaf({
		id: idOf({ kind: 'prompt', server: server.id, name: prompt.name }),
		label: prompt.title || prompt.name,
		description: prompt.arguments
			.map(argument => (argument.isRequired ? argument.name : `${argument.name}?`))
			.join(', '),
		icon: { id: 'comment', color: null },
		tooltip: escapeMarkdown(prompt.description),
		contextValue: 'prompt',
		command: inspect(server.id, 'prompts', prompt.name),
	});
}

function inspect(server: string, tab: 'tools' | 'resources' | 'prompts', name: string): ViewNode['command'] {
	return { id: 'quarterdeck.mcp.inspect', args: [server, tab, name] };
}
