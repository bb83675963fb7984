import { posix, win32 } from 'node:path';
import type { Tier } from '../ledger/events';
import type { SafetyContext } from './approval';
import type { Finding } from './finding';
import { globToPattern } from './globs';
import protectedRules from './protected.json' with { type: 'json' };
import { followLink, realOfExisting } from './realPath';
import { isWorse } from './tier';

/** What a call does with a path. `list` only sees names. */
export type Access = 'list' | 'read' | 'write' | 'delete';

/** Where a path lies, the nearest first. */
export type Zone = 'workspace' | 'temp' | 'home' | 'system' | 'outside';

interface Rule {
	readonly patterns: readonly RegExp[];
	readonly examples: readonly string[];
	readonly read: Tier | null;
	readonly write: Tier | null;
	readonly why: string;
	/** The rule counts even where the place alone would be stricter: harmless devices, the agent's own notebook. */
	readonly isLenient?: boolean;
}

/** A rule that holds for a path, with what it says of the access. */
interface RuleFinding extends Finding {
	readonly isLenient: boolean;
}

const systemFolders: Readonly<Record<'posix' | 'win32', readonly string[]>> = {
	posix: [
		'/etc',
		'/usr',
		'/bin',
		'/sbin',
		'/lib',
		'/lib32',
		'/lib64',
		'/boot',
		'/sys',
		'/proc',
		'/System',
		'/Library',
		'/Applications',
		'/private/etc',
		'/cores',
		'/nix/store',
	],
	win32: ['c:/windows', 'c:/program files', 'c:/program files (x86)', 'c:/programdata', 'c:/boot', 'c:/recovery'],
};
/** Under a system folder, yet for the machine's owner: a write there is RED, not forbidden. */
const ownerFolders: readonly string[] = ['/usr/local'];
const tempFolders: Readonly<Record<'posix' | 'win32', readonly string[]>> = {
	posix: ['/tmp', '/var/tmp', '/private/tmp', '/private/var/tmp', '/private/var/folders', '/var/folders'],
	win32: [],
};

const compiled = new WeakMap<SafetyContext, PathRules>();
const recent = new Map<string, PathRules>();

const maxLookups = 4000;

/** The rules of one context, compiled once: also when the host makes an equal context anew for each call. */
export function pathRules(context: SafetyContext): PathRules {
	const known = compiled.get(context);
	if (known) return known;
	const { workspaceFolders, home, platform, protectedPaths, storageFolders, claudeFolders, policies } = context;
	const places = policies?.map(policy => policy.protectedPaths);
	const key = JSON.stringify([workspaceFolders, home, platform, protectedPaths, storageFolders, claudeFolders, places]);
	const rules = recent.get(key) ?? new PathRules(context);
	if (recent.size >= 8) recent.clear();
	recent.set(key, rules);
	compiled.set(context, rules);
	return rules;
}

/** Judges paths: where they really lie, and what may be done to them. */
export class PathRules {
	readonly #context: SafetyContext;
	readonly #rules: readonly Rule[];
	/** Of the repositories' policies: they count beside the others and never instead of them. */
	readonly #policyRules: readonly Rule[];
	readonly #folders: readonly string[];
	readonly #home: string;
	readonly #temp: readonly string[];
	/** Matches every path for which some rule could hold, and few others. */
	readonly #hints: RegExp;
	readonly #lookups = new Map<string, Rule | null>();
	readonly #isCaseBlind: boolean;
	readonly #isNative: boolean;
	readonly isWindows: boolean;

