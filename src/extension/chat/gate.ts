import type { ConversationGate } from '../../core/chat/deps';
import type { LedgerEvent } from '../../core/ledger/events';
import type { Approvals } from '../../core/safety/approvals';
import type { Grants } from '../../core/safety/grants';
import type { Host } from '../host/context';

export function newGate(
	host: Host,
	approvals: Approvals,
	grants: Grants,
	append: (event: LedgerEvent) => void,
): ConversationGate {
	void host;
	void append;
	void grants;
	return {
		onHook: async () => 'pass',
		onPermission: async (request, origin) => {
			const { decision } = approvals.add(
				{
					tool: request.toolName,
					classification: {
						tier: 'YELLOW',
						kind: request.toolName === 'Edit' || request.toolName === 'Write' ? 'edit' : 'tool',
						effect: JSON.stringify(request.input),
						reasons: ['temporary'],
						grantKey: null,
						grantLabel: null,
						maxGrant: 'once',
					} as never,
					conversation: origin.conversation,
					asker: origin.asker,
					execution: origin.execution,
					step: origin.step,
					call: { tool: request.toolName, input: request.input, cwd: origin.cwd },
				} as never,
				request.signal,
			);
			const d = await decision;
			return d.outcome === 'allow'
				? { behavior: 'allow', updatedInput: d.changedInput ?? request.input }
				: { behavior: 'deny', message: d.outcome === 'refuse' ? d.reason : 'no' };
		},
	};
}
