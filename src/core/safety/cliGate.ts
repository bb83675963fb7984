import { stripVTControlCharacters } from 'node:util';
import type { Classification, Decision, QuestionView, ToolCall } from './approval';
import { isAlwaysAsked } from './classify';
import type { HookCall, HookVerdict, PermissionCall, PermissionVerdict } from './cliCalls';
import { refusalText, type CallDetails, type CallOrigin, type Gate, type Verdict } from './gate';
import type { OwnCalls } from './ownCalls';
import { isWorse } from './tier';

/** What the gate of one conversation needs to know about it. */
export interface CliGateOptions {
	readonly gate: Gate;
	/** The CLI's working folder, for calls that name none. */
	readonly cwd: string;
	/** On whose behalf the CLI works now. */
	readonly origin: (toolUseId: string) => CallOrigin;
	/** What is decided here of a call of our own tool holds when the call reaches us. */
	readonly ownCalls?: OwnCalls;
	/** The plan's text when the call does not carry it (newer CLIs keep it in a file). */
	readonly readPlan?: (call: PermissionCall) => Promise<string | null>;
}

interface Passed {
	readonly call: ToolCall;
	readonly mode: string | undefined;
	/** Set while nobody has recorded what became of the call. */
	readonly classification: Classification;
}

/** So many calls are remembered from hook to verdict; a CLI that forgets to ask must not make us grow. */
const maxPassed = 500;

/**
 * The gate for one Claude CLI. The hook is answered at once, and only ever makes the CLI ask or refuse more; the wait for
 * a person is in `onPermission`. An ordinary YELLOW call passes the hook, so that we ask no more often than the CLI.
 */
export class CliGate {
	readonly #options: CliGateOptions;
	readonly #passed = new Map<string, Passed>();

	constructor(options: CliGateOptions) {
		this.#options = options;
	}

	/** Answers the `PreToolUse` hook. */
	onHook(hook: HookCall): HookVerdict {
		const { gate } = this.#options;
		const call = this.#callOf(hook);
		const origin = this.#options.origin(hook.toolUseId);
		const classification = this.#classifyOrRefuse(call);
		if (classification.tier === 'BLACK') {
			gate.record(call, classification, origin, 'refused', 'policy');
			return { decision: 'deny', reason: refusalText(classification) };
		}
		this.#options.ownCalls?.announced(hook.toolUseId, call, origin);
		this.#remember(hook.toolUseId, { call, mode: hook.permissionMode, classification });
		const isFar = isWorse(classification.tier, 'YELLOW');
		const isForeign = isAlwaysAsked(call.tool) && gate.grantFor(classification, origin) === undefined;
		// A mode that this repository does not allow: what the CLI would let through by itself is asked about.
		const isUnwanted = classification.tier !== 'GREEN' && !gate.allowsMode(hook.permissionMode);
		if (isFar || isForeign || isUnwanted)
			return { decision: 'ask', reason: classification.reasons[0] ?? classification.effect };
		return 'pass';
	}

	/** Answers `can_use_tool`; it waits for a person where that is needed, until the signal ends the call. */
	async onPermission(request: PermissionCall, signal: AbortSignal): Promise<PermissionVerdict> {
		const passed = this.#passed.get(request.toolUseId);
		this.#passed.delete(request.toolUseId);
		const call = this.#callOf(request, passed?.call.cwd);
		const mode = passed?.mode;
		const origin = { ...this.#options.origin(request.toolUseId), ...(mode === undefined ? {} : { mode }) };
		const verdict = await this.#options.gate.authorize(call, origin, signal, await this.#detailsOf(request));
		if (verdict.isAllowed) this.#options.ownCalls?.allowed(request.toolUseId, call, origin, verdict);
		return answerOf(request, verdict);
	}

	/**
	 * The call's result arrived. What passed the hook and was never asked about was decided by the CLI's own rules (its
	 * settings, its mode, or because it only reads); that is recorded here.
	 */
	onResult(toolUseId: string): void {
		const passed = this.#passed.get(toolUseId);
		if (!passed) return;
		this.#passed.delete(toolUseId);
		this.#recordPassed(toolUseId, passed);
	}

	/** The conversation's process ended: records what passed and was never heard of again. */
	dispose(): void {
		for (const [toolUseId, passed] of this.#passed) this.#recordPassed(toolUseId, passed);
		this.#passed.clear();
	}

	#recordPassed(toolUseId: string, passed: Passed): void {
		const by = passed.classification.tier === 'GREEN' ? 'policy' : 'cli';
		this.#options.gate.record(passed.call, passed.classification, this.#options.origin(toolUseId), 'allowed', by);
	}

	#remember(toolUseId: string, passed: Passed): void {
		this.#passed.set(toolUseId, passed);
		if (this.#passed.size <= maxPassed) return;
		const oldest = this.#passed.keys().next();
		if (oldest.done !== true) this.onResult(oldest.value);
	}

	#callOf(call: HookCall | PermissionCall, cwd?: string): ToolCall {
		const isOther = call.toolName.startsWith('mcp__') && call.isServedByUs !== true;
		return {
			tool: call.toolName,
			input: call.input,
			cwd: call.cwd ?? cwd ?? this.#options.cwd,
			...(isOther ? { isOfOtherServer: true } : {}),
		};
	}