	constructor(context: SafetyContext) {
		this.#context = context;
		this.isWindows = context.platform === 'win32';
		this.#isCaseBlind = this.isWindows || context.platform === 'darwin';
		// Paths of another system (in tests) cannot be looked up on this one.
		this.#isNative = context.platform === process.platform;
		this.#home = this.#slashed(context.home);
		this.#folders = context.workspaceFolders.map(folder => this.#slashed(folder));
		this.#temp = this.isWindows ? [`${this.#home}/AppData/Local/Temp`] : tempFolders.posix;
		const raw = [...this.#ownRules(), ...protectedRules.map(rule => this.#withClaudeFolders(rule as RawRule))];
		this.#rules = raw.map(rule => this.#compile(rule));
		this.#policyRules = this.#rawPolicyRules().map(rule => this.#compile(rule));
		this.#hints = hintPattern(raw.flatMap(rule => rule.globs));
	}

	/** The absolute path that a word means, `/`-separated, `..` and links not yet followed. */
	absolute(text: string, cwd: string): string {
		let path = this.isWindows ? text.replaceAll('\\', '/') : text;
		if (path.startsWith('file://')) path = path.slice('file://'.length);
		if (path === '~' || path.startsWith('~/')) path = this.#home + path.slice(1);
		else if (/^~[\w.-]+(?:\/|$)/u.test(path)) path = `${posix.dirname(this.#home)}/${path.slice(1)}`;
		if (this.isWindows) path = path.replace(/^\/([a-z])(?=\/|$)/iu, '$1:').replace(/^\/\/[?.]\//u, '');
		const isAbsolute = path.startsWith('/') || /^[a-z]:/iu.test(path);
		return isAbsolute ? path : `${this.#slashed(cwd)}/${path}`;
	}

	/** The path after `..` and symbolic links, as far as it exists; the rest is appended as written. */
	real(absolute: string): string {
		const parts = absolute.split('/');
		if (!this.#isNative) return this.#normal(absolute);
		if (!parts.includes('..')) return realOfExisting(posix.normalize(absolute));
		// The kernel follows a link before it climbs out of it, so `..` cannot be taken off the text.
		let current = '/';
		for (const part of parts) {
			if (part === '' || part === '.') continue;
			current = part === '..' ? posix.dirname(current) : followLink(posix.join(current, part));
		}
		return realOfExisting(current);
	}

	/** Where a real path lies. */
	zone(real: string): Zone {
		if (this.#folders.some(folder => this.#isInside(real, folder))) return 'workspace';
		// The home folder comes before the temporary ones: a test home may lie under /tmp.
		const isHomeInTemp = this.#temp.some(folder => this.#isInside(this.#home, folder));
		if (this.isWindows || !isHomeInTemp) {
			if (this.#temp.some(folder => this.#isInside(real, folder))) return 'temp';
		}
		if (this.#isInside(real, this.#home)) return 'home';
		if (this.#temp.some(folder => this.#isInside(real, folder))) return 'temp';
		if (ownerFolders.some(folder => this.#isInside(real, folder))) return 'outside';
		const system = systemFolders[this.isWindows ? 'win32' : 'posix'];
		return system.some(folder => this.#isInside(real, folder)) ? 'system' : 'outside';
	}

	/** What `access` to the path that `text` means amounts to. Both the path as written and the real one count. */
	judge(text: string, cwd: string, access: Access, isRecursive = false): Finding {
		const absolute = this.absolute(text, cwd);
		const written = this.#normal(absolute);
		const real = this.real(absolute);
		const byPlace = this.#byPlace(real, text, access, isRecursive);
		const byRule = this.#byRule(real, text, access) ?? this.#byRule(written, text, access);
		const other = written === real ? undefined : this.#byRule(written, text, access);
		const isRuleBinding = byRule && (isWorse(byRule.tier, byPlace.tier) || byRule.isLenient);
		let finding: Finding = isRuleBinding ? byRule : byPlace;
		if (other && isWorse(other.tier, finding.tier)) finding = other;
		const around = isRecursive ? this.#around(real, text, access) : undefined;
		if (around && isWorse(around.tier, finding.tier)) finding = around;
		return worst(finding, this.#byPolicy([real, written], text, access)) ?? finding;
	}

	/** What reading or writing all that a shell pattern may match amounts to; undefined when it names nothing special. */
	judgePattern(text: string, cwd: string, access: Access): Finding | undefined {
		if (access === 'list') return undefined;
		// Many wildcards take a pattern longer to try than anybody would wait; no honest one has so many.
		if ((text.match(/[*?[{]+/gu)?.length ?? 0) > 6 || text.length > 500) {
			return { tier: 'ORANGE', reason: `the pattern ${text} is too complicated to be judged` };
		}
		const pattern = globToPattern(this.#normal(this.absolute(text.replace(/\*{3,}/gu, '**'), cwd)), 'iu', true);
		let strictest: Finding | undefined;
		for (const rule of [...this.#rules, ...this.#policyRules]) {
			const tier = access === 'write' || access === 'delete' ? rule.write : rule.read;
			if (tier === null || tier === 'GREEN' || (strictest && !isWorse(tier, strictest.tier))) continue;
			const hit = rule.examples.find(example => pattern.test(this.#normal(this.absolute(example, cwd))));
			if (hit !== undefined) strictest = { tier, reason: `${text} may match ${hit}, which ${rule.why}` };
		}
		return strictest;
	}

	/** The special rule for a path, if one holds: what must not be read or written without saying so. */
	protection(text: string, cwd: string, access: Access): Finding | undefined {
		const absolute = this.absolute(text, cwd);
		const written = this.#byRule(this.#normal(absolute), text, access);
		const real = this.#byRule(this.real(absolute), text, access);
		const policy = this.#byPolicy([this.real(absolute), this.#normal(absolute)], text, access);
		return worst(worst(real, written), policy);
	}

	/** Whether the path is the top of a workspace folder, the home folder or something above either. */
	isTop(real: string): boolean {
		return [this.#home, ...this.#folders].some(folder => this.#isInside(folder, real));
	}

	#byPlace(real: string, text: string, access: Access, isRecursive: boolean): Finding {
		const zone = this.zone(real);
		if (access === 'list' || access === 'read') {
			return zone === 'workspace'
				? { tier: 'GREEN', reason: `reads ${text} inside the workspace` }
				: { tier: 'YELLOW', reason: `reads ${text} outside the workspace` };
		}
		if (access === 'delete') return this.#byDelete(real, zone, text, isRecursive);
		const where: Readonly<Record<Zone, readonly [Tier, string]>> = {
			workspace: ['YELLOW', 'inside the workspace'],
			temp: ['YELLOW', 'in the temporary folder'],
			home: ['ORANGE', 'in your home folder, outside the workspace'],
			outside: ['RED', 'outside the workspace and your home folder'],
			system: ['BLACK', 'in a folder of the system itself'],
		};
		const [tier, phrase] = where[zone];
		return { tier, reason: `writes ${text} ${phrase}` };
	}

	#byDelete(real: string, zone: Zone, text: string, isRecursive: boolean): Finding {
		if (real === '/' || /^[a-z]:\/?$/iu.test(real) || this.#isInside(this.#home, real)) {
			return { tier: 'BLACK', reason: `deletes ${text}: the home folder or the whole machine` };
		}
		if (zone === 'system') return { tier: 'BLACK', reason: `deletes ${text} in a folder of the system itself` };
		if (this.isTop(real)) return { tier: 'RED', reason: `deletes the whole workspace (${text})` };
		if (zone !== 'workspace' && zone !== 'temp')
			return { tier: 'RED', reason: `deletes ${text} outside the workspace` };
		const where = zone === 'temp' ? 'in the temporary folder' : 'inside the workspace';
		return isRecursive
			? { tier: 'ORANGE', reason: `deletes ${text} ${where} with everything in it` }
			: { tier: 'YELLOW', reason: `deletes ${text} ${where}` };
	}

	#byPolicy(paths: readonly string[], text: string, access: Access): Finding | undefined {
		let found: Finding | undefined;
		if (access === 'list') return found;
		for (const rule of this.#policyRules) {
			const tier = access === 'read' ? rule.read : rule.write;
			if (tier === null || !rule.patterns.some(pattern => paths.some(path => pattern.test(path)))) continue;
			found = worst(found, { tier, reason: `${text} ${rule.why}`, by: 'repository' });
		}
		return found;
	}

	#byRule(path: string, text: string, access: Access): RuleFinding | undefined {
		const rule = this.#ruleFor(path);
		if (!rule || access === 'list') return undefined;
		const tier = access === 'read' ? rule.read : rule.write;
		return tier === null ? undefined : { tier, reason: `${text} ${rule.why}`, isLenient: rule.isLenient === true };
	}

	/** The first rule that holds for a path. What was looked up lately is remembered: lines name the same paths often. */
	#ruleFor(path: string): Rule | undefined {
		const known = this.#lookups.get(path);
		if (known !== undefined) return known === null ? undefined : known;
		const rule = this.#hints.test(path)
			? this.#rules.find(candidate => candidate.patterns.some(pattern => pattern.test(path)))
			: undefined;
		if (this.#lookups.size >= maxLookups) this.#lookups.clear();
		this.#lookups.set(path, rule ?? null);
		return rule;
	}

	/** Reading a folder with everything in it reaches the secrets that lie inside it. */
	#around(real: string, text: string, access: Access): Finding | undefined {
		if (access !== 'read') return undefined;
		return this.#isInside(this.#home, real) && !this.#folders.some(folder => this.#isInside(real, folder))
			? { tier: 'ORANGE', reason: `reads everything under ${text}, keys and passwords included` }
			: undefined;
	}

	#isInside(path: string, folder: string): boolean {
		const [inner, outer] = this.#isCaseBlind ? [path.toLowerCase(), folder.toLowerCase()] : [path, folder];
		return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
	}

	#slashed(path: string): string {
		const slashed = this.isWindows ? win32.normalize(path).replaceAll('\\', '/') : path;
		return slashed.length > 1 && slashed.endsWith('/') ? slashed.slice(0, -1) : slashed;
	}

	#normal(path: string): string {
		// Windows ignores trailing dots and spaces and reads `name::$DATA` as the file itself.
		const plain = this.isWindows ? path.replace(/(?:::?\$DATA)$/iu, '').replace(/[. ]+(?=\/|$)/gu, dotted) : path;
		const normal = posix.normalize(plain.normalize('NFC'));
		return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
	}

	#ownRules(): RawRule[] {
		const storage = (this.#context.storageFolders ?? []).map(folder => escapeGlob(this.#slashed(folder)));
		const own: RawRule = {
			globs: storage.flatMap(folder => [folder, `${folder}/**`]),
			read: 'BLACK',
			write: 'BLACK',
			why: 'belongs to the gate and the ledger themselves',
			examples: this.#context.storageFolders ?? [],
		};
		const added: RawRule = {
			globs: this.#context.protectedPaths.flatMap(glob => this.#userGlobs(glob)),
			read: 'BLACK',
			write: 'BLACK',
			why: 'is protected by your settings',
			examples: this.#context.protectedPaths.map(exampleOf),
		};
		return [own, added];
	}

	#rawPolicyRules(): RawRule[] {
		return (this.#context.policies ?? []).flatMap(({ folder, protectedPaths }) =>
			protectedPaths.map(({ glob, read, write }) => ({
				globs: this.#userGlobs(glob),
				read,
				write,
				why: `is protected by the policy of ${posix.basename(this.#slashed(folder))}`,
				examples: [exampleOf(glob)],
			})),
		);
	}

	/** What holds for `~/.claude` holds wherever the user moved it. */
	#withClaudeFolders(rule: RawRule): RawRule {
		const folders = (this.#context.claudeFolders ?? []).map(folder => escapeGlob(this.#slashed(folder)));
		const moved = rule.globs.flatMap(glob => {
			const below = /^(?:~|\*\*)\/\.claude(?<below>\/.*)?$/u.exec(glob);
			return below ? folders.map(folder => `${folder}${below.groups?.['below'] ?? ''}`) : [];
		});
		return { ...rule, globs: [...rule.globs, ...moved] };
	}

	/** A glob of the user's covers what lies below it, too; a relative one holds in every folder. */
	#userGlobs(glob: string): string[] {
		const slashed = (this.isWindows ? glob.replaceAll('\\', '/') : glob).replace(/(?:\/+(?:\*\*)?)+$/u, '');
		if (slashed === '') return glob === '' ? [] : ['/**'];
		const isAnchored = /^(?:\/|~|\*\*|[a-z]:)/iu.test(slashed);
		const bases = isAnchored ? [slashed] : [`**/${slashed.replace(/^\.\//u, '')}`];
		return bases.flatMap(base => [base, `${base}/**`]);
	}

	#compile(rule: RawRule): Rule {
		const globs = rule.globs.map(glob => (glob.startsWith('~/') ? escapeGlob(this.#home) + glob.slice(1) : glob));
		return { ...rule, patterns: globs.map(glob => globToPattern(glob)) };
	}
}

interface RawRule extends Omit<Rule, 'patterns'> {
	readonly globs: readonly string[];
}

/** One path that a glob matches, for patterns of a shell that may match it. */
function exampleOf(glob: string): string {
	return glob
		.replace(/\*\*\//gu, '')
		.replace(/\*+|\?|\[[^\]]*\]/gu, 'x')
		.replace(/\{([^,}]*)[^}]*\}/gu, '$1');
}

function worst(left: Finding | undefined, right: Finding | undefined): Finding | undefined {
	if (!left || !right) return left ?? right;
	return isWorse(right.tier, left.tier) ? right : left;
}

/** The longest plain piece of each glob: a path that holds none of them matches no glob. */
function hintPattern(globs: readonly string[]): RegExp {
	const pieces = globs.map(glob => {
		const plain = glob.replace(/\[[^\]]*\]|\{[^}]*\}/gu, '*').split(/[*?~]+|\*\*\//u);
		return plain
			.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '')
			.replace(/^\/|\/$/gu, '');
	});
	const unique = [...new Set(pieces)].filter(
		piece => !pieces.some(other => other !== piece && piece.includes(other) && other !== ''),
	);
	return new RegExp(unique.map(piece => piece.replace(/[$()*+.?[\\\]^{|}]/gu, '\\$&')).join('|'), 'iu');
}

function dotted(run: string, at: number, whole: string): string {
	const start = whole.lastIndexOf('/', at - 1) + 1;
	return at === start && /^\.{1,2}$/u.test(run) ? run : '';
}

function escapeGlob(path: string): string {
	return path.replace(/[*?[\]{}]/gu, '?');
}
