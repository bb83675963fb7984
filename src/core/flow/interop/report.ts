import type { NodeId } from '../model/flow';

/** What became of one part of the original. `flagged`: it is there, and somebody must mend it before it runs. */
export type ReportKind = 'translated' | 'flagged' | 'kept' | 'dropped';

export interface ReportLine {
	readonly kind: ReportKind;
	/** The node of the flow that it is about. */
	readonly node?: NodeId;
	/** A sentence. */
	readonly text: string;
}

/** What an import or export did, for a person. */
export interface InteropReport {
	/** `n8n`, `ClaraVerse`, `Prompt flow`, … */
	readonly system: string;
	readonly lines: readonly ReportLine[];
}

/** Writes a report line by line; the same sentence stands once. */
export class Reporter {
	readonly #lines = new Map<string, ReportLine>();
	readonly #system: string;

	constructor(system: string) {
		this.#system = system;
	}

	add(kind: ReportKind, text: string, node?: NodeId): void {
		const line = { kind, text, ...(node === undefined ? {} : { node }) };
		this.#lines.set(JSON.stringify(line), line);
	}

	get report(): InteropReport {
		return { system: this.#system, lines: [...this.#lines.values()] };
	}
}

const headings: readonly (readonly [ReportKind, string])[] = [
	['flagged', 'To mend before it runs'],
	['kept', 'Kept as it was, but not run here'],
	['dropped', 'Left out'],
	['translated', 'Translated'],
];

/** The report as Markdown: what needs a person first. */
export function reportText({ system, lines }: InteropReport): string {
	const parts = headings.flatMap(([kind, heading]) => {
		const found = lines.filter(line => line.kind === kind);
		if (found.length === 0) return [];
		const rows = found.map(({ node, text }) => `- ${node === undefined ? '' : `**${node}**: `}${text}`);
		return [`### ${heading}\n\n${rows.join('\n')}`];
	});
	return parts.length === 0 ? `${system}: nothing to say.` : parts.join('\n\n');
}
