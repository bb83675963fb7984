import type { ValueKind } from '../../../core/flow/model/flow';

/** What the kinds are called. */
export const kindNames: Readonly<Record<ValueKind, string>> = {
	any: 'anything',
	text: 'text',
	number: 'number',
	boolean: 'yes or no',
	object: 'object',
	list: 'list',
	file: 'file',
	image: 'image',
};
