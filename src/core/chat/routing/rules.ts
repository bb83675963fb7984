import * as z from 'zod/mini';

/** What a prompt wants, as far as its words tell. */
export type Intent = 'act' | 'talk';

const usd = z.number().check(z.nonnegative());
const whenSchema = z.strictObject({
	/** `act`: it works on the workspace or the machine. `talk`: it asks or chats. */
	intent: z.exactOptional(z.enum(['act', 'talk'])),
	/** The conversation has been answered before. */
	followUp: z.exactOptional(z.boolean()),
	/** A picture is attached. */
	images: z.exactOptional(z.boolean()),
	/** Prompt and conversation are at least so many tokens, about. */
	minTokens: z.exactOptional(z.int().check(z.nonnegative())),
	/** At most this many dollars of the day's or the month's budget are left. */
	budgetLeftUsd: z.exactOptional(usd),
});

/** One rule of Auto: the first whose conditions all hold, and of whose models one is there, decides. */
export const ruleSchema = z.strictObject({
	name: z.string().check(z.minLength(1), z.maxLength(100)),
	/** All of them must hold; none: always. */
	when: whenSchema,
	/** In this order: `provider/model`, a model of Claude's, or `same`, `local`, `strongest`, `vision`, `largest`. */
	use: z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.minLength(1)),
});
export type RoutingRule = z.infer<typeof ruleSchema>;

/** The rules of a user who has not written any. */
export const defaultRules: readonly RoutingRule[] = [
	{ name: 'A follow-up stays where it was', when: { followUp: true }, use: ['same'] },
	{ name: 'Little budget left: on this machine', when: { budgetLeftUsd: 0.25 }, use: ['local'] },
	{ name: 'Pictures: a model that sees', when: { images: true }, use: ['vision'] },
	{ name: 'Long texts: the largest window', when: { minTokens: 24_000 }, use: ['largest'] },
	{ name: 'Work on the workspace: the strongest with tools', when: { intent: 'act' }, use: ['strongest'] },
	{ name: 'Talk: on this machine', when: { intent: 'talk' }, use: ['local', 'strongest'] },
];

/** Reads the setting. What is wrong with a rule is said, and the others still count; an empty list means ours. */
export function readRules(raw: readonly unknown[]): {
	readonly rules: readonly RoutingRule[];
	readonly problems: readonly string[];
} {
	if (raw.length === 0) return { rules: defaultRules, problems: [] };
	const rules: RoutingRule[] = [];
	const problems: string[] = [];
	for (const [index, entry] of raw.entries()) {
		const read = ruleSchema.safeParse(entry);
		if (read.success) rules.push(read.data);
		else {
			const [issue] = read.error.issues;
			problems.push(
				`Rule ${index + 1} of “Auto” cannot be used: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
			);
		}
	}
	return { rules, problems };
}

/** The conditions of a rule in words. */
export function whenText({ when }: RoutingRule): string {
	const parts: string[] = [];
	if (when.followUp !== undefined) parts.push(when.followUp ? 'a follow-up' : 'the first message');
	if (when.intent !== undefined) parts.push(when.intent === 'act' ? 'work on the workspace' : 'talk');
	if (when.images !== undefined) parts.push(when.images ? 'pictures' : 'no pictures');
	if (when.minTokens !== undefined) parts.push(`${when.minTokens.toLocaleString('en-US')} tokens or more`);
	if (when.budgetLeftUsd !== undefined) parts.push(`$${when.budgetLeftUsd} or less of the budget left`);
	return parts.length === 0 ? 'always' : parts.join(' and ');
}
