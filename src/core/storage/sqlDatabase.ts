import type { Disposable } from '../base/lifecycle';

export type SqlValue = number | string | Uint8Array | null;
export type SqlRow = readonly SqlValue[];

/** A prepared statement. Parameters and columns are by position. */
export interface SqlStatement {
	run(parameters?: readonly SqlValue[]): void;
	get(parameters?: readonly SqlValue[]): SqlRow | undefined;
	all(parameters?: readonly SqlValue[]): SqlRow[];
}

/** The little that the ledger asks of an SQL engine, so that the engine can change without the journal. */
export interface SqlDatabase extends Disposable {
	/** Runs statements without parameters. */
	exec(sql: string): void;
	/** Prepares once a text; the same text again is the same statement. */
	prepare(sql: string): SqlStatement;
	/** All of `work` or, when it throws, none of it. Not to be nested. */
	transaction<T>(work: () => T): T;
	/** Gives back what deleted and moved rows left. Takes about as long as writing everything anew. */
	compact(): void;
	/** The whole database as a file image. */
	export(): Uint8Array;
}

/** Opens an empty database, or one from an image. */
export type OpenDatabase = (image?: Uint8Array) => SqlDatabase;
