import { toNano, type CostBasis, type NanoDollars } from '../base/money';
import { addUsage, noUsage, type Usage } from '../ledger/events';
import type { CostRow, SessionCosts } from './costs';
import {
	isClaudeMessage,
	type ApiUsage,
	type ClaudeMessage,
	type ModelUsage,
	type ResultMessage,
	type StreamEventMessage,
	type UnknownMessage,
} from './messages';
import { plainModel, priceResponse, type PriceTable } from './prices';
import { fromApiUsage, fromModelUsage, isAtLeast, largerUsage, subtractUsage, totalTokens } from './responseUsage';

type ModelUsages = Readonly<Record<string, ModelUsage>>;

/** A cumulative reading, costs rounded before they are subtracted so that the differences add up to the last reading. */
interface Reading {
	readonly usage: Usage;
	readonly cost: NanoDollars;
}

interface Sum {
	usage: Usage;
	cost: NanoDollars | null;
	basis: CostBasis;
}

/**
 * Turns what one process says about its usage into rows per execution.
 *
 * The CLI's own numbers are cumulative and decide: each `result` adds the difference to the reading before it. Until a
 * result comes, responses are counted from the stream by message id, priced by our table and marked provisional, so
 * that a crash loses nothing. Usage of an assistant message is a placeholder in its output and counts only where the
 * stream is not forwarded (sub-agents).
 */
export class CostLedger implements SessionCosts {
	readonly #prices: PriceTable;
	#previous = new Map<string, Reading>();
	#sums = new Map<string, Sum>();
	/** Models of which a provisional row may have been written for the current execution. */
	#named = new Set<string>();
	readonly #pending = new Map<string, { readonly model: string; readonly usage: Usage }>();
	/** The response that streams now, by the sub-agent (or main conversation) that it belongs to. */
	readonly #streaming = new Map<string | null, string>();

	constructor(prices: PriceTable) {
		this.#prices = prices;
	}

	/** What the process counts from: a resumed session's earlier usage, as `get_usage` gave it before the first turn. */
	setBaseline(usages: ModelUsages): void {
		this.#previous = readingsOf(usages);
	}

	begin(): void {
		this.#sums = new Map();
		this.#named = new Set();
	}

	rows(): readonly CostRow[] {
		const provisional = this.#provisionalSums();
		const models = new Set([...this.#sums.keys(), ...provisional.keys(), ...this.#named]);
		return [...models].map(model => {
			const parts = [this.#sums.get(model), provisional.get(model)].filter(part => part !== undefined);
			// A provisional row that was written under a name that the result does not use must not stay beside it.
			const { usage, cost, basis } = parts.reduce(addSum, { usage: noUsage, cost: 0, basis: 'reported' as const });
			return { model, usage, cost, basis, isFinal: !provisional.has(model) };
		});
	}

	/** Reads a message; `onChange` is called when rows changed. */
	observe(message: ClaudeMessage | UnknownMessage, onChange: () => void): void {
		if (!isClaudeMessage(message)) return;
		if (message.type === 'stream_event') this.#stream(message, onChange);
		else if (message.type === 'assistant' && message.message.usage)
			this.#count(message.message.id, message.message.model, message.message.usage, onChange);
		else if (message.type === 'result') this.#result(message, onChange);
	}

	#stream({ event, parent_tool_use_id: parent }: StreamEventMessage, onChange: () => void): void {
		if (event.type === 'message_start') {
			this.#streaming.set(parent, event.message.id);
			this.#count(event.message.id, event.message.model, event.message.usage ?? {}, onChange);
		} else if (event.type === 'message_delta' && event.usage) {
			const id = this.#streaming.get(parent);
			const known = id === undefined ? undefined : this.#pending.get(id);
			if (id !== undefined && known) this.#count(id, known.model, event.usage, onChange);
		} else if (event.type === 'message_stop') this.#streaming.delete(parent);
	}

	#count(id: string, rawModel: string, raw: ApiUsage, onChange: () => void): void {
		if (rawModel === '<synthetic>') return;
		const model = plainModel(rawModel);
		const known = this.#pending.get(id);
		const usage = largerUsage(known?.usage ?? noUsage, fromApiUsage(raw));
		if (known && isAtLeast(known.usage, usage)) return;
		this.#pending.set(id, { model, usage });
		this.#named.add(model);
		onChange();
	}

	#result(result: ResultMessage, onChange: () => void): void {
		this.#pending.clear();
		if (result.modelUsage) this.#advance(result.modelUsage, result.model_usage_since_last_result);
		onChange();
	}

