import type { Json } from '../../base/json';
import type { PortValues } from '../nodes/nodeType';
import { cacheKey, type CacheStore } from './cache';
import { startContainer } from './containers';
import type { Debugger, Hold } from './debugger';
import type { EarlierRun, EndedNode } from './earlier';
import { FlowError } from './errors';
import type { RunEvent } from './events';
import type { Frame } from './frame';
import type { Frames } from './frames';
import type { RunHub } from './hub';
import { NodeCall, type CallOwner } from './nodeCall';
import { bypassed, formatMs, isThenable, noteOutput, parseParams } from './nodeEnd';
import { NodeFailure, isWorthRetrying, retryAfterOf } from './nodeFailure';
import { retryDelay } from './retry';
import { checkOutputs, endsRun, messageOf, storeOutputs, type CheckedOutputs, type StoredOutputs } from './values';

type EndState = Extract<RunEvent, { type: 'node.ended' }>['state'];

/** What the runner of nodes needs beside the run's own. */
export interface RunnerPorts {
	readonly frames: Frames;
	readonly debugger: Debugger;
	/** What a run that was killed had done already. */
	readonly earlier: EarlierRun | undefined;
	readonly cache: CacheStore | undefined;
	/** Keeps large values; absent: they stay in the events. */
	readonly put: ((text: string) => Promise<string>) | undefined;
	/** Resolves when everything told so far is on disk. */
	readonly durable: (() => Promise<void>) | undefined;
	/** Ends the whole run. */
	failRun(error: unknown): void;
	runFlow: CallOwner['runFlow'];
}

/** Runs nodes: their parameters, attempts, limits, failures and results. */
export class NodeRunner implements CallOwner {
	readonly #hub: RunHub;
	readonly #ports: RunnerPorts;
	readonly #postponed = new Set<string>();

	constructor(hub: RunHub, ports: RunnerPorts) {
		this.#hub = hub;
		this.#ports = ports;
	}

