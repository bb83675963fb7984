import type { Clock } from '../base/clock';
import { ExpectedError } from '../base/errors';
import { Emitter } from '../base/event';
import { newId, type MemoryId } from '../base/ids';
import { Owner } from '../base/lifecycle';
import type { Ledger, MemoryFilter, MemoryRow } from '../ledger/queries';
import { checkedText, sameKey, type NewFact } from './facts';

export interface MemoryPorts {
	readonly ledger: Pick<Ledger, 'append' | 'query'>;
	readonly clock: Clock;
}

/** What can be changed of a fact by hand. */
export type FactPatch = Partial<Pick<MemoryRow, 'text' | 'tier' | 'category' | 'project'>>;

/** Something that was remembered, changed or forgotten, with the way back. */
export interface MemoryChange {
	/** A sentence for the user. */
	readonly text: string;
	readonly facts: readonly MemoryRow[];
	/** Puts everything back to what it was before. */
	undo(): Promise<void>;
}

/** A use is written down at most this often: it prolongs a life that is counted in days. */
const usePaceMs = 6 * 3_600_000;

/** What is remembered about the user and the work, shared by all windows. */
export class Memory extends Owner {
	readonly #ports: MemoryPorts;
	readonly #changed = this.own(new Emitter<MemoryChange>());
	/** Fires after each change that was made in this window. */
	readonly onDidChange = this.#changed.event;

	constructor(ports: MemoryPorts) {
		super();
		this.#ports = ports;
	}

	/** Facts that are alive: found by their words, or all of them with the newest first. */
	find(filter: Omit<MemoryFilter, 'now'> = {}): Promise<readonly MemoryRow[]> {
		return this.#ports.ledger.query('memories', { ...filter, now: this.#ports.clock.now() });
	}

	/**
	 * Remembers a fact. One that says the same is not doubled: it gets the longer life, and its day is renewed.
	 * Rejects with `empty-fact`, `long-fact` or `secret-fact`.
	 */
	async remember(fact: NewFact): Promise<MemoryRow> {
		const { row, before } = await this.#keep(fact);
		this.#tell(before.text === null ? `Remembered: ${row.text}` : `Remembered already: ${row.text}`, [row], [before]);
		return row;
	}

	/** Remembers facts as one change, with one way back. What must not be remembered is left out, each with the reason. */
	async rememberAll(
		facts: readonly NewFact[],
	): Promise<{ readonly count: number; readonly refused: readonly string[] }> {
		const kept: { readonly row: MemoryRow; readonly before: Written }[] = [];
		const refused: string[] = [];
		for (const fact of facts) {
			try {
				kept.push(await this.#keep(fact));
			} catch (error) {
				if (!ExpectedError.is(error)) throw error;
				refused.push(`${fact.text.slice(0, 60)}: ${error.message}`);
			}
		}
		const rows = kept.map(({ row }) => row);
		const text = rows.length === 1 ? `Remembered: ${rows[0]?.text ?? ''}` : `Remembered ${rows.length} facts`;
		// The last first: a fact that is there twice goes back to what it was before the first.
		if (rows.length > 0) this.#tell(text, rows, kept.map(({ before }) => before).toReversed());
		return { count: rows.length, refused };
	}

	async #keep(fact: NewFact): Promise<{ readonly row: MemoryRow; readonly before: Written }> {
		const text = checkedText(fact.text);
		const known = await this.#same(text, fact);
		const row = known ? this.#renewed(known, fact) : this.#newRow(text, fact);
		await this.#write(row);
		return { row, before: known ?? { ...row, text: null } };
	}