	#advance(usages: ModelUsages, sinceLast: ModelUsages | undefined): void {
		const next = readingsOf(usages);
		// `/clear` sets the CLI's counters back: a reading below the last one counts from zero.
		const isReset = [...this.#previous].some(([model, before]) => {
			const now = next.get(model);
			return !now || !isAtLeast(now.usage, before.usage) || now.cost < before.cost;
		});
		const bases = basesOf(usages);
		const since = sinceLast ? readingsOf(sinceLast) : undefined;
		for (const [model, now] of next) {
			const before = isReset ? undefined : this.#previous.get(model);
			const difference = before ? { usage: subtractUsage(now.usage, before.usage), cost: now.cost - before.cost } : now;
			this.#add(model, since ? agreed(difference, since.get(model)) : difference, bases.get(model));
		}
		this.#previous = next;
	}

	#add(model: string, delta: Reading, basis: ModelUsage['costBasis']): void {
		if (totalTokens(delta.usage) === 0 && delta.cost === 0) return;
		const sum = this.#sums.get(model) ?? { usage: noUsage, cost: 0, basis: 'reported' as const };
		this.#sums.set(model, addSum(sum, this.#priced(model, delta, basis)));
	}

	/** The CLI charges a default for models that it does not know; that number is no price. */
	#priced(model: string, delta: Reading, basis: ModelUsage['costBasis']): Sum {
		if (basis === 'list' || basis === 'managed' || (basis === undefined && delta.cost > 0))
			return { ...delta, basis: 'reported' };
		const cost = totalTokens(delta.usage) === 0 ? 0 : priceResponse(this.#prices, model, delta.usage);
		return { usage: delta.usage, cost, basis: cost === null ? 'unpriced' : 'priced' };
	}

	#provisionalSums(): Map<string, Sum> {
		const sums = new Map<string, Sum>();
		for (const { model, usage } of this.#pending.values()) {
			const cost = priceResponse(this.#prices, model, usage);
			const part: Sum = { usage, cost, basis: cost === null ? 'unpriced' : 'priced' };
			const sum = sums.get(model);
			sums.set(model, sum ? addSum(sum, part) : part);
		}
		return sums;
	}
}

/**
 * The cumulative difference, unless the CLI itself says otherwise. It says so when its counters went on across a resume
 * or a reset that we did not see; where both agree, the difference keeps the sum exact to the nano-dollar.
 */
function agreed(difference: Reading, since: Reading | undefined): Reading {
	if (!since) return { usage: noUsage, cost: 0 };
	const isSame = isAtLeast(since.usage, difference.usage) && isAtLeast(difference.usage, since.usage);
	return isSame && Math.abs(difference.cost - since.cost) <= 2 ? difference : since;
}

function readingsOf(usages: ModelUsages): Map<string, Reading> {
	const readings = new Map<string, Reading>();
	for (const [name, usage] of Object.entries(usages)) {
		const model = plainModel(name);
		const known = readings.get(model);
		const next = { usage: fromModelUsage(usage), cost: toNano(usage.costUSD) };
		readings.set(model, known ? { usage: addUsage(known.usage, next.usage), cost: known.cost + next.cost } : next);
	}
	return readings;
}

function basesOf(usages: ModelUsages): Map<string, ModelUsage['costBasis']> {
	return new Map(Object.entries(usages).map(([name, usage]) => [plainModel(name), usage.costBasis]));
}

const basisOrder: readonly CostBasis[] = ['reported', 'priced', 'unpriced'];

function addSum(left: Sum, right: Sum): Sum {
	const basis = basisOrder[Math.max(basisOrder.indexOf(left.basis), basisOrder.indexOf(right.basis))] ?? 'unpriced';
	// A sum with an unknown part is unknown: "at least" is for totals over executions, not for a model's own row.
	const cost = left.cost === null || right.cost === null ? null : left.cost + right.cost;
	return { usage: addUsage(left.usage, right.usage), cost, basis };
}
