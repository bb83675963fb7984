import { CancelledError, ExpectedError } from '../../base/errors';
import { canFallBack } from '../../providers/fallback';
import {
	modelRefText,
	ProviderError,
	type ModelMessage,
	type ModelRef,
	type ModelRequest,
	type Provider,
	type ProviderModel,
} from '../../providers/provider';
import type { AgentSessionHandlers, AgentSessionOptions } from '../agentSession';
import type { PermissionMode } from '../items';
import { runCalls } from './calls';
import { estimateTokens, fullPart, planCompaction, summarise } from './compaction';
import type { LoopCosts } from './costs';
import { budgetUsedUp, timeLimit, TurnMeter } from './limits';
import { modelMessages, type CallStyle } from './modelMessages';
import { offersFor } from './offers';
import type { LoopLimits, LoopPorts } from './ports';
import { RepairGuard } from './repairs';
import { Responder, type Answer } from './responder';
import type { Speaker } from './say';
import { structuredFormat, structuredPrompt } from './structured';
import { systemPrompt } from './systemPrompt';
import { fallbackNotice, goneOnNotice, noImagesNotice, noToolsNotice, retryable } from './troubles';
import type { Transcript } from './transcript';

/** What a loop knows of its models beyond one turn. */
export interface LoopMemory {
	/** Models that refused tools or images, by their reference. */
	readonly withoutTools: Set<string>;
	readonly withoutImages: Set<string>;
	/** Tokens of the newest prompt and answer, and of the model's window. */
	context: { readonly used: number; readonly max: number };
}

export interface LoopTurnOptions {
	readonly ports: LoopPorts;
	readonly handlers: AgentSessionHandlers;
	readonly speaker: Speaker;
	readonly transcript: Transcript;
	readonly costs: LoopCosts;
	readonly memory: LoopMemory;
	readonly cwd: string;
	readonly ref: ModelRef;
	readonly mode: PermissionMode;
	readonly effort: AgentSessionOptions['effort'];
	readonly signal: AbortSignal;
	/** A plan was accepted. */
	readonly onMode: (mode: PermissionMode) => void;
}

type Asked = { readonly provider: Provider; readonly model: ProviderModel | null };

/** One turn of a loop: asks the model, runs what it calls, and asks again until it has nothing more to call. */
export class LoopTurn {
	readonly #options: LoopTurnOptions;
	readonly #limits: LoopLimits;
	readonly #meter: TurnMeter;
	readonly #guard = new RepairGuard();
	readonly #tried: ModelRef[] = [];
	#ref: ModelRef;
	#mode: PermissionMode;
	#hasCompacted = false;

	constructor(options: LoopTurnOptions) {
		this.#options = options;
		this.#limits = options.ports.limits();
		const show = options.handlers.onLimits.bind(options.handlers);
		this.#meter = new TurnMeter(this.#limits, options.costs, options.ports.clock, show);
		this.#ref = options.ref;
		this.#mode = options.mode;
	}

	get steps(): number {
		return this.#meter.steps;
	}

