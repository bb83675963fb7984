import { homedir } from 'node:os';
import type { Tier } from '../ledger/events';
import type { ApprovalKind, Classification, GrantScope, SafetyContext, ToolCall } from './approval';
import { argumentFindings } from './callArguments';
import { Findings, type Finding } from './finding';
import { foreignFindings, foreignKey, foreignLabel } from './foreignTools';
import { namesMetadataService } from './metadata';
import { pathRules, type Access } from './paths';
import { hostFindings, raisedTo, toolFindings } from './policyRules';
import { holdsSecretMark } from './secrets';
import { judgeShell } from './shell/analysis';
import { judgePowerShell } from './shell/powershell';
import { isWorse, rankOf } from './tier';
import { isOwnTool, toolTier, type ToolTier } from './tiers';
import { hiddenCharacter } from './visible';

interface Part {
	readonly tier: Tier;
	/** By what a grant knows the part again. */
	readonly key: string;
	readonly label: string;
}

interface Judgement {
	readonly findings: Findings;
	readonly effect: string;
	readonly parts: readonly Part[];
}

/** A call as the gate sees it: every finding with the part of the gate that made it, and what follows from them. */
export interface Examination {
	readonly classification: Classification;
	readonly findings: readonly Finding[];
}

/**
 * What a call amounts to: the worst of the tool's own tier, its arguments, what the user raised and what the repository's
 * policy asks for. Nothing in here lowers a tier. It is a pure look at the call and the file system, and safe to repeat.
 */
export function classify(call: ToolCall, context: SafetyContext): Classification {
	return examine(call, context).classification;
}

/** The same with every finding, for whoever explains it. */
export function examine(call: ToolCall, places: SafetyContext): Examination {
	const context = call.isOfOtherServer === true ? { ...places, toolFacts: () => undefined } : places;
	const rule = toolTier(call.tool);
	const judgement = judge(call, context, rule);
	const { findings } = judgement;
	if (rule.tier !== 'GREEN' || findings.all().length === 0)
		findings.add({ tier: rule.tier, reason: reasonOf(call.tool, rule), by: 'tool' });
	const hidden = hiddenCharacter(judgement.effect);
	if (hidden)
		findings.add({
			tier: 'RED',
			reason: `holds invisible characters (${hidden}) that hide what it does`,
			by: 'hidden',
		});
	const own = findings.tier;
	for (const finding of raises(call.tool, context)) if (isWorse(finding.tier, own)) findings.add(finding);
	const tier = findings.tier;
	const isRaised = tier !== own;
	const parts =
		judgement.parts.length > 0 && !isRaised && !hidden
			? judgement.parts
			: [wholePart(call, context, tier, judgement.effect)];
	const grant = grantOf(parts, tier);
	const classification: Classification = {
		tier,
		kind: kindOf(rule, tier),
		effect: judgement.effect,
		reasons: findings.reasons(),
		grantKey: rule.kind === 'question' || rule.kind === 'plan' ? null : grant.key,
		grantLabel: grant.label,
		maxGrant: furthestGrant(rule, tier),
	};
	return { classification, findings: findings.sorted(60) };
}

function reasonOf(tool: string, rule: ToolTier): string {
	const [, server, name] = /^mcp__(.+?)__(.+)$/u.exec(tool) ?? [];
	if (server === undefined || name === undefined) return `${tool} ${rule.does}`;
	return `${name} is a tool of the MCP server “${server}”, which alone knows what it does`;
}

function raises(tool: string, context: SafetyContext): readonly Finding[] {
	const raised = raisedTo(tool, context.raisedTiers);
	const bySetting: readonly Finding[] =
		raised === undefined ? [] : [{ tier: raised, reason: `your settings raise ${tool} to ${raised}`, by: 'setting' }];
	return [...bySetting, ...toolFindings(tool, context)];
}

/** Whether the gate asks by itself for this tool, whatever the asking program's own rules say. */
export function isAlwaysAsked(tool: string): boolean {
	return toolTier(tool).isAlwaysAsked === true;
}

