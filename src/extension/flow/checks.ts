import { z } from 'zod';

const slug = z.string().min(1).max(200);

/** Breakpoints as a page sends them. */
export const breakpointsSchema = z
	.array(
		z.object({
			node: slug,
			when: z.enum(['before', 'after', 'error']),
			condition: z.string().max(10_000).exactOptional(),
			flow: z.string().max(4096).exactOptional(),
		}),
	)
	.max(5000);

const words = z.string().max(1_000_000);

/** What a person answered on a page. */
export const answerSchema = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('approval'), isApproved: z.boolean(), comment: words }),
	z.object({ kind: z.literal('input'), answers: z.record(words, words) }),
	z.object({ kind: z.literal('rerun'), isRun: z.boolean() }),
]);
