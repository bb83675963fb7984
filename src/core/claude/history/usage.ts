import type { CostBasis } from '../../base/money';
import { addUsage, type Usage } from '../../ledger/events';
import type { CostRow } from '../costs';
import { plainModel, priceResponse, type PriceTable } from '../prices';
import { fromApiUsage } from '../responseUsage';
import type { TranscriptLine } from './lines';

/** What one response of a model used. */
export interface ResponseUsage {
	/** The response's own id, unique over all sessions: forks and resumes copy it with the lines. */
	readonly id: string;
	readonly model: string;
	readonly usage: Usage;
	/** Milliseconds since 1970. */
	readonly at: number;
}

/**
 * Usage by response. A response has a line for each of its blocks, each with the same usage or an earlier state of it;
 * the one with most output is the last. Lines without an id are counted one by one.
 */
export function responsesOf(lines: readonly TranscriptLine[]): readonly ResponseUsage[] {
	const responses = new Map<string, ResponseUsage>();
	for (const [index, line] of lines.entries()) {
		const { message } = line;
		if (line.type !== 'assistant' || !message?.usage || message.model === undefined) continue;
		if (message.model === '<synthetic>') continue;
		const id = message.id ?? line.uuid ?? `line-${index}`;
		const usage = fromApiUsage(message.usage);
		const known = responses.get(id);
		if (known && known.usage.output >= usage.output) continue;
		const model = message.usage.speed === 'fast' ? `${plainModel(message.model)}-fast` : plainModel(message.model);
		responses.set(id, { id, model, usage, at: known?.at ?? Date.parse(line.timestamp ?? '') });
	}
	return [...responses.values()];
}

/** Rows by model, priced by our table. */
export function rowsOf(responses: readonly ResponseUsage[], prices: PriceTable): readonly CostRow[] {
	const rows = new Map<string, CostRow>();
	for (const { model, usage } of responses) {
		const cost = priceResponse(prices, model, usage);
		const known = rows.get(model);
		const sum = cost === null || known?.cost === null ? null : (known?.cost ?? 0) + cost;
		const basis: CostBasis = sum === null ? 'unpriced' : 'priced';
		rows.set(model, { model, usage: known ? addUsage(known.usage, usage) : usage, cost: sum, basis, isFinal: true });
	}
	return [...rows.values()];
}
