import type { Clock } from '../base/clock';
import { errorText } from '../base/errors';
import type { Json } from '../base/json';
import { DisposableStore, toDisposable } from '../base/lifecycle';
import type { Decision } from '../safety/approval';
import type { CallOrigin, Gate, Verdict } from '../safety/gate';
import { isOwnTool } from '../safety/tiers';
import { checkInput } from './inputCheck';
import { nearestNames } from './nearestNames';
import { defaultResultLimits, resultForModel, valueForProgram, type ResultLimits } from './resultText';
import { textResult, type Tool, type ToolContent, type ToolContext, type ToolResult } from './tool';
import type { Toolbox } from './toolbox';

export interface ToolRunnerDeps {
	readonly toolbox: Pick<Toolbox, 'find' | 'list'>;
	readonly gate: Pick<Gate, 'authorize'>;
	readonly clock: Clock;
	/** What a model gets of a result; the defaults suit a large context. */
	readonly limits?: Partial<ResultLimits>;
	/** For a tool that names no time of its own. */
	readonly timeoutMs?: number;
}

/** A call as a model wrote it. `input` may be anything: it is checked here. */
export interface RequestedCall {
	readonly id: string;
	readonly name: string;
	readonly input: unknown;
}

export interface RunOptions {
	readonly origin: CallOrigin;
	readonly context: Omit<ToolContext, 'signal' | 'answers'>;
	readonly signal: AbortSignal;
	/** Narrows the toolbox for this call: what the conversation, flow or server was offered. */
	readonly offered?: (tool: Tool) => boolean;
	/** The gate has allowed exactly this call already, on the way here. */
	readonly verdict?: Extract<Verdict, { isAllowed: true }>;
	/** A flow calls, not a model: the outcome has the result as a value. */
	readonly isForProgram?: boolean;
	/** The gate allowed the call and it begins now; for rows that say `running`. */
	readonly onStart?: (started: { readonly tool: Tool; readonly input: Readonly<Record<string, unknown>> }) => void;
}

/**
 * How a call went: `unknown` and `invalid` never reached the gate, `refused` never ran, `failed` is the tool's own
 * error, `timedOut` and `stopped` were ended.
 */
export type OutcomeStatus = 'done' | 'failed' | 'refused' | 'unknown' | 'invalid' | 'timedOut' | 'stopped';

export interface ToolOutcome {
	readonly id: string;
	readonly name: string;
	readonly status: OutcomeStatus;
	/** For the model: cut to size and marked as data. Never empty. */
	readonly content: readonly ToolContent[];
	readonly isError: boolean;
	/** The whole text where the model got a part only. */
	readonly fullText: string | null;
	/** As in `ToolResult`. */
	readonly diff: string | null;
	/** What the tool gave, as a value, for a call with `isForProgram` whose tool ran. Like `content` it holds no known secrets. */
	readonly value?: Json;
	/** What ran: the person may have changed what the model asked for. `null` when it was no object. */
	readonly input: Readonly<Record<string, unknown>> | null;
	/** What the gate said; `null` when the call did not get there. */
	readonly verdict: Verdict | null;
	/** For the row: `allowed by you`, `refused: …`. */
	readonly decision: string | null;
	/** The person ended the whole turn with this call. */
	readonly isStop: boolean;
	/** Milliseconds that the tool itself ran, without the wait for a person. */
	readonly ranMs: number;
}

const defaultTimeoutMs = 120_000;

/** Runs calls of models: finds the tool, checks the input, asks the gate, and ends what takes too long. Never throws. */
export class ToolRunner {
	readonly #deps: ToolRunnerDeps;
	readonly #limits: ResultLimits;

	constructor(deps: ToolRunnerDeps) {
		this.#deps = deps;
		this.#limits = { ...defaultResultLimits, ...deps.limits };
	}

	async run(call: RequestedCall, options: RunOptions): Promise<ToolOutcome> {
		try {
			return await this.#run(call, options);
		} catch (error) {
			return plain(call, 'failed', `The call failed: ${errorText(error)}`);
		}
	}