/** A context for this machine; `more` names what is special. */
export function machineContext(workspaceFolders: readonly string[], more: Partial<SafetyContext> = {}): SafetyContext {
	return {
		workspaceFolders,
		home: homedir(),
		platform: process.platform,
		protectedPaths: [],
		raisedTiers: {},
		...more,
	};
}

function kindOf(rule: ToolTier, tier: Tier): ApprovalKind {
	// A question raised by the settings still is a question: there is nothing in it to type a word for.
	return rule.kind === 'edit' && rankOf(tier) > rankOf('ORANGE') ? 'tool' : rule.kind;
}

function furthestGrant(rule: ToolTier, tier: Tier): GrantScope {
	if (rankOf(tier) >= rankOf('RED')) return 'once';
	return tier === 'ORANGE' && rule.maxGrant === 'workspace' ? 'session' : rule.maxGrant;
}

function grantOf(parts: readonly Part[], tier: Tier): { readonly key: string | null; readonly label: string | null } {
	if (rankOf(tier) >= rankOf('RED')) return { key: null, label: null };
	// A call that is GREEN through and through may still be asked about; it then is granted by what it is.
	const real = parts.filter(part => part.tier !== 'GREEN' || parts.length === 1);
	const unique = [
		...new Map(real.map(part => [`${part.tier} ${part.key}`.replaceAll('\n', '\u2424'), part])).entries(),
	];
	unique.sort(([left], [right]) => (left < right ? -1 : 1));
	return {
		key: unique.map(([key]) => key).join('\n'),
		label: unique.map(([, part]) => part.label.replaceAll(' · ', ' ')).join(' · '),
	};
}

function wholePart(call: ToolCall, context: SafetyContext, tier: Tier, effect: string): Part {
	if (isForeign(call.tool)) return foreignPart(call.tool, context, tier);
	return { tier, key: `${call.tool} ${effect}`, label: `${call.tool}: ${effect}` };
}

function judge(call: ToolCall, context: SafetyContext, rule: ToolTier): Judgement {
	switch (rule.rule) {
		case 'shell':
			return judgeCommand(call, context, 'command');
		case 'powershell': {
			const line = textOf(call, 'command') ?? '';
			return { findings: judgePowerShell(line, call.cwd, context), effect: line, parts: [] };
		}
		case 'monitor':
			return textOf(call, 'command') === undefined ? judgeMonitorAddress(call) : judgeCommand(call, context, 'command');
		case 'readFile':
			return judgeFile(call, context, 'read');
		case 'listFolder':
			return judgeFile(call, context, 'list');
		case 'writeFile':
			return judgeWrite(call, context);
		case 'fetch':
			return judgeFetch(call, context);
		case 'request':
			return judgeRequest(call, context);
		case 'worktreeExit':
			return judgeWorktreeExit(call);
		case 'remoteTrigger':
			return judgeRemoteTrigger(call);
		default:
			return isForeign(call.tool) ? judgeForeign(call, context) : plain(call);
	}
}

function judgeCommand(call: ToolCall, context: SafetyContext, key: string): Judgement {
	const line = textOf(call, key);
	const findings = new Findings();
	if (line === undefined) {
		findings.add({ tier: 'RED', reason: 'has no command that could be judged' });
		return { findings, effect: json(call.input), parts: [] };
	}
	const verdict = judgeShell(line, call.cwd, context);
	if (call.input['dangerouslyDisableSandbox'] === true)
		findings.add({ tier: 'ORANGE', reason: 'leaves the sandbox of the CLI' });
	for (const finding of verdict.findings.all()) findings.add(finding);
	const parts = verdict.grants.map(grant => ({ tier: grant.tier, key: `Bash ${grant.prefix}`, label: grant.prefix }));
	// What is found outside any single command (a line that cannot be read) is granted with the whole line only.
	const isCovered = parts.some(part => part.tier === findings.tier) && call.input['dangerouslyDisableSandbox'] !== true;
	return { findings, effect: line, parts: isCovered ? parts : [] };
}

