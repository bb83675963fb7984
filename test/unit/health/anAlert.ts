import { newId } from '../../../src/core/base/ids';
import type { Alert } from '../../../src/core/ledger/machineEvents';

/** An alert of a service that is down, with what a test is about in its place. */
export function anAlert(patch: Partial<Alert> = {}): Alert {
	return {
		id: newId(),
		rule: 'service-down',
		severity: 'high',
		state: 'firing',
		title: 'Shop is down',
		cause: 'Connection refused.',
		subject: 'service:user:Shop',
		startedAt: 0,
		endedAt: null,
		until: null,
		by: 'rule',
		...patch,
	};
}
