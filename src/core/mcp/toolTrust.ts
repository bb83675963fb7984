import { createHash } from 'node:crypto';
import type { McpServerDefinition } from './definition';
import { sortedJson, toolText, type ServerTool } from './lists';
import type { McpToolChange, McpToolText, McpToolTrust } from './protocol';

export type KnownTools = Readonly<Record<string, McpToolText>>;

/** Tools beside what the user approved. */
export interface ToolVerdict {
	readonly trust: ReadonlyMap<string, McpToolTrust>;
	/** What the user must be asked about; empty when all is as it was. */
	readonly changes: readonly McpToolChange[];
	/** What is approved once the user says yes. Tools that are gone stay approved: they may come back. */
	readonly accepted: KnownTools;
}

/**
 * Compares what a server's tools say now with what was approved. A server that has shown harmless tools and later changes
 * what they tell the model is the oldest trick there is, so a changed one is not offered before the user has seen it.
 * @param known what was approved; `undefined` when nothing ever was, and the first list is what the user takes
 * @param takesNew tools that were not there before are taken without a question
 */
export function judgeTools(
	tools: readonly ServerTool[],
	known: KnownTools | undefined,
	takesNew: boolean,
): ToolVerdict {
	const texts = new Map(tools.map(tool => [tool.name, toolText(tool)]));
	const accepted = { ...known, ...Object.fromEntries(texts) };
	if (known === undefined)
		return { trust: new Map(tools.map(({ name }) => [name, 'approved'])), changes: [], accepted };
	const trust = new Map<string, McpToolTrust>();
	const changes: McpToolChange[] = [];
	for (const [tool, after] of texts) {
		const before = Object.hasOwn(known, tool) ? known[tool] : undefined;
		const verdict =
			before === undefined ? (takesNew ? 'approved' : 'added') : isSame(before, after) ? 'approved' : 'changed';
		trust.set(tool, verdict);
		if (verdict !== 'approved') changes.push({ tool, kind: verdict, before: before ?? null, after });
	}
	return { trust, changes, accepted };
}

function isSame(left: McpToolText, right: McpToolText): boolean {
	return (['title', 'description', 'schema', 'annotations'] as const).every(key => left[key] === right[key]);
}

/** Names a tool with all that it says of itself, and the server that runs it. */
export function toolFingerprint(tool: ServerTool, definition: McpServerDefinition): string {
	return createHash('sha256')
		.update(sortedJson({ text: toolText(tool), server: fingerprintOf(definition) }))
		.digest('hex');
}

/** Names exactly what a definition would run or reach. Another one was not allowed by allowing this one. */
export function fingerprintOf({ config, folder }: McpServerDefinition): string {
	return createHash('sha256').update(sortedJson({ config, folder })).digest('hex');
}
