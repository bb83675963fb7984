/** Values that stand where a secret will be, and names that only speak of one. */
const placeholder =
	/^(?:x{3,}|\*+|\.{3,}|-+|_+|<.*|\$.*|%.*|#.*|\{.*|\[.*|@.*|⟨.*|(?:your|my|the|some|insert|enter|add|put|replace|change|set|fill|use)(?:[-_ .]?\w+){0,6}|.*(?:example|placeholder|redacted|dummy|changeme|change[-_]me|notreal|not[-_]a[-_]real|fake|xxxx|\.\.\.|…|\*\*\*).*|none|null|nil|undefined|true|false|yes|no|secrets?|passwords?|tokens?|string|number|bool(?:ean)?|text|required|optional|hidden|test|todo|env|default|value|n\/a)$/iu;
/** `user.password`, `process.env.TOKEN`, `config.auth.secret`: a way to a value, not the value. */
const reference = /^[a-z_$][\w$]*(?:(?:\.|->|::|\?\.)[a-z_$#][\w$]*)+$/iu;
const wordsOnly = /^[a-z]+(?:[-_./ ][a-z]+)*$/iu;
const address = /^(?:https?:|\.{0,2}\/|[a-z]:\\|file:)/iu;

/** Where a value was found, which says how sure one can be that it is meant. */
export interface ValuePlace {
	/** A password may be short; a key or token never is. */
	readonly isPassword: boolean;
	/** `DB_PASSWORD=…` on a line of its own: whatever stands there is the value. */
	readonly isEnvironment: boolean;
	readonly isQuoted: boolean;
}

/** Whether a value beside a name like `password` is a secret, and not a placeholder, a type or an expression. */
export function isSecretValue(value: string, place: ValuePlace): boolean {
	if (value.length < (place.isPassword ? 4 : 8) || value.length > 4096) return false;
	if (/\s/u.test(value) && !(place.isPassword && place.isEnvironment && place.isQuoted)) return false;
	if (placeholder.test(value.slice(0, 200)) || /^(.)\1*$/su.test(value) || reference.test(value)) return false;
	if (address.test(value)) return false;
	if (place.isEnvironment) return place.isPassword || value.length >= 12 || !wordsOnly.test(value);
	if (wordsOnly.test(value)) return false;
	if (place.isPassword && place.isQuoted) return value.length >= 6 && /\d|[^\w\s.-]/u.test(value);
	const isMixed = /\d/u.test(value) && /[a-z]/iu.test(value);
	if (place.isPassword) return value.length >= 8 && isMixed;
	return value.length >= 16 && isMixed && entropyOf(value) > 3;
}

/** Bits a character: words of a language have about 2.5 at this length, random text over 3.5. */
function entropyOf(text: string): number {
	const sample = text.slice(0, 128);
	const counts = new Map<string, number>();
	for (const letter of sample) counts.set(letter, (counts.get(letter) ?? 0) + 1);
	let bits = 0;
	for (const count of counts.values()) bits -= (count / sample.length) * Math.log2(count / sample.length);
	return bits;
}
