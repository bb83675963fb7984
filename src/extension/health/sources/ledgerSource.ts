import { errorText } from '../../../core/base/errors';
import { localPolicy, type CheckResult, type WatchedService } from '../../../core/health/service';
import type { Ledger } from '../../../core/ledger/queries';
import { healthHeadline, isUnwell } from '../../../core/ledger/views/health';

/** The ledger as a service. It warns of itself, so it is listed and raises nothing. */
export function ledgerService(ledger: Ledger): WatchedService {
	return {
		id: 'ledger',
		name: 'Ledger',
		kind: 'ledger',
		needs: [],
		policy: { ...localPolicy, intervalMs: 60_000, failures: 1, successes: 1 },
		isExpected: false,
		isUnrecorded: true,
		isOfWindow: true,
		actions: () => ['logs'],
		check: () => look(ledger),
	};
}

async function look(ledger: Ledger): Promise<CheckResult> {
	try {
		const health = await ledger.query('health', null);
		const outcome = health.waiting ? 'down' : isUnwell(health) ? 'impaired' : 'up';
		return { outcome, text: healthHeadline(health), latencyMs: null };
	} catch (error) {
		return { outcome: 'down', text: `The ledger does not answer: ${errorText(error)}`, latencyMs: null };
	}
}
