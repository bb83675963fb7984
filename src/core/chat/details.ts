import { errorText } from '../base/errors';
import type { AgentSession } from './agentSession';
import type { SessionDetails } from './protocol';

type Fields = Readonly<Record<string, unknown>>;

/** Names of the plan's windows, by the CLI's own keys. */
const windows: Readonly<Record<string, string>> = {
	five_hour: '5 hours',
	seven_day: '7 days',
	seven_day_opus: '7 days, Opus',
	seven_day_sonnet: '7 days, Sonnet',
};

/** Asks a live session for its context, the plan's limits and its MCP servers. What it does not answer is left out. */
export async function detailsOf(session: AgentSession): Promise<SessionDetails> {
	const [context, usage, servers] = await Promise.allSettled([
		session.contextUsage(),
		session.usage(),
		session.mcpStatus(),
	]);
	if (context.status === 'rejected' && usage.status === 'rejected' && servers.status === 'rejected')
		throw new Error(`The session did not answer: ${errorText(context.reason)}`);
	return {
		context:
			context.status === 'rejected'
				? null
				: {
						used: context.value.totalTokens,
						max: context.value.maxTokens,
						categories: context.value.categories.filter(category => category.tokens > 0),
					},
		limits: usage.status === 'rejected' ? [] : limitsOf(usage.value),
		mcpServers:
			servers.status === 'rejected'
				? []
				: servers.value.map(({ name, status, error, tools }) => ({
						name,
						status,
						error: error ?? null,
						toolCount: tools?.length ?? 0,
					})),
	};
}

/** Reads `rate_limits: { five_hour: { utilization, resets_at } }`; subscribers have it, keys do not. */
export function limitsOf(usage: Fields): SessionDetails['limits'] {
	const limits = usage['rate_limits'];
	if (typeof limits !== 'object' || limits === null) return [];
	return Object.entries(limits).flatMap(([key, value]: [string, unknown]) => {
		const fields = typeof value === 'object' && value !== null ? (value as Fields) : undefined;
		const used = fields?.['utilization'];
		if (typeof used !== 'number') return [];
		return [
			{ label: windows[key] ?? key.replaceAll('_', ' '), usedPercent: used, resetsAt: momentOf(fields?.['resets_at']) },
		];
	});
}

/** Seconds, milliseconds or an ISO date, whichever a version sends. */
function momentOf(value: unknown): number | null {
	if (typeof value === 'string') return Number.isNaN(Date.parse(value)) ? null : Date.parse(value);
	if (typeof value !== 'number') return null;
	return value < 1e11 ? value * 1000 : value;
}