function judgeMonitorAddress(call: ToolCall): Judgement {
	const findings = new Findings();
	findings.add({ tier: 'ORANGE', reason: 'opens a lasting connection to another machine' });
	return { findings, effect: json(call.input), parts: [] };
}

function judgeFile(call: ToolCall, context: SafetyContext, access: Access): Judgement {
	const findings = new Findings();
	const rules = pathRules(context);
	const path =
		textOf(call, 'file_path') ??
		textOf(call, 'notebook_path') ??
		textOf(call, 'path') ??
		textOf(call, 'filePath') ??
		call.cwd;
	const isSearch = call.tool === 'Grep' || call.tool === 'quarterdeck_search';
	findings.add(rules.judge(path, call.cwd, access, isSearch));
	const glob = textOf(call, 'glob') ?? (isNameSearch(call) ? textOf(call, 'pattern') : undefined);
	if (glob !== undefined) {
		const folder = rules.absolute(path, call.cwd);
		const named = rules.judgePattern(rules.absolute(glob, folder), call.cwd, access);
		// `**/*` may match anything: what it names by letters is meant.
		if (named && /[A-Za-z]/u.test(glob.replace(/\*\.\w+$/u, '')))
			findings.add(access === 'list' ? { tier: 'YELLOW', reason: named.reason } : named);
		if (/^[~/]|\.\./u.test(glob))
			findings.add(rules.judge(glob.replace(/[*?[{].*$/u, '') || '/', folder, access, isSearch));
	}
	const where = findings.tier === 'GREEN' ? 'inside this workspace' : 'outside this workspace';
	const part: Part = {
		tier: findings.tier,
		key: `${call.tool} ${findings.tier === 'ORANGE' ? path : where}`,
		label: `${call.tool} ${findings.tier === 'ORANGE' ? path : where}`,
	};
	return { findings, effect: glob === undefined ? path : `${glob} in ${path}`, parts: [part] };
}

function judgeWrite(call: ToolCall, context: SafetyContext): Judgement {
	const findings = new Findings();
	const rules = pathRules(context);
	const path = textOf(call, 'file_path') ?? textOf(call, 'notebook_path');
	if (path === undefined) {
		findings.add({ tier: 'RED', reason: 'names no file that could be judged' });
		return { findings, effect: json(call.input), parts: [] };
	}
	findings.add(rules.judge(path, call.cwd, 'write'));
	if (holdsSecretMark(json(call.input)))
		findings.add({
			tier: 'ORANGE',
			reason: 'would write the mark of a secret that was kept back in place of the secret',
		});
	const isSettings = /(?:^|[/\\])\.vscode[/\\]settings\.json$|\.code-workspace$/iu.test(path);
	if (isSettings && /quarterdeck/iu.test(json(call.input)))
		findings.add({ tier: 'BLACK', reason: `${path} holds the settings that the gate itself reads` });
	const zone = rules.zone(rules.real(rules.absolute(path, call.cwd)));
	const isInside = zone === 'workspace' && findings.tier === 'YELLOW';
	const key = isInside ? 'edits inside this workspace' : `edits ${path}`;
	return { findings, effect: path, parts: [{ tier: findings.tier, key, label: key }] };
}

function judgeFetch(call: ToolCall, context: SafetyContext): Judgement {
	const findings = new Findings();
	const address = textOf(call, 'url') ?? '';
	for (const finding of hostFindings(address, context)) findings.add(finding);
	const url = URL.canParse(address) ? new URL(address) : undefined;
	if (namesMetadataService(address))
		findings.add({ tier: 'BLACK', reason: 'asks the cloud for this machine’s credentials' });
	if (!url) findings.add({ tier: 'ORANGE', reason: `${address} is no address` });
	else if (!/^https?:$/u.test(url.protocol))
		findings.add({ tier: 'RED', reason: `${url.protocol} is no address of a page` });
	else if (url.username !== '' || address.length > 2000)
		findings.add({ tier: 'ORANGE', reason: 'carries data away in the address' });
	const host = url?.host ?? address;
	return {
		findings,
		effect: address,
		parts: [
			{
				tier: isWorse(findings.tier, 'YELLOW') ? findings.tier : 'YELLOW',
				key: `WebFetch ${host}`,
				label: `pages of ${host}`,
			},
		],
	};
}

/** Reading an address is like fetching a page; what sends something there, or signs in, leaves this machine. */
function judgeRequest(call: ToolCall, context: SafetyContext): Judgement {
	const { findings, effect } = judgeFetch(call, context);
	const method = (textOf(call, 'method') ?? 'GET').toUpperCase();
	if (!['GET', 'HEAD', 'OPTIONS'].includes(method))
		findings.add({ tier: 'ORANGE', reason: `${method} changes something on another machine` });
	const headers = json(typeof call.input['headers'] === 'object' ? { ...call.input['headers'] } : {});
	if (headers.includes('${secret:')) findings.add({ tier: 'ORANGE', reason: 'signs in with one of your secrets' });
	else if (headers.length > 2000) findings.add({ tier: 'ORANGE', reason: 'carries data away in its headers' });
	const body = textOf(call, 'body');
	const host = URL.canParse(effect) ? new URL(effect).host : effect;
	const tier = isWorse(findings.tier, 'YELLOW') ? findings.tier : 'YELLOW';
	const label = `${method} requests to ${host}`;
	return {
		findings,
		effect: [`${method} ${effect}`, ...(headers === '{}' ? [] : [headers]), ...(body === undefined ? [] : [body])].join(
			'\n',
		),
		parts: [{ tier, key: `Request ${method} ${host}`, label }],
	};
}

function judgeWorktreeExit(call: ToolCall): Judgement {
	const result = plain(call);
	if (call.input['action'] === 'remove')
		result.findings.add({ tier: 'ORANGE', reason: 'deletes a worktree and its branch' });
	if (call.input['discard_changes'] === true)
		result.findings.add({ tier: 'RED', reason: 'throws away changes that are not committed' });
	return result;
}

function judgeRemoteTrigger(call: ToolCall): Judgement {
	const result = plain(call);
	const isReading = ['list', 'get', 'list_runs', 'get_run_log'].includes(textOf(call, 'action') ?? '');
	if (!isReading) result.findings.add({ tier: 'ORANGE', reason: 'changes or starts agents that run elsewhere' });
	return result;
}

function isNameSearch(call: ToolCall): boolean {
	return call.tool === 'Glob' || call.tool === 'quarterdeck_find_files';
}

/** A tool of a server: what its name and its server say, and what its arguments name. */
function judgeForeign(call: ToolCall, context: SafetyContext): Judgement {
	const findings = new Findings();
	for (const finding of foreignFindings(call.tool, context.toolFacts?.(call.tool))) findings.add(finding);
	for (const finding of argumentFindings(call, context)) findings.add(finding);
	const tier = isWorse(findings.tier, 'YELLOW') ? findings.tier : 'YELLOW';
	return { findings, effect: json(call.input), parts: [foreignPart(call.tool, context, tier)] };
}

function foreignPart(tool: string, context: SafetyContext, tier: Tier): Part {
	const facts = context.toolFacts?.(tool);
	return { tier, key: foreignKey(tool, facts), label: foreignLabel(tool, facts) };
}

function isForeign(tool: string): boolean {
	return tool.startsWith('mcp__');
}

function plain(call: ToolCall): Judgement {
	const parts = isOwnTool(call.tool) ? [{ tier: 'YELLOW' as const, key: call.tool, label: call.tool }] : [];
	return { findings: new Findings(), effect: json(call.input), parts };
}

function textOf(call: ToolCall, key: string): string | undefined {
	const value = call.input[key];
	return typeof value === 'string' ? value : undefined;
}

function json(input: Readonly<Record<string, unknown>>): string {
	return JSON.stringify(input, null, 2);
}
