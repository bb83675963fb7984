import type { Json } from '../base/json';

/**
 * Something that the host tells a page again and again. A source in `extension/dashboard/sources` tells it; a widget reads
 * it with `useTopic`.
 */
export interface Topic<P extends Json, D, C = never> {
	readonly name: string;
	/** Checks what a page sent. Throws a sentence. */
	read(params: unknown): P;
	/** For data that grows: what it is after a change, so that only the change travels. */
	merge?(data: D, change: C): D;
}

/** Something that a page asks the host to do. */
export interface Action<P, R = void> {
	readonly name: string;
	/** Checks what a page sent. Throws a sentence. */
	read(params: unknown): P;
	/** Only so that the compiler knows what comes back. */
	readonly result?: R;
}

export function defineTopic<P extends Json, D, C = never>(topic: Topic<P, D, C>): Topic<P, D, C> {
	return topic;
}

export function defineAction<P, R = void>(action: Action<P, R>): Action<P, R> {
	return action;
}

/** One wish of a page: a topic with its parameters. */
export interface TopicRequest {
	readonly name: string;
	readonly params: Json;
}

/** The same wish has the same key. */
export function keyOf({ name, params }: TopicRequest): string {
	return params === null ? name : `${name} ${JSON.stringify(params)}`;
}

/** For topics without parameters. */
export function noParams(params: unknown): null {
	if (params !== null) throw new Error('takes no parameters');
	return null;
}

/** A record, for readers of parameters. */
export function recordOf(params: unknown): Readonly<Record<string, unknown>> {
	if (typeof params !== 'object' || params === null || Array.isArray(params)) throw new Error('must be an object');
	return params as Readonly<Record<string, unknown>>;
}

/** A text of at most so many characters. */
export function textOf(value: unknown, most = 400): string {
	if (typeof value !== 'string' || value.length > most) throw new Error(`must be a text of at most ${most} characters`);
	return value;
}

/** A whole number between two bounds. */
export function integerOf(value: unknown, least: number, most: number): number {
	if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
		throw new Error(`must be a whole number from ${least} to ${most}`);
	return value;
}
