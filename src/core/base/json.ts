/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Whether a value has more than so many braces in one another. What is nested without an end can be read, and not written. */
export function isDeeperThan(most: number, value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return most === 0 || Object.values(value).some(part => isDeeperThan(most - 1, part));
}
