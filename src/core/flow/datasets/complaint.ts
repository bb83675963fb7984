import { nearest } from '../model/nearest';
import type { JsonPath, Severity } from '../model/problem';

/** Says what is wrong at a path of a row. */
export type RowComplaint = (path: JsonPath, message: string, more?: { severity?: Severity; isKey?: boolean }) => void;

/** Says which keys are not known; a misspelt one would be a test that tests nothing. */
export function checkKeys(value: object, known: readonly string[], path: JsonPath, complain: RowComplaint): void {
	for (const key of Object.keys(value)) {
		if (known.includes(key)) continue;
		const meant = nearest(key, known);
		const hint = meant === undefined ? `There are ${known.join(', ')}.` : `Is "${meant}" meant?`;
		complain([...path, key], `There is no key "${key}" here. ${hint}`, { isKey: true });
	}
}
