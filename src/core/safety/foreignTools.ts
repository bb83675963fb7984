import type { Tier } from '../ledger/events';
import type { Finding } from './finding';
import type { ForeignTool } from './foreignTool';

const destroying = new Set(
	'delete del remove rm drop destroy wipe purge truncate erase reset kill terminate uninstall revoke shutdown reboot format overwrite unpublish prune discard rollback disable ban evict detach expire clear empty nuke obliterate'.split(
		' ',
	),
);
/** As the verb that a name begins with; `get_workflow_run` only looks at a run. */
const running = new Set('exec execute eval evaluate run invoke shell bash sh sudo ssh spawn'.split(' '));
const runnable = new Set('shell bash command commands cmd script sql terminal'.split(' '));
const looking = new Set('get list read search find describe show view fetch look browse query'.split(' '));
const leaving = new Set(
	'publish deploy release send mail email post tweet pay purchase buy order transfer charge refund withdraw trade merge push invite share upload'.split(
		' ',
	),
);

/** The words of a tool's name: `deleteAllRows`, `drop-table` and `wipe_disk` alike. */
function wordsOf(name: string): readonly string[] {
	return name
		.replace(/([a-z0-9])([A-Z])/g, '$1 $2')
		.replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
		.toLowerCase()
		.split(/[^a-z0-9]+/u)
		.filter(word => word !== '');
}

/** Why a tool of a server takes more than a click: what its name and its server's own hints say. */
export function foreignFindings(qualifiedName: string, facts: ForeignTool | undefined): readonly Finding[] {
	const name = facts?.tool ?? qualifiedName.replace(/^mcp__.*?__/u, '');
	const words = wordsOf(name);
	const findings: Finding[] = [];
	const orange = (reason: string): void => void findings.push({ tier: 'ORANGE', reason, by: 'server' });
	const named = (set: ReadonlySet<string>): string | undefined => words.find(word => set.has(word));
	const destroys = named(destroying);
	if (destroys !== undefined) orange(`its name says that it destroys something (${destroys})`);
	const [verb = ''] = words;
	const runs = running.has(verb) ? verb : looking.has(verb) ? undefined : named(runnable);
	if (runs !== undefined) orange(`its name says that it runs what it is given (${runs})`);
	const leaves = leaving.has(verb) ? verb : undefined;
	if (leaves !== undefined) orange(`its name says that it reaches other people or systems (${leaves})`);
	if (facts?.annotations.destructiveHint === true) orange('its server says that it may destroy something');
	return findings;
}

/** The tier that a tool of a server has before its arguments are looked at. */
export function foreignTier(qualifiedName: string, facts: ForeignTool | undefined): Tier {
	return foreignFindings(qualifiedName, facts).length > 0 ? 'ORANGE' : 'YELLOW';
}

/** By what a grant knows a tool again: the server that was allowed, and what the tool said of itself then. */
export function foreignKey(qualifiedName: string, facts: ForeignTool | undefined): string {
	if (!facts) return qualifiedName;
	return [qualifiedName, `@${facts.serverId}`, `#${facts.fingerprint ?? ''}`].join(' ').replaceAll('\n', ' ');
}

/** How a grant of a tool reads: `create_issue of github`. */
export function foreignLabel(qualifiedName: string, facts: ForeignTool | undefined): string {
	return facts ? `${facts.tool} of ${facts.server}` : qualifiedName;
}
