import { asId, type AlertId } from '../../../src/core/base/ids';
import type { ServiceView } from '../../../src/core/health/health';
import type { Alert } from '../../../src/core/ledger/machineEvents';

/** A service that answers, unless a test says otherwise. */
export function serviceOf(id: string, more: Partial<ServiceView> = {}): ServiceView {
	return {
		id,
		name: id,
		kind: 'provider',
		state: 'healthy',
		reason: 'It answers.',
		since: 1_000,
		checkedAt: null,
		latencyMs: null,
		needs: [],
		actions: ['restart'],
		isStopped: false,
		isExpected: true,
		...more,
	};
}

/** An alert that has just been raised. */
export function alertOf(subject: string, more: Partial<Alert> = {}): Alert {
	return {
		id: asId<AlertId>('alert-1'),
		rule: 'rule-1',
		severity: 'high',
		state: 'firing',
		title: `${subject} is too high`,
		cause: 'Over 90 for 5 minutes.',
		subject,
		startedAt: 5,
		endedAt: null,
		until: null,
		by: 'rule',
		...more,
	};
}
