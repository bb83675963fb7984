declare module 'jmespath' {
	/** Throws when the query cannot be read or a function gets what it does not take. */
	export function search(value: unknown, query: string): unknown;
}
