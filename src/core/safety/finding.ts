import type { Tier } from '../ledger/events';
import { isWorse } from './tier';

/** Which part of the gate found something. What names none was found in the arguments. */
export type FindingSource = 'tool' | 'arguments' | 'server' | 'setting' | 'repository' | 'hidden';

/** What one part of a call amounts to. */
export interface Finding {
	readonly tier: Tier;
	/** One sentence without a final stop: `rm -rf build deletes a folder inside the workspace`. */
	readonly reason: string;
	readonly by?: FindingSource;
}

/** Collects the findings of one call; the worst decides. */
export class Findings {
	readonly #found = new Map<string, Finding>();
	#tier: Tier = 'GREEN';

	get tier(): Tier {
		return this.#tier;
	}

	add(finding: Finding): void {
		if (isWorse(finding.tier, this.#tier)) this.#tier = finding.tier;
		const known = this.#found.get(finding.reason);
		if (known === undefined || isWorse(finding.tier, known.tier)) this.#found.set(finding.reason, finding);
	}

	/** Every finding once, in the order found. */
	all(): readonly Finding[] {
		return [...this.#found.values()];
	}

	/** The findings, the worst first; harmless parts are left out unless nothing else was found. */
	sorted(limit = 12): readonly Finding[] {
		return this.all()
			.filter(({ tier }) => tier !== 'GREEN' || this.#tier === 'GREEN')
			.sort((left, right) => (isWorse(left.tier, right.tier) ? -1 : isWorse(right.tier, left.tier) ? 1 : 0))
			.slice(0, limit);
	}

	/** The reasons, the worst first. */
	reasons(limit = 12): readonly string[] {
		return this.sorted(limit).map(({ reason }) => reason);
	}
}
