import type { ApprovalView, Decision } from '../../core/safety/approval';
import { useCall, useHost, type Call } from './host';

/** Answers one approval; the wait for a modal of the host is a person's, so it has no timeout. */
export function useDecide(approval: ApprovalView): Call & { readonly decide: (decision: Decision) => void } {
	const { client } = useHost();
	const call = useCall();
	return {
		...call,
		decide: decision => void call.run(() => client.call('decide', { approval: approval.id, decision }, Infinity)),
	};
}
