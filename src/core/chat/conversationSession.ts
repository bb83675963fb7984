import type { ConversationId } from '../base/ids';
import type { NanoDollars } from '../base/money';
import { permissionCall, type SessionPlan } from './conversationParts';
import type { CallOrigin, ConversationDeps, ConversationGate } from './deps';
import type { ConversationView } from './items';
import type { AgentSession } from './agentSession';
import { SessionHolder, type SessionChoices } from './sessionHolder';
import type { Turn } from './turn';
import type { TurnRunner } from './turnRunner';

/** The parts of a conversation that its session speaks to. */
export interface SessionParts {
	readonly id: ConversationId;
	readonly cwd: string;
	readonly deps: ConversationDeps;
	readonly runner: TurnRunner;
	readonly gate: ConversationGate;
	readonly choices: () => SessionChoices;
	readonly origin: (toolUse: string) => CallOrigin;
	readonly view: (patch: Partial<ConversationView>) => void;
	/** The session does not know what came before: its text is handed on. */
	readonly onLost: (why: 'missing' | 'switched') => Promise<void>;
	readonly onPlan: (plan: SessionPlan) => void;
}

/**
 * Asks the session of a turn, once what is asked is on disk. A process that was idle may die in the very moment in
 * which it is asked: what it did not answer with one word is asked once more.
 */
export async function askSession(
	parts: Pick<SessionParts, 'deps' | 'runner' | 'view'> & { readonly holder: SessionHolder },
	turn: {
		readonly turn: Turn;
		readonly remaining: NanoDollars | null;
		readonly isLive: boolean;
		readonly ask: (session: AgentSession) => void;
	},
): Promise<void> {
	const put = async (): Promise<void> => {
		const session = await parts.holder.ensure(turn.remaining);
		await parts.deps.settled();
		if (parts.runner.turn !== turn.turn) return;
		parts.view({ status: 'running', activity: 'Waiting for the model' });
		session.costs.begin();
		turn.ask(session);
	};
	parts.runner.askAgain = turn.isLive ? put : undefined;
	await put();
}

/** The holder of a conversation's session, with the session's every word led to the conversation's parts. */
export function newHolder(parts: SessionParts, plan: SessionPlan): SessionHolder {
	const { id, cwd, deps, runner, gate, choices, view, onLost, onPlan } = parts;
	return new SessionHolder(
		{
			deps,
			conversation: id,
			cwd,
			choices,
			view,
			onLost,
			onPlan,
			onReplaced: () => gate.dispose(),
			onAttach: session => runner.attach(session),
			handlers: {
				onMessage: message => runner.onMessage(message),
				onUsage: () => runner.onUsage(),
				onHook: async call => {
					await runner.beforeTool(call.toolName, call.input, cwd);
					return gate.onHook(call);
				},
				onPermission: async request => {
					const verdict = await gate.onPermission(permissionCall(request), request.signal);
					// Who allowed what is on disk before the tool runs.
					await deps.settled();
					return verdict;
				},
				onGarbage: line => deps.log.debug(`The CLI wrote a line that is not JSON (${line.length} characters)`),
				onExit: exit => {
					gate.dispose();
					runner.onExit(exit);
				},
				origin: parts.origin,
				beforeTool: (tool, input) => runner.beforeTool(tool, input, cwd),
				onRefused: (toolUse, reason) => runner.refused(toolUse, reason),
				onProgress: (toolUse, text) => runner.rows.showOutput(toolUse, text),
				onFailure: error => runner.fail(error),
				onNotice: note => void runner.tell(note),
				onLimits: limits => view({ limits }),
				settled: () => deps.settled(),
			},
		},
		plan,
	);
}
