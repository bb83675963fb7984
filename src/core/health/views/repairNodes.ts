import type { AlertId } from '../../base/ids';
import type { Alert } from '../../ledger/machineEvents';
import { escapeMarkdown, leaf, type ViewNode } from '../../ledger/views/viewNode';

/** A repair that could be made, as the view of alerts offers it. */
export interface RepairOffer {
	/** What is wrong and by what it would be repaired, for the commands of its row. */
	readonly key: string;
	readonly runbook: string;
	/** "Restart Ollama". */
	readonly title: string;
	/** "Ollama stopped answering 40 s ago. Restart it?" */
	readonly text: string;
	/** Why it would be refused now; `null`: it would not. */
	readonly obstacle: string | null;
	/** The alert that it is about, or the subject of such alerts. */
	readonly alert: AlertId | null;
	readonly subject: string;
	/** What is wrong, where no alert is open about it. */
	readonly name: string;
}

/** What a row stands for. */
export interface RepairRef {
	readonly key: string;
	readonly runbook: string;
}

const prefix = 'repair:';

/** The repairs of each alert, and those that belong to none; each is there once. */
export function repairsByAlert(
	alerts: readonly Alert[],
	offers: readonly RepairOffer[],
): { readonly ofAlert: ReadonlyMap<AlertId, readonly RepairOffer[]>; readonly others: readonly RepairOffer[] } {
	const ofAlert = new Map<AlertId, readonly RepairOffer[]>();
	const others: RepairOffer[] = [];
	for (const offer of offers) {
		const found = alerts.find(({ id, subject }) => id === offer.alert || subject === offer.subject);
		if (found) ofAlert.set(found.id, [...(ofAlert.get(found.id) ?? []), offer]);
		else others.push(offer);
	}
	return { ofAlert, others };
}

/** A row with what could be done; its buttons do it, or take it away. */
export function repairNode({ key, runbook, title, text, obstacle, name }: RepairOffer, isNamed: boolean): ViewNode {
	const why = obstacle ?? (isNamed ? name : '');
	return leaf({
		id: `${prefix}${JSON.stringify([key, runbook])}`,
		label: title,
		description: why,
		icon: { id: obstacle === null ? 'wrench' : 'circle-slash', color: null },
		tooltip: [
			`**${escapeMarkdown(title)}**`,
			escapeMarkdown(text),
			...(obstacle === null ? [] : [escapeMarkdown(obstacle)]),
		].join('\n\n'),
		contextValue: `repair ${obstacle === null ? 'ready' : 'refused'}`,
		spoken: `Suggested repair: ${title}. ${obstacle ?? text}`,
	});
}

/** Repairs of what no alert is open about. */
export function otherRepairs(offers: readonly RepairOffer[]): readonly ViewNode[] {
	if (offers.length === 0) return [];
	const children = offers.map(offer => repairNode(offer, true));
	const group = leaf({ id: 'repairs', label: 'Suggested Repairs', icon: { id: 'wrench', color: null } });
	return [{ ...group, children, isExpanded: true }];
}

/** What the row of that id stands for. */
export function repairOfRow(id: string): RepairRef | undefined {
	if (!id.startsWith(prefix)) return undefined;
	const [key, runbook] = JSON.parse(id.slice(prefix.length)) as readonly [string, string];
	return { key, runbook };
}
