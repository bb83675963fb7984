import { redactSecrets } from './secrets';

/** Shorter texts are names and numbers. */
const shortest = 12;

/** The same value with every secret in its texts replaced by a mark; what holds none is given back as it is. */
export function withoutSecretsIn<T>(value: T): T {
	return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
	if (typeof value === 'string') return value.length < shortest ? value : redactSecrets(value).text;
	if (Array.isArray(value)) {
		const items: readonly unknown[] = value;
		const next = items.map(cleaned);
		return next.every((item, index) => item === items[index]) ? value : next;
	}
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value) as readonly (readonly [string, unknown])[];
	const next = entries.map(([name, item]) => [name, cleaned(item)] as const);
	return next.every(([, item], index) => item === entries[index]?.[1]) ? value : Object.fromEntries(next);
}
