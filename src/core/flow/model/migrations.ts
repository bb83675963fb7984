import type { Raw } from './shape';

/** Lifts a document by one format. Pure; gets what `JSON.parse` gave. */
export type Migration = (document: Raw) => Raw;

/** From a format to the next: the entry `1` makes format 2 of format 1. Format 1 is the first. */
export const migrations: Readonly<Record<number, Migration>> = {};

/** A document of the newest format. */
export function migrate(
	document: Raw,
	format: number,
	newest: number,
	table: Readonly<Record<number, Migration>> = migrations,
): Raw {
	let lifted = document;
	for (let from = format; from < newest; from++) lifted = table[from]?.(lifted) ?? lifted;
	return lifted;
}
