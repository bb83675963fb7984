import type { Tier } from '../ledger/events';
import type { ApprovalView, GrantScope } from './approval';
import type { Grant } from './grants';
import { excerpt, visibleText } from './visible';

/** How a tier looks wherever it is shown: never by colour alone. */
export interface TierLook {
	/** A codicon. */
	readonly icon: string;
	/** A colour of the theme, where the tier has one. */
	readonly color: string | null;
	/** What it means, in a few words. */
	readonly meaning: string;
}

const looks: Readonly<Record<Tier, TierLook>> = {
	GREEN: { icon: 'shield', color: 'charts.green', meaning: 'reads only' },
	YELLOW: {
		icon: 'shield',
		color: 'charts.yellow',
		meaning: 'changes files or asks other machines, and is easily undone',
	},
	// Not charts.orange: it follows a highlight that is nearly transparent in some themes.
	ORANGE: { icon: 'warning', color: 'symbolIcon.classForeground', meaning: 'reaches further, or is tedious to undo' },
	RED: { icon: 'error', color: 'charts.red', meaning: 'cannot be undone' },
	BLACK: { icon: 'circle-slash', color: null, meaning: 'never allowed' },
};

/** How a tier looks. */
export function tierLook(tier: Tier): TierLook {
	return looks[tier];
}

/** What the tier means for this call. What a server's tool does is not known here, so nothing is claimed of it. */
export function tierMeaning({ tier, tool }: Pick<ApprovalView, 'tier' | 'tool'>): string {
	const isForeign = tier === 'YELLOW' && tool.startsWith('mcp__');
	return isForeign ? 'a tool of a server; what it reaches is not known here' : looks[tier].meaning;
}

const kindTitles = { question: 'asks', plan: 'proposes a plan' } as const;

/** `Bash: npm test`, with line breaks folded: one line for lists. The whole effect stands in the tooltip. */
export function approvalLabel(view: ApprovalView): string {
	if (view.kind === 'question') return `Question: ${oneLine(view.questions[0]?.question ?? view.effect)}`;
	if (view.kind === 'plan') return 'Plan to approve';
	const path = pathOf(view);
	return `${view.tool}: ${path ? path.name : oneLine(view.effect)}`;
}

/** The file of an edit, in the parts that a narrow row has room for. */
function pathOf(view: ApprovalView): { readonly name: string; readonly folder: string } | undefined {
	if (view.kind !== 'edit') return undefined;
	const parts = view.effect.split(/[\\/]/);
	return { name: oneLine(parts.at(-1) ?? view.effect), folder: oneLine(parts.at(-2) ?? '') };
}

/** `YELLOW · Fix login`: what stands dimmed behind the label. */
export function approvalDescription(view: ApprovalView): string {
	if (view.kind === 'question' || view.kind === 'plan') return view.asker;
	const folder = pathOf(view)?.folder ?? '';
	return [folder, view.tier, view.asker].filter(part => part !== '').join(' · ');
}

/** The words that menus match: what can be done with this approval. */
export function approvalContext(view: ApprovalView): string {
	const allow = view.grants.includes('once') ? ['allow'] : [];
	const wider = view.grants.filter(scope => scope !== 'once');
	const edit = view.kind === 'edit' ? ['edit'] : [];
	return ['approval', ...allow, ...wider, 'refuse', ...edit].join(' ');
}

/** The whole approval as Markdown, with the exact effect in a block that nothing can break out of. */
export function approvalMarkdown(view: ApprovalView): string {
	const head = `**${escapeMarkdown(view.asker)}** ${verb(view)}`;
	const tier = `${view.tier}: ${tierMeaning(view)}`;
	const reasons = view.reasons.map(reason => `- ${escapeMarkdown(reason)}`).join('\n');
	return [head, codeBlock(view.effect), tier, reasons].filter(part => part !== '').join('\n\n');
}

function verb(view: ApprovalView): string {
	if (view.kind === 'question' || view.kind === 'plan') return kindTitles[view.kind];
	return `wants to use ${escapeMarkdown(view.tool)}`;
}

/** A code block with a fence longer than any run of backticks in the text. */
export function codeBlock(text: string, language = ''): string {
	const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(match => match[0].length));
	const fence = '`'.repeat(Math.max(3, longest + 1));
	return `${fence}${language}\n${text}\n${fence}`;
}

/** Text that Markdown shows as it is. */
export function escapeMarkdown(text: string): string {
	return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, letter => `\\${letter}`).replaceAll(/\s*\n\s*/g, ' ');
}

