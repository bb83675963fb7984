import type { TriggerView } from '../../src/core/flow/triggers/triggerView';

/** A webhook that nobody has turned on. */
export const webhookView: TriggerView = {
	node: 'hook',
	title: 'Deploy',
	kind: 'webhook',
	state: 'off',
	about: 'POST /hooks/deploy',
	text: '',
	next: null,
	last: null,
	queued: 0,
	maxPerHour: 60,
};