	/** A fault of ours while judging must not let the call through. */
	#classifyOrRefuse(call: ToolCall): Classification {
		try {
			return this.#options.gate.classify(call);
		} catch (error) {
			const reason = `the gate could not judge this call (${error instanceof Error ? error.message : String(error)})`;
			const effect = JSON.stringify(call.input);
			return {
				tier: 'BLACK',
				kind: 'tool',
				effect,
				reasons: [reason],
				grantKey: null,
				grantLabel: null,
				maxGrant: 'once',
			};
		}
	}

	async #detailsOf(request: PermissionCall): Promise<CallDetails> {
		const reason = plainText(request.decisionReason ?? '');
		const isStrict =
			request.classifierApprovable === false ||
			request.defaultToNo === true ||
			request.decisionReasonType === 'safetyCheck' ||
			request.decisionReasonType === 'rule' ||
			request.suppressAlwaysAllowRule === true ||
			(request.matchedAskRule !== undefined && request.matchedAskRule !== null);
		const isOurs = request.decisionReasonType === 'hook';
		return {
			isOnceOnly: isStrict,
			reasons: reason === '' || isOurs ? [] : [`Claude says: ${reason}`],
			questions: request.toolName === 'AskUserQuestion' ? questionsOf(request.input['questions']) : [],
			plan: request.toolName === 'ExitPlanMode' ? await this.#planOf(request) : null,
		};
	}

	async #planOf(request: PermissionCall): Promise<string | null> {
		const plan = request.input['plan'];
		return typeof plan === 'string' && plan !== '' ? plan : ((await this.#options.readPlan?.(request)) ?? null);
	}
}

function answerOf(request: PermissionCall, verdict: Verdict): PermissionVerdict {
	if (!verdict.isAllowed) {
		return {
			behavior: 'deny',
			message: verdict.reason === '' ? 'The user refused this.' : verdict.reason,
			...(verdict.isStop ? { interrupt: true } : {}),
		};
	}
	return allowedAnswer(request.input, verdict.decision);
}

function allowedAnswer(input: Readonly<Record<string, unknown>>, decision: Decision | null): PermissionVerdict {
	if (decision?.outcome === 'answer') {
		return { behavior: 'allow', updatedInput: { ...input, questions: input['questions'], answers: decision.answers } };
	}
	if (decision?.outcome === 'plan') {
		const update = { type: 'setMode', mode: decision.mode, destination: 'session' } as const;
		return { behavior: 'allow', updatedInput: input, updatedPermissions: [update] };
	}
	const changed = decision?.outcome === 'allow' ? decision.changedInput : undefined;
	return { behavior: 'allow', updatedInput: changed ?? input };
}

/** Terminal escapes and control characters have no place in what a person reads. */
export function plainText(text: string): string {
	return stripVTControlCharacters(text)
		.replace(/\p{Cc}/gu, character => (character === '\n' || character === '\t' ? character : ''))
		.trim();
}

/** The questions of an `AskUserQuestion` call; what has another shape is left out. */
export function questionsOf(value: unknown): readonly QuestionView[] {
	return listOf(value).map(entry => ({
		question: textOf(entry['question']),
		header: textOf(entry['header']),
		isMultiSelect: entry['multiSelect'] === true,
		options: listOf(entry['options']).map(option => ({
			label: textOf(option['label']),
			description: textOf(option['description']),
		})),
	}));
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
	return Array.isArray(value)
		? value.filter((entry): entry is Record<string, unknown> => typeof entry === 'object' && entry !== null)
		: [];
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
