import type { Clock } from '../../base/clock';
import { MutableDisposable, type Disposable } from '../../base/lifecycle';
import { formatCost, toNano, type NanoDollars } from '../../base/money';
import type { Usage } from '../../ledger/events';
import type { FlowLimits } from '../model/flow';
import { FlowLimitError } from './errors';
import type { CapName, RunEvent } from './events';

/** The caps of one run, as numbers. `Infinity`: none. */
export interface RunLimits {
	/** Runs of nodes, attempts and passes counted. */
	readonly maxSteps: number;
	/** Milliseconds of work: waiting for a person does not count. */
	readonly maxMs: number;
	readonly maxTokens: number;
	readonly maxCost: NanoDollars;
	/** Nodes that run at once. */
	readonly concurrency: number;
	/** Characters of the JSON of one port's value. */
	readonly maxValue: number;
	/** Sub-flows within sub-flows. */
	readonly maxDepth: number;
	/** Requests at once to one provider. */
	readonly providerConcurrency: number;
}

/** What holds where a flow says nothing. */
export const defaultLimits: RunLimits = {
	maxSteps: 50_000,
	maxMs: 60 * 60_000,
	maxTokens: 5_000_000,
	maxCost: toNano(10),
	concurrency: 16,
	maxValue: 32 * 1024 * 1024,
	maxDepth: 16,
	providerConcurrency: 4,
};

/** The caps of a flow over those of the settings. */
export function limitsOf(flow: FlowLimits, settings: Partial<RunLimits> = {}): RunLimits {
	const base = { ...defaultLimits, ...settings };
	return {
		...base,
		maxSteps: flow.maxSteps ?? base.maxSteps,
		maxMs: flow.maxMinutes === undefined ? base.maxMs : flow.maxMinutes * 60_000,
		maxTokens: flow.maxTokens ?? base.maxTokens,
		maxCost: flow.maxCostUsd === undefined ? base.maxCost : toNano(flow.maxCostUsd),
		concurrency: Math.max(1, flow.concurrency ?? base.concurrency),
	};
}

/** What the day's and month's budgets leave; `null` without a budget. */
export interface Budget {
	remaining(): Promise<NanoDollars | null>;
}

/** What was used so far; carried over when a run is resumed. */
export interface Spent {
	readonly steps: number;
	readonly ms: number;
	readonly tokens: number;
	readonly cost: NanoDollars;
}

export const nothingSpent: Spent = { steps: 0, ms: 0, tokens: 0, cost: 0 };

/** Room that a call of a model takes until what it cost is known. */
export interface Reservation {
	/** What the call may cost at most; `null` without a cap. */
	readonly maxCost: NanoDollars | null;
	release(): void;
}

const warnAt = 0.8;

/** Counts what a run uses against its caps. */
export class RunMeter implements Disposable {
	readonly #limits: RunLimits;
	readonly #clock: Clock;
	readonly #budget: Budget | undefined;
	readonly #tell: (event: RunEvent) => void;
	readonly #onTime: (error: FlowLimitError) => void;
	readonly #timer = new MutableDisposable<Disposable>();
	readonly #warned = new Set<string>();
	/** What calls of a model have cost in this run, to tell what the next may. */
	readonly #dearest = new Map<string, NanoDollars>();
	#steps: number;
	#tokens: number;
	#cost: NanoDollars;
	#reserved: NanoDollars = 0;
	/** Milliseconds of work that are over, and since when it works now. */
	#ms: number;
	#since: number | undefined;

	constructor(
		limits: RunLimits,
		ports: {
			readonly clock: Clock;
			readonly budget: Budget | undefined;
			readonly tell: (event: RunEvent) => void;
			readonly onTime: (error: FlowLimitError) => void;
		},
		spent: Spent = nothingSpent,
	) {
		this.#limits = limits;
		this.#clock = ports.clock;
		this.#budget = ports.budget;
		this.#tell = ports.tell;
		this.#onTime = ports.onTime;
		this.#steps = spent.steps;
		this.#tokens = spent.tokens;
		this.#cost = spent.cost;
		this.#ms = spent.ms;
	}

