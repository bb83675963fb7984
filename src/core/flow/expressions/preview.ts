import type { Json } from '../../base/json';
import { errorText } from '../../base/errors';
import { Budget } from './budget';
import { ExpressionError } from './errors';
import { evaluateText, resolveText, type TextMode } from './resolve';
import { scopeOf } from './scope';
import type { Value } from './values';

/** What a text is with the values of an earlier run, or why it has no value. */
export type Preview =
	| { readonly isOk: true; readonly value: Json; /** Short, for one line. */ readonly text: string }
	| {
			readonly isOk: false;
			readonly problem: string;
			/** It may well have one in a run. */ readonly isMissing: boolean;
	  };

/** A preview is shown while somebody types: it may take a moment, not a second. */
const limits = { steps: 100_000, size: 2_000_000, depth: 200 };
const shownChars = 500;

/** Works a text out with sample values. Never throws. */
export function previewOf(
	text: string,
	samples: Readonly<Record<string, Value>>,
	mode: TextMode = 'template',
): Preview {
	try {
		const scope = scopeOf(samples);
		const value =
			mode === 'expression'
				? evaluateText(text, scope, new Budget(limits))
				: resolveText(text, scope, new Budget(limits));
		if (value === undefined) return { isOk: false, problem: 'It has no value yet.', isMissing: true };
		return { isOk: true, value, text: shown(value) };
	} catch (error) {
		const isMissing = error instanceof ExpressionError && error.code === 'missing';
		return { isOk: false, problem: errorText(error), isMissing };
	}
}

function shown(value: Json): string {
	const text = typeof value === 'string' ? value.slice(0, shownChars + 1) : JSON.stringify(value);
	return text.length > shownChars ? `${text.slice(0, shownChars)}…` : text;
}