	/** Resolves with how the turn ended; rejects with an `ExpectedError` when it broke off. */
	async run(): Promise<'done' | 'stopped'> {
		const { ports, transcript, signal } = this.#options;
		for (;;) {
			if (signal.aborted) return 'stopped';
			this.#meter.nextStep();
			const remaining = await ports.remainingBudget();
			if (remaining !== null && remaining <= 0) throw budgetUsedUp();
			const answer = await this.#ask();
			if (answer === null) return 'stopped';
			await transcript.append(this.#entryOf(answer));
			if (answer.calls.length === 0) {
				this.#noteEnd(answer);
				return 'done';
			}
			if (!(await this.#runCalls(answer))) return 'stopped';
		}
	}

	/** The next response; `null` when the user stopped it. Goes on with another model where one does not answer. */
	async #ask(): Promise<Answer | null> {
		const { signal, handlers, memory } = this.#options;
		for (;;) {
			const began = this.#options.ports.clock.monotonic();
			const text = modelRefText(this.#ref);
			try {
				const asked = await this.#provider();
				await this.#makeRoom(asked);
				return await this.#respond(asked);
			} catch (error) {
				if (signal.aborted || error instanceof CancelledError) return null;
				if (!ExpectedError.is(error)) throw error;
				if (error.code === 'no-tools' && !memory.withoutTools.has(text)) {
					memory.withoutTools.add(text);
					handlers.onNotice(noToolsNotice(text));
				} else if (error.code === 'no-images' && !memory.withoutImages.has(text)) {
					memory.withoutImages.add(text);
					handlers.onNotice(noImagesNotice(text));
				} else if (error.code === 'too-long' && !this.#hasCompacted) await this.#compactAfter(error);
				else if (!this.#fallBack(error)) throw retryable(error);
			} finally {
				this.#meter.worked(this.#options.ports.clock.monotonic() - began);
			}
		}
	}

	async #provider(): Promise<Asked> {
		const { providers } = this.#options.ports;
		const provider = providers.find(this.#ref.provider);
		if (!provider)
			throw new ProviderError('no-model', `The provider “${this.#ref.provider}” is not set up (any more).`, {
				actions: [{ title: 'Add a Model Provider', command: 'quarterdeck.providers.add' }],
			});
		const model = await providers.model(this.#ref, this.#options.signal).catch((error: unknown) => {
			// A server may answer and yet list no models; why one does not answer is told by the request itself.
			if (!ExpectedError.is(error)) throw error;
			return null;
		});
		return { provider, model };
	}

	async #respond({ provider, model }: Asked): Promise<Answer | null> {
		const { speaker, signal, transcript, costs, handlers } = this.#options;
		const style = this.#style(model);
		const responder = new Responder(this.#ref, style, speaker);
		const timed = this.#underTime(signal);
		speaker.status('requesting');
		try {
			const request = this.#request(model, style, timed.signal);
			const answer = await responder.run(provider, request);
			costs.add(this.#ref, answer.usage, answer.reportedUsd);
			const used = answer.usage;
			if (used)
				this.#options.memory.context = {
					used: used.input + used.cacheRead + used.cacheWrite5m + used.cacheWrite1h + used.output,
					max: model?.contextTokens ?? 0,
				};
			handlers.onUsage?.();
			return answer;
		} catch (error) {
			responder.abandon();
			if (timed.isOver) throw timeLimit(this.#limits.maxMinutes);
			if (signal.aborted && responder.text !== '')
				// What the user has read is what the model is told that it said.
				await transcript.append({
					...this.#entryBase(responder.uuid),
					text: responder.text,
					thinking: '',
					toolCalls: [],
				});
			throw error;
		} finally {
			timed.dispose();
		}
	}

	#request(model: ProviderModel | null, style: CallStyle, signal: AbortSignal): ModelRequest {
		const { effort, speaker } = this.#options;
		const offers = offersFor(this.#options.ports.toolbox.list(), this.#mode);
		const isStructured = style === 'structured' && offers.length > 0;
		return {
			model: this.#ref.model,
			messages: this.#messages(model, style),
			...(isStructured ? { format: structuredFormat(offers) } : { tools: offers }),
			...(effort === undefined ? {} : { effort: plainEffort(effort) }),
			signal,
			onRetry: retry => speaker.retry(retry),
		};
	}

	#messages(model: ProviderModel | null, style: CallStyle): readonly ModelMessage[] {
		const { ports, cwd, transcript, memory } = this.#options;
		const offers = offersFor(ports.toolbox.list(), this.#mode);
		const base = systemPrompt({
			cwd,
			platform: ports.platform,
			now: ports.clock.now(),
			mode: this.#mode,
			hasTools: offers.length > 0,
		});
		const isStructured = style === 'structured' && offers.length > 0;
		const hasImages = model?.abilities.images !== false && !memory.withoutImages.has(modelRefText(this.#ref));
		return modelMessages(transcript.entries, {
			system: isStructured ? `${base}\n\n${structuredPrompt(offers)}` : base,
			provider: this.#ref.provider,
			style,
			hasImages,
			resultLimit: resultLimit(model?.contextTokens ?? null),
		});
	}

	#style(model: ProviderModel | null): CallStyle {
		const refused = this.#options.memory.withoutTools.has(modelRefText(this.#ref));
		return refused || model?.abilities.tools === false ? 'structured' : 'native';
	}

	/** Runs the calls; false when the person stopped the turn with one. */
	async #runCalls(answer: Answer): Promise<boolean> {
		const { ports, handlers, speaker, cwd, signal, transcript } = this.#options;
		speaker.status(null);
		const results = await runCalls(answer.calls, {
			ports,
			handlers,
			speaker,
			cwd,
			mode: this.#mode,
			signal,
			onResult: entry => transcript.append(entry),
		});
		this.#meter.worked(Math.max(0, ...results.map(result => result.ranMs)));
		const next = results.find(result => result.nextMode !== null)?.nextMode;
		if (next) {
			this.#mode = next;
			this.#options.onMode(next);
		}
		if (signal.aborted || results.some(result => result.isStop)) return false;
		const looked = results.map(({ call, isWrong, entry }) => ({
			call,
			isWrong,
			result: JSON.stringify(entry.parts).slice(0, 2_000),
		}));
		this.#guard.look(looked, modelRefText(answer.ref));
		return true;
	}

	/** Summarises older messages before the model's window is full. */
	async #makeRoom({ provider, model }: Asked): Promise<void> {
		const window = model?.contextTokens ?? null;
		if (window === null) return;
		const size = estimateTokens(this.#messages(model, this.#style(model)));
		if (size < window * fullPart) return;
		await this.#compact(provider, window, size);
	}

	async #compactAfter(error: ExpectedError): Promise<void> {
		const { provider, model } = await this.#provider();
		const size = estimateTokens(this.#messages(model, this.#style(model)));
		if (!(await this.#compact(provider, model?.contextTokens ?? null, size))) throw error;
	}

	async #compact(provider: Provider, window: number | null, before: number): Promise<boolean> {
		const { speaker, signal, transcript } = this.#options;
		const plan = planCompaction(transcript.entries, window, false);
		if (plan === null) return false;
		this.#hasCompacted = true;
		await compactNow({ ...this.#options, provider, ref: this.#ref, plan, signal, before, trigger: 'auto' });
		speaker.status('requesting');
		return true;
	}

	/** Takes the next model of the chain, and says so. False when there is none. */
	#fallBack(error: ExpectedError): boolean {
		if (!canFallBack(error.code)) return false;
		const { ports, handlers, speaker, cwd } = this.#options;
		this.#tried.push(this.#ref);
		const tried = new Set(this.#tried.map(modelRefText));
		const next = ports.providers.fallbacks(this.#options.ref).find(ref => !tried.has(modelRefText(ref)));
		if (!next) return false;
		handlers.onNotice(fallbackNotice(this.#ref, next, error));
		this.#ref = next;
		speaker.init({ cwd, model: modelRefText(next), mode: this.#mode, tools: [] });
		return true;
	}

	#noteEnd({ reason, ref, text }: Answer): void {
		const note = goneOnNotice(reason, modelRefText(ref), text === '');
		if (note) this.#options.handlers.onNotice(note);
	}

	#entryBase(uuid: string) {
		const { provider, model } = this.#ref;
		return { type: 'assistant' as const, uuid, at: this.#options.ports.clock.now(), provider, model };
	}

	#entryOf(answer: Answer) {
		const { uuid, text, thinking, calls, opaque } = answer;
		const toolCalls = calls.map(({ call }) => call);
		return { ...this.#entryBase(uuid), text, thinking, toolCalls, ...(opaque === undefined ? {} : { opaque }) };
	}

	/** A signal that also ends when the turn's time is over. */
	#underTime(outer: AbortSignal): { readonly signal: AbortSignal; readonly isOver: boolean; dispose(): void } {
		const left = this.#meter.msLeft;
		if (left === null) return { signal: outer, isOver: false, dispose: () => undefined };
		const over = new AbortController();
		const timer = this.#options.ports.clock.after(left, () => over.abort());
		return {
			signal: AbortSignal.any([outer, over.signal]),
			get isOver() {
				return over.signal.aborted && !outer.aborted;
			},
			dispose: () => timer.dispose(),
		};
	}
}

export interface CompactNow {
	readonly ports: LoopPorts;
	readonly handlers: AgentSessionHandlers;
	readonly speaker: Speaker;
	readonly transcript: Transcript;
	readonly costs: LoopCosts;
	readonly memory: LoopMemory;
	readonly provider: Provider;
	readonly ref: ModelRef;
	readonly plan: NonNullable<ReturnType<typeof planCompaction>>;
	readonly signal: AbortSignal;
	readonly before: number;
	readonly trigger: 'auto' | 'manual';
}

/** Puts a summary in the place of older messages. The rows of the conversation stay as they are. */
export async function compactNow(how: CompactNow): Promise<void> {
	const { speaker, transcript, costs, provider, ref, plan, signal, before, ports, handlers, memory } = how;
	speaker.status('compacting');
	const onRetry: ModelRequest['onRetry'] = retry => speaker.retry(retry);
	const summary = await summarise(provider, { model: ref.model, signal, onRetry }, plan);
	costs.add(ref, summary.usage, summary.reportedUsd);
	handlers.onUsage?.();
	const { text } = summary;
	const uuid = globalThis.crypto.randomUUID();
	await transcript.append({ type: 'summary', uuid, at: ports.clock.now(), text, keepFrom: plan.keepFrom });
	const after = estimateTokens(
		modelMessages(transcript.entries, {
			system: '',
			provider: '',
			style: 'native',
			hasImages: true,
			resultLimit: 40_000,
		}),
	);
	memory.context = { ...memory.context, used: after };
	speaker.compacted(how.trigger, text, before, after);
}

/** Characters of one result for a model with so large a window. */
function resultLimit(window: number | null): number {
	return window === null ? 40_000 : Math.min(40_000, Math.max(2_000, Math.floor(window * 0.9)));
}

function plainEffort(effort: NonNullable<AgentSessionOptions['effort']>): 'low' | 'medium' | 'high' {
	return effort === 'xhigh' || effort === 'max' ? 'high' : effort;
}
