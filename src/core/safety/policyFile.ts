import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { Tier } from '../ledger/events';
import type { PolicyCommand, PolicyPath, RepositoryPolicy } from './policy';
import { isTier, isWorse } from './tier';
import { tieredTools } from './tiers';

/** Where a repository says what agents may not do in it, relative to its folder. */
export const policyPath = '.quarterdeck/policy.json';

/** Something in the file that does not count, and where it stands. */
export interface PolicyProblem {
	readonly message: string;
	readonly offset: number;
	readonly length: number;
	/** `ignored`: it would loosen something, or nothing here reads it. `broken`: the file or a value cannot be read. */
	readonly kind: 'ignored' | 'broken';
}

export interface ParsedPolicy {
	/** `null` when the file cannot be read at all; the one that held before then goes on to hold. */
	readonly policy: RepositoryPolicy | null;
	readonly problems: readonly PolicyProblem[];
}

const knownModes = ['plan', 'default', 'acceptEdits'];
const topKeys = ['$schema', 'version', 'tools', 'commands', 'protectedPaths', 'forbiddenHosts', 'onlyHosts', 'modes'];

/** Reads a policy file. What would loosen anything is left out and named. */
export function parsePolicy(text: string, folder: string): ParsedPolicy {
	const errors: ParseError[] = [];
	const root = parseTree(text, errors, { allowTrailingComma: true });
	const [first] = errors;
	if (first || root?.type !== 'object') {
		const message = first ? `This is no JSON: ${printParseErrorCode(first.error)}.` : 'A policy is one JSON object.';
		const problem = { message, offset: first?.offset ?? 0, length: Math.max(1, first?.length ?? 1), kind: 'broken' };
		return { policy: null, problems: [problem as PolicyProblem] };
	}
	const reader = new PolicyReader(root, folder);
	const policy = reader.policy();
	return { policy, problems: [...reader.problems].sort((left, right) => left.offset - right.offset) };
}

class PolicyReader {
	readonly problems: PolicyProblem[] = [];
	readonly #root: Node;
	readonly #folder: string;

	constructor(root: Node, folder: string) {
		this.#root = root;
		this.#folder = folder;
		for (const { name, node } of entries(root)) {
			if (!topKeys.includes(name))
				this.#problem(node, `“${name}” means nothing here. A policy can only make calls take more.`, 'ignored');
			if (name === 'version' && node.value !== 1) this.#problem(node, 'The version of a policy is 1.', 'ignored');
		}
	}

	policy(): RepositoryPolicy {
		return {
			folder: this.#folder,
			tools: this.#tools(),
			commands: this.#items('commands').flatMap(node => this.#command(node) ?? []),
			protectedPaths: this.#items('protectedPaths').flatMap(node => this.#path(node) ?? []),
			forbiddenHosts: this.#hosts('forbiddenHosts') ?? [],
			onlyHosts: this.#hosts('onlyHosts'),
			modes: this.#modes(),
		};
	}

