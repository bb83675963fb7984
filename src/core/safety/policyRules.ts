import { posix } from 'node:path';
import type { Tier } from '../ledger/events';
import type { SafetyContext } from './approval';
import type { Finding } from './finding';
import type { RepositoryPolicy } from './policy';
import { isTier, isWorse } from './tier';

/** The tier to which something raises a tool: by its name, its server's, or a pattern with `*`. */
export function raisedTo(tool: string, raised: Readonly<Record<string, unknown>>): Tier | undefined {
	const server = /^mcp__[^_]+(?:_[^_]+)*?(?=__)/u.exec(tool)?.[0];
	let worst: Tier | undefined;
	for (const [name, tier] of Object.entries(raised)) {
		const isMeant = name === tool || name === server || (name.includes('*') && matches(name, tool));
		if (isMeant && isTier(tier) && (worst === undefined || isWorse(tier, worst))) worst = tier;
	}
	return worst;
}

/** What the repositories' policies say of a tool as such. */
export function toolFindings(tool: string, context: SafetyContext): readonly Finding[] {
	return policiesOf(context).flatMap(policy => {
		const tier = raisedTo(tool, policy.tools);
		return tier === undefined
			? []
			: [{ tier, reason: `the policy of ${nameOf(policy)} raises ${tool} to ${tier}`, by: 'repository' as const }];
	});
}

/** What they say of a command: each word of the prefix must stand there in its order, options aside. */
export function commandFindings(words: readonly string[], context: SafetyContext): readonly Finding[] {
	return policiesOf(context).flatMap(policy =>
		policy.commands
			.filter(({ words: wanted }) => isPrefix(wanted, words))
			.map(({ words: wanted, tier, reason }) => ({
				tier,
				reason: `the policy of ${nameOf(policy)} raises “${wanted.join(' ')}” to ${tier}${reason === null ? '' : `: ${reason}`}`,
				by: 'repository' as const,
			})),
	);
}

function isPrefix(wanted: readonly string[], words: readonly string[]): boolean {
	let at = 0;
	for (const word of words) {
		if (word === wanted[at]) at++;
		else if (at === 0) return false;
		if (at === wanted.length) return true;
	}
	return false;
}

/** What they say of the machines that a text names, in addresses or as `user@host:path`. */
export function hostFindings(text: string, context: SafetyContext): readonly Finding[] {
	const policies = policiesOf(context).filter(
		({ forbiddenHosts, onlyHosts }) => forbiddenHosts.length > 0 || onlyHosts !== null,
	);
	if (policies.length === 0) return [];
	const hosts = hostsIn(text);
	return policies.flatMap(policy =>
		hosts
			.filter(host => isForbidden(host, policy))
			.map(host => ({
				tier: 'BLACK' as const,
				reason: `the policy of ${nameOf(policy)} forbids to reach ${host}`,
				by: 'repository' as const,
			})),
	);
}

function hostsIn(text: string): readonly string[] {
	const found = [
		...text
			.slice(0, 20_000)
			.matchAll(/[a-z][a-z0-9+.-]{1,12}:\/\/(?:[^\s/@"'<>]{0,200}@)?(\[[0-9a-f:.]+\]|[^\s/:?#"'<>@]{1,253})/giu),
		...text.slice(0, 20_000).matchAll(/(?:^|\s)[\w.-]{1,64}@([\w.-]{1,253})(?=:|\s|$)/gu),
	];
	// A final dot and letters of another alphabet name the same machine.
	return [...new Set(found.map(match => plainHost(match[1] ?? '')))].filter(host => host !== '');
}

function plainHost(host: string): string {
	const address = `http://${host}/`;
	const name = URL.canParse(address) ? new URL(address).hostname : host.toLowerCase();
	return name.replace(/\.$/u, '');
}

function isForbidden(host: string, { forbiddenHosts, onlyHosts }: RepositoryPolicy): boolean {
	if (forbiddenHosts.some(pattern => isHost(host, pattern))) return true;
	if (onlyHosts === null || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/u.test(host)) return false;
	return !onlyHosts.some(pattern => isHost(host, pattern));
}

function isHost(host: string, pattern: string): boolean {
	if (pattern === '*') return true;
	if (pattern.startsWith('*.')) return host.endsWith(pattern.slice(1)) || host === pattern.slice(2);
	return host === pattern;
}

/** Whether a conversation may work in a mode; what the policies leave out asks like the default mode. */
export function isModeAllowed(mode: string | undefined, context: SafetyContext): boolean {
	if (mode === undefined || mode === 'default' || mode === 'plan') return true;
	return policiesOf(context).every(({ modes }) => modes === null || modes.includes(mode));
}

function matches(pattern: string, text: string): boolean {
	const source = pattern.split(/\*+/u).map(piece => piece.replace(/[$()+.?[\\\]^{|}]/gu, '\\$&'));
	return new RegExp(`^${source.join('.*')}$`, 'u').test(text);
}

function policiesOf(context: SafetyContext): readonly RepositoryPolicy[] {
	return context.policies ?? [];
}

/** The repository's name, as people call it: its folder's. */
export function nameOf({ folder }: RepositoryPolicy): string {
	return posix.basename(folder.replaceAll('\\', '/')) || folder;
}