	async #run(call: RequestedCall, options: RunOptions): Promise<ToolOutcome> {
		const offered = options.offered ?? (() => true);
		const tool = this.#deps.toolbox.find(call.name);
		if (!tool || !offered(tool)) return plain(call, 'unknown', this.#unknownText(call.name, offered));
		const checked = checkInput(tool.schema, call.input, isOwnTool(tool.name));
		if (!checked.isValid) return plain(call, 'invalid', invalidText(tool, checked.problem));
		if (options.signal.aborted) return plain(call, 'stopped', 'The call was stopped before it began.', checked.input);
		const verdict = options.verdict ?? (await this.#authorize(tool, checked.input, options));
		if (!verdict.isAllowed) return refusedOutcome(call, checked.input, verdict, options.signal.aborted);
		const input = changedInput(verdict.decision) ?? checked.input;
		const again = checkInput(tool.schema, input, isOwnTool(tool.name));
		// The person's own edit of the call may be wrong as well.
		if (!again.isValid) return { ...plain(call, 'invalid', invalidText(tool, again.problem), input), verdict };
		options.onStart?.({ tool, input });
		return this.#execute(call, tool, input, verdict, options);
	}

	#authorize(tool: Tool, input: Readonly<Record<string, unknown>>, options: RunOptions): Promise<Verdict> {
		const call = { tool: tool.name, input, cwd: options.context.cwd };
		const details = tool.questions ? { questions: tool.questions(input) } : {};
		return this.#deps.gate.authorize(call, options.origin, options.signal, details);
	}

	async #execute(
		call: RequestedCall,
		tool: Tool,
		input: Readonly<Record<string, unknown>>,
		verdict: Extract<Verdict, { isAllowed: true }>,
		options: RunOptions,
	): Promise<ToolOutcome> {
		const { clock } = this.#deps;
		const began = clock.monotonic();
		const base = { id: call.id, name: call.name, input, verdict, decision: decisionText(verdict), isStop: false };
		const timeoutMs = tool.timeoutMs ?? this.#deps.timeoutMs ?? defaultTimeoutMs;
		const ended = await this.#underLimits(timeoutMs, options.signal, async signal => {
			const answers = verdict.decision?.outcome === 'answer' ? { answers: verdict.decision.answers } : {};
			return tool.run(input, { ...options.context, ...answers, signal });
		});
		const ranMs = clock.monotonic() - began;
		const note = ended.cause === undefined ? null : endedNote(ended.cause, timeoutMs);
		if (ended.result === undefined) return { ...base, ...failure(note ?? ''), status: ended.cause, ranMs };
		const { content, fullText } = resultForModel(tool.name, ended.result, this.#limits);
		const { isError, diff } = ended.result;
		const status: OutcomeStatus = ended.cause ?? (isError ? 'failed' : 'done');
		const noted: readonly ToolContent[] = note === null ? content : [...content, { type: 'text', text: note }];
		const value = options.isForProgram === true ? { value: valueForProgram(ended.result) } : {};
		const isFailed = isError || note !== null;
		return { ...base, status, content: noted, isError: isFailed, fullText, diff: diff ?? null, ...value, ranMs };
	}

	/** Runs under a timeout and the caller's signal; a tool that does not heed either is no longer waited for. */
	async #underLimits(
		timeoutMs: number,
		outer: AbortSignal,
		work: (signal: AbortSignal) => Promise<ToolResult>,
	): Promise<Ended> {
		const controller = new AbortController();
		const store = new DisposableStore();
		let cause: EndCause | undefined;
		try {
			const gaveUp = new Promise<Ended>(resolve => {
				const end = (how: EndCause): void => {
					if (cause !== undefined) return;
					cause = how;
					controller.abort();
					// A tool that ends with what it has so far, as a command does, gets a moment to say so.
					store.add(this.#deps.clock.after(graceMs, () => resolve({ cause: how, result: undefined })));
				};
				if (Number.isFinite(timeoutMs)) store.add(this.#deps.clock.after(timeoutMs, () => end('timedOut')));
				const stop = (): void => end('stopped');
				outer.addEventListener('abort', stop, { once: true });
				store.add(toDisposable(() => outer.removeEventListener('abort', stop)));
				if (outer.aborted) stop();
			});
			const worked = work(controller.signal).then(
				(result): Ended => ({ cause, result }),
				(error: unknown): Ended =>
					cause === undefined
						? { cause, result: textResult(`The call failed: ${errorText(error)}`, true) }
						: { cause, result: undefined },
			);
			return await Promise.race([worked, gaveUp]);
		} finally {
			store.dispose();
			controller.abort();
		}
	}

	#unknownText(name: string, offered: (tool: Tool) => boolean): string {
		const names = this.#deps.toolbox
			.list()
			.filter(offered)
			.map(tool => tool.name);
		const near = nearestNames(name, names);
		const hint =
			near.length > 0
				? ` Did you mean ${near.join(', ')}?`
				: names.length > 0
					? ` There are: ${names.slice(0, 40).join(', ')}.`
					: ' There are no tools here.';
		return `There is no tool named ${JSON.stringify(name.slice(0, 100))}.${hint}`;
	}
}

