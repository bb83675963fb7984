import { posix } from 'node:path';
import type { Tier } from '../ledger/events';
import type { SafetyContext } from './approval';
import { isAlwaysAsked } from './classify';
import { foreignFindings, foreignTier } from './foreignTools';
import type { Grant } from './grants';
import type { RepositoryPolicy } from './policy';
import type { GrantRow, PolicyFileRow, PolicyView, ProtectedPlace, ToolGroup, ToolRow } from './policyProtocol';
import { raisedTo, toolFindings } from './policyRules';
import type { PolicyFile } from './policyStore';
import protectedRules from './protected.json' with { type: 'json' };
import { isTier, isWorse } from './tier';
import { isOwnTool, tieredTools, toolTier } from './tiers';
import { visibleText } from './visible';

/** A tool that a running server offers. */
export interface ServerTool {
	readonly name: string;
	readonly title: string;
	readonly source: string;
}

export interface PolicyParts {
	readonly context: SafetyContext;
	readonly serverTools: readonly ServerTool[];
	readonly grants: readonly Grant[];
	/** Where a grant holds: `in this workspace`. */
	readonly whereOf: (grant: Grant) => string;
	readonly files: readonly PolicyFile[];
}

/** The whole policy as it holds now. */
export function policyView({ context, serverTools, grants, whereOf, files }: PolicyParts): PolicyView {
	return {
		groups: groupsOf(context, serverTools),
		places: [...repositoryPlaces(context), ...settingPlaces(context), ...builtInPlaces()],
		grants: grants.map(grant => grantRow(grant, whereOf(grant))),
		files: files.map(fileRow),
	};
}

function groupsOf(context: SafetyContext, serverTools: readonly ServerTool[]): readonly ToolGroup[] {
	const names = Object.keys(tieredTools());
	const servers = [...new Set(serverTools.map(({ source }) => source))].sort();
	return [
		group(
			'Quarterdeck’s own tools',
			'builtIn',
			names.filter(isOwnTool).map(name => knownRow(name, context)),
		),
		...servers.map(server =>
			group(
				`MCP server ${visibleText(server)}`,
				'server',
				serverTools.filter(({ source }) => source === server).map(tool => serverRow(tool, context)),
			),
		),
		group(
			'Tools of the Claude CLI',
			'claude',
			names.filter(name => !isOwnTool(name)).map(name => knownRow(name, context)),
		),
	];
}

function group(title: string, kind: ToolGroup['kind'], tools: readonly ToolRow[]): ToolGroup {
	return { title, kind, tools: [...tools].sort((left, right) => left.title.localeCompare(right.title, 'en')) };
}

function knownRow(name: string, context: SafetyContext): ToolRow {
	const { tier, does, rule } = toolTier(name);
	const title = isOwnTool(name) ? name.replace(/^quarterdeck_/u, '').replaceAll('_', ' ') : name;
	return raisedRow({ name, title, does, tier, looksAtArguments: rule !== 'plain' }, [], context);
}

function serverRow({ name, title }: ServerTool, context: SafetyContext): ToolRow {
	const facts = context.toolFacts?.(name);
	const own = toolTier(name);
	const reasons = foreignFindings(name, facts).map(({ reason }) => reason);
	const row = {
		name,
		title: visibleText(facts?.tool ?? title),
		does: own.does,
		tier: foreignTier(name, facts),
		looksAtArguments: true,
	};
	return { ...raisedRow(row, reasons, context), ownTier: own.tier };
}

function raisedRow(
	row: Pick<ToolRow, 'name' | 'title' | 'does' | 'tier' | 'looksAtArguments'>,
	reasons: readonly string[],
	context: SafetyContext,
): ToolRow {
	const bySetting = raisedTo(row.name, context.raisedTiers);
	const candidates = [
		...(bySetting === undefined ? [] : [{ tier: bySetting, reason: `your settings raise it to ${bySetting}` }]),
		...toolFindings(row.name, context),
	];
	const counting = candidates.filter(({ tier }) => isWorse(tier, row.tier));
	const tier = counting.reduce<Tier>((worst, next) => (isWorse(next.tier, worst) ? next.tier : worst), row.tier);
	return {
		...row,
		tier,
		ownTier: row.tier,
		raised: [...reasons, ...counting.map(({ reason }) => reason)],
		isAlwaysAsked: isAlwaysAsked(row.name),
	};
}

function repositoryPlaces({ policies }: SafetyContext): readonly ProtectedPlace[] {
	return (policies ?? []).flatMap(({ folder, protectedPaths }) =>
		protectedPaths.map(({ glob, read, write }) => ({
			globs: [glob],
			read,
			write,
			why: `is protected by the policy of ${posix.basename(folder.replaceAll('\\', '/'))}`,
			by: 'repository' as const,
		})),
	);
}

function settingPlaces({ protectedPaths }: SafetyContext): readonly ProtectedPlace[] {
	if (protectedPaths.length === 0) return [];
	const why = 'is protected by your settings';
	return [{ globs: protectedPaths, read: 'BLACK', write: 'BLACK', why, by: 'setting' }];
}

function builtInPlaces(): readonly ProtectedPlace[] {
	return protectedRules
		.filter(rule => !('isLenient' in rule) && (rule.read !== null || rule.write !== null))
		.map(({ globs, read, write, why }) => ({
			globs,
			read: isTier(read) ? read : null,
			write: isTier(write) ? write : null,
			why,
			by: 'builtIn' as const,
		}));
}

function grantRow(grant: Grant, where: string): GrantRow {
	const { id, label, part, grantedAt } = grant;
	return { id, label: visibleText(label), where, tier: part.split(' ', 1)[0] ?? '', grantedAt };
}

function fileRow({ folder, exists, policy, problems, text }: PolicyFile): PolicyFileRow {
	return {
		folder,
		name: posix.basename(folder.replaceAll('\\', '/')) || folder,
		exists,
		rules: policy ? sentencesOf(policy) : [],
		problems: problems.map(({ message, offset }) => ({ line: text.slice(0, offset).split('\n').length, message })),
	};
}

/** What a policy asks for, in sentences. */
function sentencesOf(policy: RepositoryPolicy): readonly string[] {
	return [
		...Object.entries(policy.tools).map(([name, tier]) => `${visibleText(name)} is ${tier}`),
		...policy.commands.map(
			({ words, tier, reason }) => `“${visibleText(words.join(' '))}” is ${tier}${because(reason)}`,
		),
		...policy.protectedPaths.map(({ glob }) => `${visibleText(glob)} is protected`),
		...policy.forbiddenHosts.map(host => `${host} is not reached`),
		...(policy.onlyHosts === null ? [] : [`only these machines are reached: ${policy.onlyHosts.join(', ') || 'none'}`]),
		...(policy.modes === null ? [] : [`conversations ask as in these modes or more: ${policy.modes.join(', ')}`]),
	];
}

function because(reason: string | null): string {
	return reason === null ? '' : `: ${visibleText(reason)}`;
}
