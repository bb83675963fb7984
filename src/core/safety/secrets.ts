import formats from './secretFormats.json' with { type: 'json' };
import { isSecretValue } from './secretValues';

/** One secret that a text held. The secret itself is not in here. */
export interface FoundSecret {
	/** What it was: `GitHub token`, `private key`, `password`. */
	readonly kind: string;
	/** Where it began in the text. */
	readonly at: number;
	readonly length: number;
}

export interface Redaction {
	readonly text: string;
	readonly found: readonly FoundSecret[];
}

/**
 * Every format at once. A look ahead first: most words are too short to be any of them. All repetitions are bounded, and
 * only the JSON web token's are long, which therefore begins only where a word begins: the time stays linear.
 */
const formatPattern = new RegExp(
	`(?<![A-Za-z0-9])(?=[A-Za-z0-9_.~:-]{15})(?:${formats.map(({ pattern }) => `(${pattern})`).join('|')})`,
	'g',
);
const keyBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|^Private-Lines: \d+$/gm;
const keyEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|^Private-MAC: /gm;
const webhook =
	/(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks)\/([A-Za-z0-9/_-]{20,160})/g;
/** `scheme://user:password@host`. */
const address = /[a-z]:\/\/[^\s:@/"'<>`]{0,128}:([^\s@"'<>`]{1,256})@(?=[\w.[${<%-])/gi;
const basic = /\bbasic[ \t]{1,4}([A-Za-z0-9+/]{8,1024}={0,2})/gi;
const authorization = /\b(?:bearer|token|apikey)[ \t]{1,4}([\w.~+/=-]{16,4096})/gi;
const netrc = /\blogin[ \t]+\S{1,200}\s{1,8}password[ \t]+(\S{1,200})/g;
const assignment =
	/(pass(?:word|wd|phrase|code)|pwd|secret|token|credential|private[_-]?key|(?:api|app|access|account|signing|encryption|master|service|auth|client|license|secret|shared|storage|deploy|webhook|session)[_-]?key|_auth|"auth|connection[_-]?string)(?:[_-]?(?:value|data|base64|base|b64|key|prod|dev|live|staging|\d{1,2})){0,2}(\\?["'])?[ \t]{0,8}(?::=|=>|[:=])[ \t]{0,8}/gi;
const option = /--?[a-z-]{0,24}(passw(?:or)?d|secret|token|api-?key|access-?key)[ =]{1,4}(?=[^\s-])/gi;

interface Span {
	readonly kind: string;
	readonly start: number;
	readonly end: number;
}

/** What stands in the place of a secret. Nothing that a model writes can pass for one by chance. */
export function secretMark(kind: string): string {
	return `⟨secret removed: ${kind}⟩`;
}

/** Whether a text holds our marks: written back to a file they would replace the secrets that they stand for. */
export function holdsSecretMark(text: string): boolean {
	return text.includes('⟨secret removed: ');
}

/** The text without its secrets, each replaced by a visible mark, and what was found. Safe to repeat. */
export function redactSecrets(text: string): Redaction {
	const spans = distinct(spansOf(text));
	if (spans.length === 0) return { text, found: [] };
	const parts: string[] = [];
	let last = 0;
	for (const { kind, start, end } of spans) {
		parts.push(text.slice(last, start), secretMark(kind));
		last = end;
	}
	parts.push(text.slice(last));
	const found = spans.map(({ kind, start, end }) => ({ kind, at: start, length: end - start }));
	return { text: parts.join(''), found };
}

/** `a GitHub token and 2 passwords`, for sentences about what was kept back. */
export function describeSecrets(found: readonly FoundSecret[]): string {
	const counts = new Map<string, number>();
	for (const { kind } of found) counts.set(kind, (counts.get(kind) ?? 0) + 1);
	const parts = [...counts].map(([kind, count]) =>
		count === 1 ? `${/^(?:[aeio]|npm|xAI|x)/iu.test(kind) ? 'an' : 'a'} ${kind}` : `${count} × ${kind}`,
	);
	return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function spansOf(text: string): readonly Span[] {
	return [
		...privateKeys(text),
		...knownFormats(text),
		...captured(text, webhook, 'webhook address', () => true),
		...captured(
			text,
			address,
			'password',
			value => !/^\d{1,5}[/?#]/u.test(value) && isSecretValue(value, addressPlace),
		),
		...captured(text, basic, 'password', isUserAndPassword),
		...captured(text, authorization, 'token', value => isSecretValue(value, tokenPlace)),
		...captured(text, netrc, 'password', value => isSecretValue(value, addressPlace)),
		...assignments(text),
	];
}

const addressPlace = { isPassword: true, isEnvironment: true, isQuoted: false };
const tokenPlace = { isPassword: false, isEnvironment: false, isQuoted: false };

/** Overlapping finds become one; the one that begins first names it. */
function distinct(spans: readonly Span[]): readonly Span[] {
	const result: Span[] = [];
	for (const span of [...spans].sort((left, right) => left.start - right.start || right.end - left.end)) {
		const last = result.at(-1);
		if (!last || span.start >= last.end) result.push(span);
		else if (span.end > last.end) result[result.length - 1] = { ...last, end: span.end };
	}
	return result;
}

function knownFormats(text: string): readonly Span[] {
	const spans: Span[] = [];
	for (const match of text.matchAll(formatPattern)) {
		const value = match[0];
		const which = match.findIndex((group, index) => index > 0 && group !== undefined) - 1;
		const kind = formats[which]?.kind ?? 'key';
		// Documentation writes its examples like this, and a token of one letter is a picture of one.
		const isExample = /EXAMPLE|x{6}|X{6}|0{12}|1234567890ab|abcdefghij/u.test(value);
		if (!isExample && (kind !== 'JSON web token' || isWebToken(value)))
			spans.push({ kind, start: match.index, end: match.index + value.length });
	}
	return spans;
}

function isUserAndPassword(value: string): boolean {
	try {
		return /^[\x20-\x7E]{1,200}:[\x20-\x7E]{3,}$/u.test(atob(value));
	} catch {
		// Not base64 and so no user with a password.
		return false;
	}
}

function isWebToken(value: string): boolean {
	try {
		const header: unknown = JSON.parse(atob((value.split('.')[0] ?? '').replaceAll('-', '+').replaceAll('_', '/')));
		return typeof header === 'object' && header !== null && 'alg' in header;
	} catch {
		// What cannot be decoded is not a token but looks like one.
		return false;
	}
}

/** From the begin to the end line; a block that is cut off goes as far as its letters do. */
function privateKeys(text: string): readonly Span[] {
	const ends = [...text.matchAll(keyEnd)].map(match => match.index + match[0].length);
	const spans: Span[] = [];
	let next = 0;
	for (const match of text.matchAll(keyBegin)) {
		if (match.index < (spans.at(-1)?.end ?? 0)) continue;
		const bodyAt = match.index + match[0].length;
		while (next < ends.length && (ends[next] ?? 0) <= bodyAt) next++;
		const end = ends[next];
		const isNear = end !== undefined && end - match.index < 20_000;
		const to = isNear
			? end
			: bodyAt + (/^(?:\\n|\\r|[\sA-Za-z0-9+/=:,"-])*/u.exec(text.slice(bodyAt, bodyAt + 8000))?.[0].length ?? 0);
		// A lone header, as in a program that looks for keys, is no key.
		if (to - bodyAt > 60) spans.push({ kind: 'private key', start: match.index, end: to });
	}
	return spans;
}

function captured(text: string, pattern: RegExp, kind: string, accepts: (value: string) => boolean): readonly Span[] {
	const spans: Span[] = [];
	for (const match of text.matchAll(pattern)) {
		const value = match[1] ?? '';
		if (!accepts(value)) continue;
		const start = match.index + match[0].lastIndexOf(value);
		spans.push({ kind, start, end: start + value.length });
	}
	return spans;
}

/** `password = "…"`, `API_KEY=…`, `"clientSecret": "…"`, `--token …`. */
function assignments(text: string): readonly Span[] {
	const spans: Span[] = [];
	const take = (match: RegExpMatchArray, isOption: boolean): void => {
		const at = (match.index ?? 0) + match[0].length;
		const span = valueAt(text, at, match, isOption);
		if (span) spans.push(span);
	};
	for (const match of text.matchAll(assignment)) take(match, false);
	for (const match of text.matchAll(option)) take(match, true);
	return spans;
}

const quoted = /(\\?["'`])((?:(?!\1)[^\n\r]){1,4096})\1/y;
const bare = /[^\s"'`,;&|<>(){}[\]\\]{1,1024}/y;
const bareInEnvironment = /[^\s"'`]{1,1024}/y;
const environmentName = /(?:^|[\n\r]|export |ENV |ARG |set |-e |--env |\$env:|["'\s])([A-Z][A-Z0-9_]{0,80})$/;

function valueAt(text: string, at: number, match: RegExpMatchArray, isOption: boolean): Span | undefined {
	const name = match[1] ?? '';
	const isPassword = /^(?:pass|pwd)/iu.test(name);
	const before = text.slice(Math.max(0, at - 200), at).replace(/["']?[ \t]*(?::=|=>|[:=])[ \t]*$/u, '');
	const isEnvironment = isOption || environmentName.test(before);
	const kind = isPassword ? 'password' : /token/iu.test(name) ? 'token' : /secret|cred/iu.test(name) ? 'secret' : 'key';
	quoted.lastIndex = at;
	const inQuotes = quoted.exec(text);
	if (inQuotes) {
		const start = at + (inQuotes[1]?.length ?? 1);
		const value = inQuotes[2] ?? '';
		const isSecret = isSecretValue(value, {
			isPassword,
			isEnvironment: isEnvironment && !isCode(text, at, match),
			isQuoted: true,
		});
		return isSecret ? { kind, start, end: start + value.length } : undefined;
	}
	const isPlainEnvironment = isEnvironment && !isOption && !isCode(text, at, match);
	const pattern = isPlainEnvironment ? bareInEnvironment : bare;
	pattern.lastIndex = at;
	const value = pattern.exec(text)?.[0];
	if (value === undefined) return undefined;
	// `token = read(…)`, `secret: Map<…>`: an expression or a type.
	const follows = text.charAt(at + value.length);
	if (!isPlainEnvironment && /[([{<]/u.test(follows)) return undefined;
	const isSecret = isSecretValue(value, { isPassword, isEnvironment: isPlainEnvironment || isOption, isQuoted: false });
	return isSecret ? { kind, start: at, end: at + value.length } : undefined;
}

/** Spaces around `=`, or a colon: a line of code or YAML and not of an environment file. */
function isCode(text: string, at: number, match: RegExpMatchArray): boolean {
	return /\s|:/u.test(text.charAt(at - 1)) || /\s[:=]|=>|:=/u.test(match[0]);
}