	get spent(): Spent {
		return { steps: this.#steps, ms: this.#workedMs, tokens: this.#tokens, cost: this.#cost };
	}

	/** Counts one run of a node, or throws because it may not begin. */
	step(): void {
		const { maxSteps } = this.#limits;
		if (this.#steps >= maxSteps) {
			const text = `The run was stopped after ${maxSteps.toLocaleString('en')} runs of nodes, the most it may make.`;
			throw new FlowLimitError('steps', text);
		}
		this.#steps++;
		if (this.#steps >= maxSteps * warnAt) this.#warn('steps', this.#steps, maxSteps);
	}

	/** Says whether the run works now, or only waits for a person. */
	setWorking(isWorking: boolean): void {
		if (isWorking === (this.#since !== undefined)) return;
		const now = this.#clock.monotonic();
		if (this.#since !== undefined) this.#ms += now - this.#since;
		this.#since = isWorking ? now : undefined;
		this.#arm();
	}

	/**
	 * Makes room for a call of a model, or rejects because there is none: what earlier calls of it cost is what the next
	 * is taken to cost, and calls that run count as if they had cost that already.
	 */
	async reserve(model: string): Promise<Reservation> {
		const { maxTokens, maxCost } = this.#limits;
		if (this.#tokens >= maxTokens)
			throw new FlowLimitError(
				'tokens',
				`The run was stopped: it has used ${this.#tokens.toLocaleString('en')} tokens, and may use ${maxTokens.toLocaleString('en')}.`,
			);
		const expected = this.#dearest.get(model) ?? 0;
		// A call that will surely pass the cap is not made; one of which nothing is known is, while anything is left.
		if (this.#cost >= maxCost || this.#cost + this.#reserved + expected > maxCost) throw this.#costError(expected);
		this.#reserved += expected;
		let isOpen = true;
		const release = (): void => {
			if (isOpen) this.#reserved -= expected;
			isOpen = false;
		};
		try {
			const left = (await this.#budget?.remaining()) ?? null;
			if (left !== null && left <= this.#reserved - expected)
				throw new FlowLimitError('money', 'The run was stopped: the budget is used up.', 'budget');
			const own = Number.isFinite(maxCost) ? maxCost - this.#cost - this.#reserved + expected : null;
			const most = own === null ? left : left === null ? own : Math.min(own, left);
			return { maxCost: most, release };
		} catch (error) {
			release();
			throw error;
		}
	}

	/** Counts what a call used. */
	charge(model: string, usage: Usage | null, cost: NanoDollars | null): void {
		const { maxTokens, maxCost } = this.#limits;
		if (usage) this.#tokens += totalTokens(usage);
		if (this.#tokens >= maxTokens * warnAt) this.#warn('tokens', this.#tokens, maxTokens);
		if (cost === null) {
			if (Number.isFinite(maxCost)) this.#warn('money', this.#cost, maxCost, `What ${model} costs is not known.`);
			return;
		}
		this.#cost += cost;
		this.#dearest.set(model, Math.max(this.#dearest.get(model) ?? 0, cost));
		if (this.#cost >= maxCost * warnAt && cost > 0) this.#warn('money', this.#cost, maxCost);
	}

	dispose(): void {
		this.setWorking(false);
		this.#timer.dispose();
	}

	get #workedMs(): number {
		return this.#ms + (this.#since === undefined ? 0 : this.#clock.monotonic() - this.#since);
	}

	#costError(expected: NanoDollars): FlowLimitError {
		const { maxCost } = this.#limits;
		const spent = `it has cost ${formatCost(this.#cost)} of the ${formatCost(maxCost)} it may`;
		const next = expected > 0 && this.#cost < maxCost ? `, and the next call may cost ${formatCost(expected)}` : '';
		return new FlowLimitError('money', `The run was stopped: ${spent}${next}.`);
	}

	/** One timer: for the warning first, then for the end. */
	#arm(): void {
		const { maxMs } = this.#limits;
		if (this.#since === undefined || maxMs === Number.POSITIVE_INFINITY) {
			this.#timer.value = undefined;
			return;
		}
		const worked = this.#workedMs;
		if (worked >= maxMs) {
			const minutes = Math.round(maxMs / 6000) / 10;
			this.#onTime(
				new FlowLimitError('time', `The run was stopped after ${minutes} minutes of work, the most it may take.`),
			);
			return;
		}
		if (worked >= maxMs * warnAt) this.#warn('time', worked, maxMs);
		const next = worked >= maxMs * warnAt ? maxMs : maxMs * warnAt;
		// Timers of the platform take at most 2^31 milliseconds; the next look arms another.
		this.#timer.value = this.#clock.after(Math.min(Math.ceil(next - worked), 2 ** 31 - 1), () => this.#arm());
	}

	#warn(cap: CapName, used: number, limit: number, note?: string): void {
		const key = `${cap} ${note ?? ''}`;
		if (this.#warned.has(key) || limit === Number.POSITIVE_INFINITY) return;
		this.#warned.add(key);
		this.#tell({ type: 'run.warning', cap, used: Math.round(used), limit, ...(note === undefined ? {} : { note }) });
	}
}

/** Lets so many in at once; the others wait in line. */
export class Semaphore {
	readonly #waiting: { readonly enter: () => void; readonly signal: AbortSignal }[] = [];
	#free: number;

	constructor(count: number) {
		this.#free = count;
	}

	/** Whether somebody could enter without waiting. */
	get isFree(): boolean {
		return this.#free > 0;
	}

	/** Resolves with what lets the next one in. Rejects when `signal` aborts first. */
	enter(signal: AbortSignal): Promise<() => void> {
		return new Promise((resolve, reject) => {
			const entered = (): void => {
				signal.removeEventListener('abort', left);
				let isIn = true;
				resolve(() => {
					if (isIn) this.#leave();
					isIn = false;
				});
			};
			const entry = { enter: entered, signal };
			const left = (): void => {
				const at = this.#waiting.indexOf(entry);
				if (at >= 0) this.#waiting.splice(at, 1);
				reject(signal.reason instanceof Error ? signal.reason : new Error('Stopped'));
			};
			if (signal.aborted) {
				left();
				return;
			}
			if (this.#free > 0) {
				this.#free--;
				entered();
				return;
			}
			signal.addEventListener('abort', left, { once: true });
			this.#waiting.push(entry);
		});
	}

	#leave(): void {
		const next = this.#waiting.shift();
		if (next) next.enter();
		else this.#free++;
	}
}

function totalTokens({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: Usage): number {
	return input + output + cacheRead + cacheWrite5m + cacheWrite1h;
}
