import { ExpectedError } from '../base/errors';
import type { MemoryCategory, MemorySource, MemoryTier } from '../ledger/events';
import { describeSecrets, redactSecrets } from '../safety/secrets';
import { visibleText } from '../safety/visible';
import type { ConversationId } from '../base/ids';

/** What somebody wants remembered. */
export interface NewFact {
	readonly text: string;
	readonly tier: MemoryTier;
	readonly category: MemoryCategory;
	readonly source: MemorySource;
	/** 0 to 1; a person is sure. */
	readonly confidence?: number;
	readonly project?: string | null;
	readonly conversation?: ConversationId | null;
}

/** Characters of one fact: longer ones belong into a file. */
export const factLimit = 1_000;

/** The text as it is kept, in one paragraph; refuses what must not be remembered. */
export function checkedText(text: string): string {
	const clean = visibleText(text).replaceAll(/\s+/gu, ' ').trim();
	if (clean === '') throw new ExpectedError('empty-fact', 'Write down what is to be remembered.');
	if (clean.length > factLimit) {
		throw new ExpectedError(
			'long-fact',
			`A fact has at most ${factLimit} characters; this one has ${clean.length}. Shorten it, or keep it in a file.`,
		);
	}
	const { found } = redactSecrets(clean);
	if (found.length > 0) {
		throw new ExpectedError('secret-fact', `Secrets are not remembered: this text holds ${describeSecrets(found)}.`);
	}
	return clean;
}

/** What two facts have in common when they say the same in other letters. */
export function sameKey(text: string): string {
	return text
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();
}

/** Tokens of a text, roughly: four characters each in most languages that models were made for. */
export function roughTokens(text: string): number {
	return Math.ceil(text.length / 4);
}