/** Everything about an approval, complete and unshortened, as plain text for a read-only document. */
export function approvalDocument(view: ApprovalView, input: Readonly<Record<string, unknown>> | null): string {
	const reasons = view.reasons.map(reason => `  - ${reason}`);
	const parts = [
		`${view.asker} ${view.kind === 'question' || view.kind === 'plan' ? kindTitles[view.kind] : `wants to use ${view.tool}`}`,
		`Tier: ${view.tier} (${tierMeaning(view)})`,
		...(reasons.length > 0 ? ['Because:', ...reasons] : []),
		...(view.grantLabel === null ? [] : [`A standing permission would cover: ${view.grantLabel}`]),
		'',
		'Exactly what would run:',
		'',
		view.effect,
		...(view.plan === null ? [] : ['', 'The plan:', '', view.plan]),
		...view.questions.flatMap(({ question, options }) => [
			'',
			question,
			...options.map(option => `  - ${option.label}: ${option.description}`),
		]),
		...(input === null ? [] : ['', 'The whole call:', '', visibleText(inputText(input))]),
	];
	return `${parts.join('\n')}\n`;
}

/** Arguments one by one; texts of several lines as they are, and not as one escaped line. */
function inputText(input: Readonly<Record<string, unknown>>): string {
	const entries = Object.entries(input).map(([name, value]) =>
		typeof value === 'string' && value.includes('\n') ? `${name}:\n${value}` : `${name}: ${plain(value)}`,
	);
	return entries.join('\n');
}

function plain(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}

const scopeTitles: Readonly<Record<GrantScope, string>> = {
	once: 'Allow once',
	session: 'Allow for this session',
	workspace: 'Allow in this workspace',
};

/** What an allowance is called on a button. */
export function scopeTitle(scope: GrantScope): string {
	return scopeTitles[scope];
}

/** The sentence of a notification about one approval: `“Fix login” wants to run: npm test`. */
export function noticeText(view: ApprovalView): string {
	const asker = `“${oneLine(view.asker)}”`;
	if (view.kind === 'question') return `${asker} asks: ${shorten(view.questions[0]?.question ?? view.effect)}`;
	if (view.kind === 'plan') return `${asker} proposes a plan.`;
	const wants = view.tool === 'Bash' ? 'run' : view.kind === 'edit' ? 'edit' : `use ${view.tool}`;
	return `${asker} wants to ${wants}: ${shorten(view.effect)}`;
}

/** Whether a notification may offer to allow the call at once: only where a click is all that it takes. */
export function isOneClick(view: ApprovalView): boolean {
	// What is cut in the sentence must be seen before it is allowed.
	const isWhole = shorten(view.effect) === oneLine(view.effect);
	return view.word === null && !view.needsModal && view.grants.includes('once') && isWhole;
}

/** The tooltip of the badge: which conversations ask, and how often. */
export function badgeTooltip(pending: readonly ApprovalView[]): string {
	const counts = new Map<string, number>();
	for (const { asker } of pending) counts.set(asker, (counts.get(asker) ?? 0) + 1);
	const names = [...counts].map(([asker, count]) => (count === 1 ? `“${asker}”` : `“${asker}” (${count})`));
	const head = pending.length === 1 ? '1 approval waits' : `${pending.length} approvals wait`;
	return names.length === 0 ? '' : `${head}: ${names.join(', ')}`;
}

/**
 * The title of a RED confirmation and the button that names the act. The reasons come first and a long effect is shown
 * by its beginning and its end: a modal does not scroll, and nothing may push either out of sight.
 */
export function redConfirmation(view: ApprovalView): {
	readonly title: string;
	readonly detail: string;
	readonly button: string;
} {
	const act = view.tool === 'Bash' ? 'run this command' : `use ${view.tool} like this`;
	const reasons = view.reasons.map(reason => `• ${reason}`).join('\n');
	return {
		title: `Let “${oneLine(view.asker)}” ${act}? It cannot be undone.`,
		detail: reasons === '' ? excerpt(view.effect) : `${reasons}\n\n${excerpt(view.effect)}`,
		button: view.tool === 'Bash' ? 'Run It' : `Allow ${view.tool}`,
	};
}

/** What stands above the box in which the word of an ORANGE call is typed. */
export function wordPrompt(view: ApprovalView, word: string): string {
	return `Type “${word}” to allow this once: ${excerpt(view.effect, 300, 6)}`;
}

/** One standing permission in a list. */
export function grantLine(
	grant: Grant,
	askerOf: (grant: Grant) => string,
): { readonly label: string; readonly description: string } {
	const where = grant.scope === 'workspace' ? 'in this workspace' : `for this session of “${askerOf(grant)}”`;
	return { label: grant.label, description: where };
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}

/** Notifications are small; what does not fit is behind Show. */
function shorten(text: string, most = 160): string {
	const line = oneLine(text);
	return line.length <= most ? line : `${line.slice(0, most)}…`;
}