	#tools(): Readonly<Record<string, Tier>> {
		const node = this.#get('tools', 'object');
		const known = tieredTools();
		const tools = new Map<string, Tier>();
		for (const { name, node: value } of node ? entries(node) : []) {
			const tier = this.#tier(value);
			if (!tier) continue;
			if ((name.match(/\*/gu)?.length ?? 0) > 4) {
				this.#problem(value, 'This pattern is too complicated; name the tools one by one.', 'broken');
				continue;
			}
			const own = Object.hasOwn(known, name) ? known[name]?.tier : name.startsWith('mcp__') ? 'YELLOW' : undefined;
			if (own !== undefined && isWorse(own, tier))
				this.#problem(value, `${name} is ${own} already; a policy cannot make it ${tier}.`, 'ignored');
			else if (tier === 'GREEN') this.#problem(value, 'GREEN asks for nothing, so this changes nothing.', 'ignored');
			else tools.set(name, tier);
		}
		return Object.fromEntries(tools);
	}

	#command(node: Node): PolicyCommand | undefined {
		const prefix = textIn(node, 'prefix');
		const tierNode = child(node, 'tier');
		if (prefix === undefined || !tierNode) {
			this.#problem(node, 'A command has a “prefix” and a “tier”.', 'broken');
			return undefined;
		}
		this.#unknownKeys(node, ['prefix', 'tier', 'reason']);
		const words = prefix.split(/\s+/u).filter(word => word !== '');
		const tier = this.#tier(tierNode);
		if (!tier || words.length === 0) return undefined;
		if (tier === 'GREEN') {
			this.#problem(tierNode, `A policy cannot allow a command. “${prefix}” keeps the tier it has.`, 'ignored');
			return undefined;
		}
		return { words, tier, reason: textIn(node, 'reason') ?? null };
	}

	#path(node: Node): PolicyPath | undefined {
		const path = node.type === 'string' ? String(node.value) : textIn(node, 'path');
		if (path === undefined || path.trim() === '') {
			this.#problem(node, 'A protected path is a text, or an object with a “path”.', 'broken');
			return undefined;
		}
		if ((path.match(/[*?[{]/gu)?.length ?? 0) > 8) {
			this.#problem(node, 'This pattern is too complicated; name the places one by one.', 'broken');
			return undefined;
		}
		const glob = anchored(path.trim(), this.#folder);
		if (node.type === 'string') return { glob, read: 'BLACK', write: 'BLACK' };
		this.#unknownKeys(node, ['path', 'read', 'write']);
		const tier = (name: string): Tier | null => {
			const value = child(node, name);
			return value ? (this.#tier(value) ?? null) : null;
		};
		const [read, write] = [tier('read'), tier('write')];
		if (read === null && write === null) return { glob, read: 'BLACK', write: 'BLACK' };
		return { glob, read, write };
	}

	#hosts(name: string): readonly string[] | null {
		const nodes = this.#items(name);
		if (!child(this.#root, name)) return null;
		return nodes.flatMap(node => {
			const host = typeof node.value === 'string' ? node.value.trim().toLowerCase() : '';
			if (/^(?:\*\.)?[\w.-]+$|^\*$|^\[[0-9a-f:]+\]$/u.test(host)) return [host];
			this.#problem(node, 'A host is a name such as “example.com” or “*.example.com”.', 'broken');
			return [];
		});
	}

	#modes(): readonly string[] | null {
		const node = child(this.#root, 'modes');
		if (!node) return null;
		const modes = this.#items('modes').flatMap(item => {
			if (typeof item.value === 'string' && knownModes.includes(item.value)) return [item.value];
			this.#problem(item, `A mode is one of ${knownModes.join(', ')}.`, 'broken');
			return [];
		});
		// A list that names no mode would forbid all of them: then the strictest that still works is meant.
		return modes.length > 0 ? modes : ['default', 'plan'];
	}

	#tier(node: Node): Tier | undefined {
		const value: unknown = node.value;
		if (isTier(value)) return value;
		this.#problem(node, 'A tier is one of GREEN, YELLOW, ORANGE, RED and BLACK.', 'broken');
		return undefined;
	}

	#items(name: string): readonly Node[] {
		return this.#get(name, 'array')?.children ?? [];
	}

	#get(name: string, type: 'object' | 'array'): Node | undefined {
		const node = child(this.#root, name);
		if (!node || node.type === type) return node;
		this.#problem(node, type === 'array' ? `“${name}” is a list.` : `“${name}” is an object.`, 'broken');
		return undefined;
	}

	#unknownKeys(node: Node, known: readonly string[]): void {
		for (const { name, node: value } of entries(node))
			if (!known.includes(name)) this.#problem(value, `“${name}” means nothing here.`, 'ignored');
	}

	#problem(node: Node, message: string, kind: PolicyProblem['kind']): void {
		this.problems.push({ message, offset: node.offset, length: Math.max(1, node.length), kind });
	}
}

/** A relative glob holds inside the repository: at its top with a slash in it, anywhere without one. */
function anchored(glob: string, folder: string): string {
	const slashed = glob.replaceAll('\\', '/');
	if (/^(?:\/|~|[a-z]:|\*\*)/iu.test(slashed)) return slashed;
	const base = folder
		.replaceAll('\\', '/')
		.replace(/\/+$/u, '')
		.replace(/[*?[\]{}]/gu, '?');
	const plain = slashed.replace(/^\.\//u, '');
	return plain.replace(/\/\*{0,2}$/u, '').includes('/') || plain.endsWith('/') || plain.endsWith('/**')
		? `${base}/${plain}`
		: `${base}/**/${plain}`;
}

function entries(node: Node): readonly { readonly name: string; readonly node: Node }[] {
	return (node.type === 'object' ? (node.children ?? []) : []).flatMap(property => {
		const [key, value] = property.children ?? [];
		return key && value ? [{ name: String(key.value), node: value }] : [];
	});
}

function child(node: Node, name: string): Node | undefined {
	return entries(node).find(entry => entry.name === name)?.node;
}

function textIn(node: Node, name: string): string | undefined {
	const value: unknown = child(node, name)?.value;
	return typeof value === 'string' ? value : undefined;
}