	/** Begins a node that is ready. */
	perform(frame: Frame, local: number): void {
		const compiled = frame.body.nodes[local]!;
		const { earlier, debugger: debug } = this.#ports;
		const ended = earlier?.ended(frame.path, compiled.id);
		if (ended) {
			const place = `${frame.path}/${compiled.id}`;
			// Holding pauses the run: what waited beside it when the program was killed begins to wait again first.
			if (ended.isHeld && !this.#postponed.has(place)) {
				this.#postponed.add(place);
				this.#hub.scheduler.add(frame, local);
			} else this.#restore(frame, local, ended);
			return;
		}
		const isContainer = compiled.container !== null;
		if (!isContainer && !this.#hub.scheduler.acquire(frame, local)) return;
		const call = new NodeCall(this.#hub, frame, local, this);
		call.hasSlot = !isContainer;
		if (earlier) call.attempt = earlier.attempts(frame.path, compiled.id);
		if (debug.isActive && debug.stops(call, 'before')) {
			call.park();
			debug.hold({ call, when: 'before', outputs: null, resume: () => this.#afterHold(call, () => this.#begin(call)) });
			return;
		}
		const isUnsure = earlier !== undefined && compiled.effects === 'writes' && !compiled.isIdempotent;
		if (isUnsure && earlier.wasCutOff(frame.path, compiled.id)) this.#askAgain(call);
		else this.#begin(call);
	}

	stopped(call: NodeCall): void {
		this.#tellEnd(call, 'stopped', {}, null);
		this.#release(call);
	}

	runFlow(call: NodeCall, path: string, inputs: Readonly<Record<string, Json>>): ReturnType<CallOwner['runFlow']> {
		return this.#ports.runFlow(call, path, inputs);
	}

	/** A container's passes are over. */
	succeed(call: NodeCall, raw: unknown): void {
		if (call.isOver) return;
		let checked: CheckedOutputs;
		try {
			checked = checkOutputs(raw, this.#hub.limits.maxValue);
		} catch (error) {
			this.fail(call, error);
			return;
		}
		this.#complete(call, checked, 'succeeded');
	}

	/** An attempt failed. */
	fail(call: NodeCall, error: unknown): void {
		if (call.isOver) return;
		const { retry } = call.compiled.node;
		const durationMs = this.#duration(call);
		call.closeAttempt();
		if (endsRun(error)) {
			this.#tellEnd(call, 'failed', {}, messageOf(error));
			this.#close(call);
			this.#ports.failRun(error);
			return;
		}
		if (retry && call.attempt > 0 && call.attempt <= retry.max && isWorthRetrying(error)) {
			const delayMs = retryDelay(retry, call.attempt, retryAfterOf(error), this.#hub.random);
			const { attempt, cost } = call;
			const text = messageOf(error);
			call.emit({ type: 'node.retrying', ...call.place, attempt, delayMs, error: text, durationMs, cost });
			call.frame.calls.add(call);
			call.park();
			call.timer = this.#hub.clock.after(delayMs, () => void this.#retry(call));
			return;
		}
		const { debugger: debug } = this.#ports;
		if (debug.isActive && debug.stops(call, 'error', { error: NodeFailure.of(call.compiled.id, error).value })) {
			call.park();
			const resume = (hold: Hold): void => this.#afterHold(call, () => this.#failed(call, error, hold.outputs));
			debug.hold({ call, when: 'error', outputs: null, resume });
			return;
		}
		this.#failed(call, error, null);
	}

	#afterHold(call: NodeCall, next: () => void): void {
		void call.unpark().then(() => {
			if (!call.isOver) next();
			this.#hub.scheduler.wake();
		});
	}

	async #retry(call: NodeCall): Promise<void> {
		await call.unpark();
		if (!call.isOver) this.#attempt(call);
		this.#hub.scheduler.wake();
	}

	#begin(call: NodeCall): void {
		const { compiled, inputs } = call;
		try {
			if (compiled.node.skip === 'bypass') {
				this.succeed(call, bypassed(inputs, compiled.firstOutput));
				return;
			}
			const lacking = compiled.slots.find(({ port, isRequired }) => isRequired && inputs[port] === undefined);
			if (lacking) throw new FlowError('node-input', `Nothing came to '${lacking.port}', which this node needs.`);
			call.params =
				compiled.fixedParams ??
				parseParams(compiled.type, this.#hub.expressions.resolve(compiled.params, call.scope(), compiled.type));
		} catch (error) {
			this.fail(call, error);
			return;
		}
		if (this.#ports.cache && compiled.isCached && compiled.container === null) this.#lookUp(call, this.#ports.cache);
		else this.#attempt(call);
	}

	#lookUp(call: NodeCall, cache: CacheStore): void {
		const { params, type } = call.compiled;
		const outside = this.#hub.expressions.outside?.(params, call.scope(), type);
		const key = cacheKey(call.compiled, call.params, call.inputs, outside);
		const use = (found: PortValues | undefined): void => {
			if (call.isOver) return;
			if (found) this.#complete(call, checkOutputs(found, Number.POSITIVE_INFINITY), 'cached');
			else {
				call.cacheKey = key;
				this.#attempt(call);
			}
		};
		const found = cache.get(key);
		if (!(found instanceof Promise)) {
			use(found);
			return;
		}
		call.frame.calls.add(call);
		// A cache that cannot be read is one that has nothing.
		void found
			.catch(() => undefined)
			.then(result => {
				use(result);
				this.#hub.scheduler.wake();
			});
	}

	#attempt(call: NodeCall): void {
		const { compiled } = call;
		try {
			this.#hub.meter.step();
		} catch (error) {
			this.fail(call, error);
			return;
		}
		call.attempt++;
		call.flows = 0;
		call.cost = null;
		call.startedAt = this.#hub.clock.monotonic();
		const isRisky = compiled.effects === 'writes' && compiled.container === null;
		this.#hub.emit({ type: 'node.started', node: compiled.id, frame: call.frame.path, attempt: call.attempt }, isRisky);
		if (compiled.container !== null) {
			call.frame.calls.add(call);
			this.#arm(call);
			startContainer(call, this.#containers);
		} else if (isRisky && this.#ports.durable) {
			call.frame.calls.add(call);
			const { token } = call;
			this.#ports.durable().then(
				() => {
					if (!call.isOver && call.token === token) this.#invoke(call);
					this.#hub.scheduler.wake();
				},
				(error: unknown) => this.#ports.failRun(error),
			);
		} else this.#invoke(call);
	}

	get #containers(): { frames: Frames; succeed: NodeRunner['succeed']; fail: NodeRunner['fail'] } {
		return {
			frames: this.#ports.frames,
			succeed: (call, outputs) => this.succeed(call, outputs),
			fail: (call, error) => this.fail(call, error),
		};
	}

	#invoke(call: NodeCall): void {
		const { type } = call.compiled;
		let result: unknown;
		try {
			result = type.run?.(call.inputs, call.params, call);
		} catch (error) {
			this.fail(call, error);
			return;
		}
		if (!isThenable(result)) {
			this.succeed(call, result);
			return;
		}
		call.frame.calls.add(call);
		this.#arm(call);
		const { token } = call;
		result.then(
			raw => {
				if (!call.isOver && call.token === token) this.succeed(call, raw);
				this.#hub.scheduler.wake();
			},
			(error: unknown) => {
				if (!call.isOver && call.token === token) this.fail(call, error);
				this.#hub.scheduler.wake();
			},
		);
	}

	/** A node that heeds no signal is no longer waited for. */
	#arm(call: NodeCall): void {
		const { timeoutMs } = call.compiled.node;
		if (timeoutMs === undefined || call.isOver) return;
		call.timer = this.#hub.clock.after(timeoutMs, () => {
			this.fail(call, new FlowError('node-timeout', `It took longer than ${formatMs(timeoutMs)}.`));
			this.#hub.scheduler.wake();
		});
	}

	#complete(call: NodeCall, checked: CheckedOutputs, state: EndState): void {
		const stored = storeOutputs(checked, this.#ports.put);
		if (!(stored instanceof Promise)) {
			this.#ended(call, checked.values, stored, state);
			return;
		}
		call.frame.calls.add(call);
		const { token } = call;
		stored.then(
			outputs => {
				if (!call.isOver && call.token === token) this.#ended(call, checked.values, outputs, state);
				this.#hub.scheduler.wake();
			},
			(error: unknown) => this.#ports.failRun(error),
		);
	}

	#ended(call: NodeCall, values: PortValues, stored: StoredOutputs, state: EndState): void {
		this.#tellEnd(call, state, stored, null);
		if (call.cacheKey !== undefined && state === 'succeeded') this.#ports.cache?.set(call.cacheKey, values);
		this.#holdAfter(call, values);
	}

	/** The end is told and on its way to disk; what depends on the node waits for the person. */
	#holdAfter(call: NodeCall, values: PortValues, isForced = false): void {
		const { debugger: debug } = this.#ports;
		const output = values as Readonly<Record<string, Json>>;
		if (isForced || (debug.isActive && debug.stops(call, 'after', { output }))) {
			call.park();
			const resume = (hold: Hold): void => this.#afterHold(call, () => this.#settle(call, hold.outputs ?? values));
			debug.hold({ call, when: 'after', outputs: values, resume });
		} else this.#settle(call, values);
	}

	#settle(call: NodeCall, values: PortValues): void {
		const { frame, local } = call;
		this.#close(call);
		noteOutput(frame, local, values, call.inputs);
		frame.settle(local, values);
	}

	/** After the last attempt: what the node's policy says. @param instead what a person wants in its place */
	#failed(call: NodeCall, error: unknown, instead: PortValues | null): void {
		const { compiled, frame, local } = call;
		const policy = compiled.node.onError ?? 'stop';
		const failure = NodeFailure.of(compiled.id, error);
		const values =
			instead ?? (policy === 'branch' ? { error: failure.value } : policy === 'stop' ? null : policy.value);
		const text = error instanceof NodeFailure ? error.message : messageOf(error);
		if (values === null) {
			this.#tellEnd(call, 'failed', {}, text);
			this.#close(call);
			this.#ports.frames.fail(frame, local, failure);
			return;
		}
		const stored = storeOutputs(checkOutputs(values, Number.POSITIVE_INFINITY), undefined) as StoredOutputs;
		this.#tellEnd(call, 'failed', stored, text);
		this.#settle(call, values);
	}

	#restore(frame: Frame, local: number, { outputs, error, isHeld }: EndedNode): void {
		const call = new NodeCall(this.#hub, frame, local, this);
		if (outputs === null) {
			const failure = new NodeFailure(call.node, new FlowError('given-up', error ?? 'It failed.'));
			this.#ports.frames.fail(frame, local, failure);
		} else if (isHeld) this.#holdAfter(call, outputs, true);
		else this.#settle(call, outputs);
	}

	/** It may have done its work before the program was killed: only a person can know. */
	#askAgain(call: NodeCall): void {
		const name = call.compiled.node.name ?? call.compiled.id;
		const ask = {
			id: call.nextAsk(),
			title: `Run '${name}' again?`,
			detail: 'The program ended while this node was running, so it may have done its work already.',
			questions: [],
			timeoutMs: null,
		};
		call.frame.calls.add(call);
		const answered = call.parked(() => this.#hub.waits.ask(call.place, 'rerun', ask, call.signal));
		answered.then(
			answer => {
				if (call.isOver) return;
				if (answer?.kind !== 'rerun' || answer.choice === 'fail')
					this.fail(call, new FlowError('given-up', 'It was running when the program ended, and was given up.'));
				else if (answer.choice === 'done') this.succeed(call, answer.outputs ?? {});
				else this.#begin(call);
				this.#hub.scheduler.wake();
			},
			// The run was stopped: the call has been told already.
			() => undefined,
		);
	}

	#tellEnd(call: NodeCall, state: EndState, outputs: StoredOutputs, error: string | null): void {
		const { compiled, attempt, cost, frame } = call;
		this.#hub.emit({
			type: 'node.ended',
			node: compiled.id,
			frame: frame.path,
			attempt,
			state,
			outputs,
			error,
			durationMs: this.#duration(call),
			cost,
		});
	}

	#duration(call: NodeCall): number {
		return call.attempt === 0 ? 0 : Math.round((this.#hub.clock.monotonic() - call.startedAt) * 100) / 100;
	}

	#close(call: NodeCall): void {
		call.isOver = true;
		call.closeAttempt();
		call.frame.calls.delete(call);
		this.#release(call);
	}

	#release(call: NodeCall): void {
		const { scheduler } = this.#hub;
		if (call.hasSlot) {
			call.hasSlot = false;
			if (call.parks > 0) scheduler.releaseType(call.frame, call.local);
			else scheduler.release(call.frame, call.local);
		}
		if (this.#ports.debugger.isActive) this.#ports.debugger.ended(call);
	}
}