type EndCause = 'timedOut' | 'stopped';
type Ended =
	| { readonly cause: EndCause | undefined; readonly result: ToolResult }
	| { readonly cause: EndCause; readonly result: undefined };

function endedNote(cause: EndCause, timeoutMs: number): string {
	if (cause === 'stopped') return 'The call was stopped by the user.';
	return `The call was ended after ${Math.round(timeoutMs / 1000)} seconds. Do less in one call.`;
}

/** How long a tool that was told to end may take to say what it has so far. */
const graceMs = 3000;

/** How a decision reads in a row. */
export function decisionText(verdict: Verdict): string {
	if (!verdict.isAllowed) return `refused: ${verdict.reason === '' ? 'the user said no' : verdict.reason}`;
	if (verdict.decision?.outcome === 'answer') return 'answered by you';
	if (verdict.by === 'user') {
		return changedInput(verdict.decision) === undefined ? 'allowed by you' : 'changed and allowed by you';
	}
	const { tier } = verdict.classification;
	if (verdict.by === 'grant:session') return `${tier}, allowed for this session`;
	if (verdict.by === 'grant:workspace') return `${tier}, allowed in this workspace`;
	return `${tier}, allowed by the rules`;
}

function changedInput(decision: Decision | null): Readonly<Record<string, unknown>> | undefined {
	return decision?.outcome === 'allow' ? decision.changedInput : undefined;
}

function refusedOutcome(
	call: RequestedCall,
	input: Readonly<Record<string, unknown>>,
	verdict: Extract<Verdict, { isAllowed: false }>,
	isAborted: boolean,
): ToolOutcome {
	const reason = verdict.reason === '' ? 'The user refused this.' : verdict.reason;
	const text = verdict.by === 'user' ? `Not allowed by the user: ${reason}` : reason;
	const status: OutcomeStatus = isAborted ? 'stopped' : 'refused';
	const base = plain(call, status, text, input);
	return { ...base, verdict, decision: decisionText(verdict), isStop: verdict.isStop };
}

function plain(
	call: RequestedCall,
	status: OutcomeStatus,
	text: string,
	input: Readonly<Record<string, unknown>> | null = null,
): ToolOutcome {
	const { id, name } = call;
	return { id, name, status, ...failure(text), input, verdict: null, decision: null, isStop: false, ranMs: 0 };
}

function failure(text: string): Pick<ToolOutcome, 'content' | 'isError' | 'fullText' | 'diff'> {
	return { content: [{ type: 'text', text }], isError: true, fullText: null, diff: null };
}

const maxSchemaChars = 4000;

function invalidText(tool: Tool, problem: string): string {
	const schema = JSON.stringify(tool.schema);
	const shown = schema.length <= maxSchemaChars ? `\nIts arguments: ${schema}` : '';
	return `The arguments do not fit ${tool.name}:\n${problem}${shown}\nCorrect them and call it again.`;
}
