import type { Tier } from '../ledger/events';
import { isWorse } from './tier';

/** What one part of a call amounts to. */
export interface Finding {
	readonly tier: Tier;
	/** One sentence without a final stop: `rm -rf build deletes a folder inside the workspace`. */
	readonly reason: string;
}

/** Collects the findings of one call; the worst decides. */
export class Findings {
	readonly #reasons = new Map<string, Tier>();
	#tier: Tier = 'GREEN';

	get tier(): Tier {
		return this.#tier;
	}

	add(finding: Finding): void {
		if (isWorse(finding.tier, this.#tier)) this.#tier = finding.tier;
		const known = this.#reasons.get(finding.reason);
		if (known === undefined || isWorse(finding.tier, known)) this.#reasons.set(finding.reason, finding.tier);
	}

	/** Every finding once, in the order found. */
	all(): readonly Finding[] {
		return [...this.#reasons].map(([reason, tier]) => ({ tier, reason }));
	}

	/** The reasons, the worst first; harmless parts are left out unless nothing else was found. */
	reasons(limit = 12): readonly string[] {
		const all = [...this.#reasons].filter(([, tier]) => tier !== 'GREEN' || this.#tier === 'GREEN');
		return all
			.sort(([, left], [, right]) => (isWorse(left, right) ? -1 : isWorse(right, left) ? 1 : 0))
			.slice(0, limit)
			.map(([reason]) => reason);
	}
}
