import * as z from 'zod/mini';
import type { Json } from '../../../core/base/json';
import type { FlowFragment } from '../../../core/flow/editorProtocol';
import { isSlug } from '../../../core/flow/model/slugs';

/** A page loads only this much of a checker: the clipboard may hold anything. */
const slug = z.string().check(z.refine(isSlug));
const json = z.custom<Json>();
const place = z.object({
	x: z.number(),
	y: z.number(),
	width: z.optional(z.number()),
	height: z.optional(z.number()),
});
const node = z.looseObject({
	type: z.string().check(z.minLength(1), z.maxLength(200)),
	name: z.optional(z.string()),
	params: z.optional(z.record(z.string(), json)),
	in: z.optional(slug),
	note: z.optional(z.string()),
});
const edge = z.object({ from: slug, output: slug, to: slug, input: slug });
const group = z.object({
	name: z.string(),
	nodes: z.array(slug),
	color: z.optional(z.enum(['red', 'orange', 'yellow', 'green', 'blue', 'purple'])),
});
const fragment = z.object({
	nodes: z.record(slug, node),
	edges: z.array(edge),
	groups: z.record(slug, group),
	layout: z.record(slug, place),
});

/** Whether it says that it was copied from a flow of ours. */
export function isOfFlow(value: object): boolean {
	return 'quarterdeck' in value && value.quarterdeck === 'flow';
}

/** Nodes of the clipboard; `null` for what is no fragment. */
export function readFragment(value: unknown): FlowFragment | null {
	const reading = fragment.safeParse(value);
	return reading.success ? (reading.data as FlowFragment) : null;
}
