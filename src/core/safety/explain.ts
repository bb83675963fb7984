import type { Tier } from '../ledger/events';
import type { GrantScope, SafetyContext, ToolCall } from './approval';
import { examine, isAlwaysAsked } from './classify';
import type { FindingSource } from './finding';
import { isModeAllowed } from './policyRules';
import { grantsOf } from './tier';
import { visibleText } from './visible';

/** One reason with the part of the gate that gave it. */
export interface ExplainedReason {
	readonly tier: Tier;
	readonly reason: string;
	readonly source: FindingSource;
}

/** Why a call would be asked about, or not: plain data for a page. */
export interface Explanation {
	readonly tool: string;
	/** What the person would be shown. */
	readonly effect: string;
	readonly tier: Tier;
	/** The worst first; the first one decided. */
	readonly reasons: readonly ExplainedReason[];
	readonly decidedBy: FindingSource;
	/** What it takes, in a sentence. */
	readonly takes: string;
	/** Allowances that would be offered. */
	readonly grants: readonly GrantScope[];
	/** What a standing grant would cover. */
	readonly grantLabel: string | null;
	/** A standing grant that covers it now. */
	readonly coveredBy: 'session' | 'workspace' | null;
	/** Modes in which a conversation would not ask for it. */
	readonly notes: readonly string[];
}

const takes: Readonly<Record<Tier, string>> = {
	GREEN: 'It runs at once, and is recorded.',
	YELLOW: 'A click. It is recorded.',
	ORANGE: 'You type the word that is shown to you alone.',
	RED: 'You confirm it in a dialog, each time.',
	BLACK: 'Nothing: it is refused, whoever asks.',
};

/** Says why a call has the tier that it has. Nothing runs. */
export function explain(
	call: ToolCall,
	context: SafetyContext,
	covers: (call: ToolCall) => 'session' | 'workspace' | undefined = () => undefined,
): Explanation {
	const { classification, findings } = examine(call, context);
	const { tier, kind, grantKey, maxGrant, grantLabel } = classification;
	const isPlain = kind === 'tool' || kind === 'edit';
	const reasons = findings.map(({ tier: of, reason, by }) => ({
		tier: of,
		reason: visibleText(reason),
		source: by ?? ('arguments' as const),
	}));
	const grants = isPlain ? grantsOf(tier, grantKey === null ? 'once' : maxGrant) : [];
	return {
		tool: call.tool,
		effect: visibleText(classification.effect),
		tier,
		reasons,
		decidedBy: reasons[0]?.source ?? 'tool',
		takes: isPlain || tier === 'BLACK' ? takes[tier] : 'It is shown to you in any case: it is a question of its own.',
		grants: tier === 'GREEN' ? [] : grants,
		grantLabel: tier === 'GREEN' || !grants.some(scope => scope !== 'once') ? null : grantLabel,
		coveredBy: tier === 'GREEN' ? null : (covers(call) ?? null),
		notes: notesOf(call, tier, kind === 'edit', context),
	};
}

function notesOf(call: ToolCall, tier: Tier, isEdit: boolean, context: SafetyContext): readonly string[] {
	const notes: string[] = [];
	if (tier === 'YELLOW' && isEdit)
		notes.push(
			isModeAllowed('acceptEdits', context)
				? 'In a conversation that accepts edits it runs without a click.'
				: 'A conversation that accepts edits asks as well: a policy of this workspace wants it so.',
		);
	if (isAlwaysAsked(call.tool) && tier !== 'BLACK') notes.push('It is asked about in every mode, until you allow it.');
	if (tier === 'YELLOW' && call.tool === 'Bash')
		notes.push('The Claude CLI may run it without asking where your own settings of the CLI allow it.');
	return notes;
}

/** A call as somebody pasted it: a shell line, or JSON with `tool` and `input`. */
export function pastedCall(text: string, cwd: string): ToolCall | { readonly problem: string } {
	const trimmed = text.trim();
	if (trimmed === '') return { problem: 'Paste a shell line, or JSON such as {"tool": "Edit", "input": {…}}.' };
	if (!trimmed.startsWith('{')) return { tool: 'Bash', input: { command: text }, cwd };
	let value: unknown;
	try {
		value = JSON.parse(trimmed);
	} catch {
		// `{ ls; pwd; }` is a shell line, too.
		if (/^\{\s/u.test(trimmed) && !trimmed.includes('"tool"')) return { tool: 'Bash', input: { command: text }, cwd };
		return { problem: 'This begins like JSON, and is none. A shell line stands without braces around it.' };
	}
	return callOf(value, cwd) ?? { problem: 'The JSON needs a “tool” with the name of the tool, and its “input”.' };
}

function callOf(value: unknown, cwd: string): ToolCall | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const record = value as Readonly<Record<string, unknown>>;
	const tool = record['tool'] ?? record['tool_name'] ?? record['name'];
	const input = record['input'] ?? record['tool_input'] ?? record['arguments'] ?? record['args'] ?? {};
	if (typeof tool !== 'string' || tool === '') return undefined;
	if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
	const folder = record['cwd'];
	return { tool, input: input as Readonly<Record<string, unknown>>, cwd: typeof folder === 'string' ? folder : cwd };
}
