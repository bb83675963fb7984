import { resolve } from 'node:path';
import type { ToolContent } from '../../tools/tool';
import type { RequestedCall, ToolOutcome } from '../../tools/toolRunner';
import type { AgentSessionHandlers } from '../agentSession';
import type { PermissionMode } from '../items';
import { changedFile } from '../toolText';
import type { LoopPorts } from './ports';
import type { AnsweredCall } from './responder';
import type { Speaker } from './say';
import type { ToolEntry } from './transcript';
import { offeredIn, planTool } from './offers';

/** What became of one call. */
export interface CallResult {
	readonly call: AnsweredCall['call'];
	readonly entry: ToolEntry;
	readonly isWrong: boolean;
	readonly isStop: boolean;
	/** Milliseconds that the tool itself took. */
	readonly ranMs: number;
	/** The person accepted the plan and named the mode to go on in. */
	readonly nextMode: PermissionMode | null;
}

export interface CallsContext {
	readonly ports: LoopPorts;
	readonly handlers: AgentSessionHandlers;
	readonly speaker: Speaker;
	readonly cwd: string;
	readonly mode: PermissionMode;
	readonly signal: AbortSignal;
	/** Called for each result as it arrives, before the others are there. */
	readonly onResult: (entry: ToolEntry) => Promise<void>;
}

/** Runs the calls of one response: together, but for those that change the same file, which keep their order. */
export async function runCalls(calls: readonly AnsweredCall[], context: CallsContext): Promise<readonly CallResult[]> {
	const before = new Map<string, Promise<unknown>>();
	return Promise.all(
		calls.map(call => {
			const file = changedFile(call.call.name, call.call.input ?? {});
			const key = file === undefined ? undefined : resolve(context.cwd, file);
			const run = async (): Promise<CallResult> => {
				if (key !== undefined) await before.get(key);
				return runCall(call, context);
			};
			const running = run();
			if (key !== undefined)
				before.set(
					key,
					running.catch(() => undefined),
				);
			return running;
		}),
	);
}

async function runCall(answered: AnsweredCall, context: CallsContext): Promise<CallResult> {
	const { row, call } = answered;
	const { handlers, speaker } = context;
	const wanted = { id: row, name: call.name, input: call.input ?? call.rawInput };
	const isPlan = call.name === planTool.name && context.mode === 'plan';
	const outcome = isPlan ? await proposePlan(answered, context) : await runTool(wanted, context);
	if (outcome.status === 'refused' && outcome.verdict?.isAllowed === false && outcome.verdict.by !== 'user')
		handlers.onRefused(row, outcome.verdict.reason);
	const entry: ToolEntry = {
		type: 'tool',
		uuid: globalThis.crypto.randomUUID(),
		at: context.ports.clock.now(),
		callId: call.id,
		name: call.name,
		parts: [...outcome.content],
		isError: outcome.isError,
	};
	await context.onResult(entry);
	speaker.toolResult(row, rowContent(outcome), outcome.isError, outcome.diff ?? undefined);
	const isWrong = outcome.status === 'unknown' || outcome.status === 'invalid';
	const { isStop, ranMs, nextMode } = { nextMode: null, ...outcome };
	return { call, entry, isWrong, isStop, ranMs, nextMode };
}

async function runTool(call: RequestedCall, context: CallsContext): Promise<ToolOutcome> {
	const { ports, handlers, cwd, mode, signal } = context;
	const origin = handlers.origin(call.id);
	if (typeof call.input === 'object' && call.input !== null)
		await handlers.beforeTool(call.name, call.input as Readonly<Record<string, unknown>>);
	return ports.runner.run(call, {
		origin: { ...origin, mode },
		context: {
			cwd,
			conversation: origin.conversation,
			execution: origin.execution,
			onProgress: text => handlers.onProgress(call.id, text),
		},
		signal,
		offered: offeredIn(mode),
	});
}

/** The plan is shown as a card; the person accepts it with the mode to go on in, or says what is missing. */
async function proposePlan(
	{ row, call }: AnsweredCall,
	context: CallsContext,
): Promise<ToolOutcome & { readonly nextMode: PermissionMode | null }> {
	const { ports, handlers, cwd, mode, signal } = context;
	const plan = call.input?.['plan'];
	const base = { id: row, name: call.name, fullText: null, diff: null, decision: null, isStop: false, ranMs: 0 };
	const say = (text: string, isError: boolean): Pick<ToolOutcome, 'content' | 'isError' | 'input'> => ({
		content: [{ type: 'text', text }],
		isError,
		input: call.input,
	});
	if (typeof plan !== 'string' || plan.trim() === '')
		return {
			...base,
			...say('The call needs "plan": the plan in Markdown.', true),
			status: 'invalid',
			verdict: null,
			nextMode: null,
		};
	const origin = { ...handlers.origin(row), mode };
	const verdict = await ports.gate.authorize({ tool: call.name, input: { plan }, cwd }, origin, signal, { plan });
	if (!verdict.isAllowed) {
		const reason = verdict.reason === '' ? 'The user did not accept the plan.' : verdict.reason;
		const status = signal.aborted ? 'stopped' : 'refused';
		return { ...base, ...say(reason, true), status, verdict, isStop: verdict.isStop, nextMode: null };
	}
	const nextMode = verdict.decision?.outcome === 'plan' ? verdict.decision.mode : 'default';
	return {
		...base,
		...say('The user accepted the plan. Carry it out now.', false),
		status: 'done',
		verdict,
		nextMode,
	};
}

/** A result as the person sees it: whole, and without the mark that says to the model that it is data. */
function rowContent({ content, fullText }: ToolOutcome): readonly ToolContent[] {
	const others = content.filter(part => part.type !== 'text');
	if (fullText !== null) return [{ type: 'text', text: fullText }, ...others];
	return content.map(part => (part.type === 'text' ? { type: 'text', text: unmarked(part.text) } : part));
}

function unmarked(text: string): string {
	const match = /^<tool_data tool="[^"]*">\n([\s\S]*)\n<\/tool_data>$/.exec(text);
	return match?.[1]?.replaceAll(/&lt;(\/?)tool_data/giu, '<$1tool_data') ?? text;
}