	/** Changes a fact. The words of a person are sure from then on. */
	async change(id: MemoryId, patch: FactPatch): Promise<MemoryRow> {
		const before = await this.#require(id);
		const text = patch.text === undefined ? before.text : checkedText(patch.text);
		const next: MemoryRow = { ...before, ...patch, text, confidence: 1, ...this.#now() };
		await this.#write(next);
		this.#tell(`Changed: ${text}`, [next], [before]);
		return next;
	}

	/** Forgets facts. Their text leaves the disk when the journal is next tidied. */
	async forget(ids: readonly MemoryId[]): Promise<void> {
		const facts = await Promise.all(ids.map(id => this.#require(id)));
		for (const fact of facts) await this.#write({ ...fact, text: null });
		this.#tell(
			facts.length === 1 ? `Forgotten: ${facts[0]?.text ?? ''}` : `Forgotten: ${facts.length} facts`,
			[],
			facts,
		);
	}

	/** Puts one fact in the place of several. */
	async merge(ids: readonly MemoryId[], text: string): Promise<MemoryRow> {
		const facts = await Promise.all(ids.map(id => this.#require(id)));
		const [first, ...others] = facts;
		if (!first || others.length === 0)
			throw new ExpectedError('nothing-to-merge', 'Select two facts or more to merge.');
		const projects = new Set(facts.map(({ project }) => project));
		const merged: MemoryRow = {
			...first,
			text: checkedText(text),
			tier: longest(facts),
			project: projects.size === 1 ? first.project : null,
			source: 'user',
			confidence: 1,
			...this.#now(),
		};
		await this.#write(merged);
		for (const other of others) await this.#write({ ...other, text: null });
		this.#tell(`Merged ${facts.length} facts into one`, [merged], facts);
		return merged;
	}

	/** The facts were given to a model: those that are used live on. */
	async used(facts: readonly MemoryRow[]): Promise<void> {
		const now = this.#ports.clock.now();
		const due = facts.filter(({ usedAt }) => usedAt === null || now - usedAt >= usePaceMs);
		await Promise.all(due.map(fact => this.#write({ ...fact, usedAt: now })));
	}

	async #same(text: string, fact: NewFact): Promise<MemoryRow | undefined> {
		const key = sameKey(text);
		const near = await this.find({ text, limit: 50 });
		return near.find(
			row =>
				sameKey(row.text) === key &&
				row.project === (fact.project ?? null) &&
				(row.tier !== 'conversation' || row.conversation === (fact.conversation ?? null)),
		);
	}

	#renewed(known: MemoryRow, fact: NewFact): MemoryRow {
		const confidence = Math.max(known.confidence, confidenceOf(fact));
		return { ...known, tier: longest([known, fact]), confidence, ...this.#now() };
	}

	#newRow(text: string, fact: NewFact): MemoryRow {
		const { tier, category, source, project = null, conversation = null } = fact;
		const { updatedAt } = this.#now();
		const id = newId<MemoryId>();
		const confidence = confidenceOf(fact);
		return {
			id,
			tier,
			category,
			text,
			source,
			confidence,
			project,
			conversation,
			createdAt: updatedAt,
			updatedAt,
			usedAt: null,
		};
	}

	#now(): { readonly updatedAt: number } {
		return { updatedAt: this.#ports.clock.now() };
	}

	async #require(id: MemoryId): Promise<MemoryRow> {
		const fact = (await this.find()).find(row => row.id === id);
		if (!fact) throw new ExpectedError('no-fact', 'That fact is not remembered any more.');
		return fact;
	}

	#tell(text: string, facts: readonly MemoryRow[], before: readonly Written[]): void {
		let isUndone = false;
		this.#changed.fire({
			text,
			facts,
			undo: async () => {
				if (isUndone) return;
				isUndone = true;
				for (const row of before) await this.#write(row);
			},
		});
	}

	#write({
		id,
		tier,
		category,
		text,
		source,
		confidence,
		project,
		conversation,
		createdAt,
		usedAt,
	}: Written): Promise<void> {
		return this.#ports.ledger.append({
			type: 'memory.changed',
			memory: id,
			tier,
			category,
			text,
			source,
			confidence,
			project,
			conversation,
			createdAt,
			usedAt,
		});
	}
}

type Written = Omit<MemoryRow, 'text'> & { readonly text: string | null };

function confidenceOf({ confidence = 1 }: NewFact): number {
	return Math.min(1, Math.max(0, confidence));
}

function longest(facts: readonly Pick<MemoryRow, 'tier'>[]): MemoryRow['tier'] {
	const tiers = new Set(facts.map(({ tier }) => tier));
	return tiers.has('permanent') ? 'permanent' : tiers.has('episodic') ? 'episodic' : 'conversation';
}
