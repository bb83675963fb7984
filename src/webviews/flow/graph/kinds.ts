import type { ValueKind } from '../../../core/flow/model/flow';

/** Whether a value of one kind may go where another is taken. A list of files is a list; anything can be written as text. */
export function fits(from: ValueKind, to: ValueKind): boolean {
	if (from === to || from === 'any' || to === 'any') return true;
	if (to === 'text') return from === 'number' || from === 'boolean';
	return to === 'object' && (from === 'file' || from === 'image');
}

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
