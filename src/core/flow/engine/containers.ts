import type { Json } from '../../base/json';
import type { PortValues } from '../nodes/nodeType';
import { FlowError } from './errors';
import type { Frame } from './frame';
import type { Frames } from './frames';
import type { NodeCall } from './nodeCall';
import { NodeFailure } from './nodeFailure';

/** How a container ends. */
export interface ContainerPorts {
	readonly frames: Frames;
	succeed(call: NodeCall, outputs: PortValues): void;
	fail(call: NodeCall, error: unknown): void;
}

const defaultConcurrency = 4;
const defaultIterations = 100;

/** Begins the passes of a container. It ends through `ports`, never before this returns. */
export function startContainer(call: NodeCall, ports: ContainerPorts): void {
	switch (call.compiled.container) {
		case 'map':
			return new Passes(call, ports, numberParam(call, 'concurrency', defaultConcurrency), false).start();
		case 'forEach':
			return new Passes(call, ports, 1, true).start();
		case 'while':
			return new Loop(call, ports).start();
		case 'try':
			return startTry(call, ports);
		case 'race':
			return startRace(call, ports);
		case null:
			throw new Error(`${call.compiled.id} is no container`);
	}
}

function param(call: NodeCall, name: string): unknown {
	const { params } = call;
	return typeof params === 'object' && params !== null
		? (params as Readonly<Record<string, unknown>>)[name]
		: undefined;
}

function numberParam(call: NodeCall, name: string, otherwise: number): number {
	const value = param(call, name);
	return typeof value === 'number' && value >= 1 ? Math.floor(value) : otherwise;
}

/** One pass for each item, so many at once. */
class Passes {
	readonly #call: NodeCall;
	readonly #ports: ContainerPorts;
	readonly #concurrency: number;
	/** Each pass sees the result of the one before. */
	readonly #isInLine: boolean;
	readonly #onItemError: unknown;
	readonly #open = new Set<Frame>();
	readonly #results: (Json | undefined)[] = [];
	readonly #errors: Json[] = [];
	#items: readonly Json[] = [];
	#next = 0;

	constructor(call: NodeCall, ports: ContainerPorts, concurrency: number, isInLine: boolean) {
		this.#call = call;
		this.#ports = ports;
		this.#concurrency = concurrency;
		this.#isInLine = isInLine;
		this.#onItemError = param(call, 'onItemError');
	}

	start(): void {
		const { items } = this.#call.inputs;
		if (!Array.isArray(items)) {
			const text = `'${this.#call.compiled.id}' needs a list at 'items'.`;
			this.#ports.fail(this.#call, new FlowError('node-input', text));
			return;
		}
		this.#items = items as readonly Json[];
		this.#results.length = items.length;
		this.#call.onAbort = () => this.#ports.frames.abort(this.#open);
		this.#more();
	}

	#more(): void {
		while (this.#open.size < this.#concurrency && this.#next < this.#items.length) this.#pass(this.#next++);
		if (this.#open.size === 0 && this.#next >= this.#items.length) this.#end();
	}

	#pass(index: number): void {
		const item = this.#items[index]!;
		// Named in the first pass as well, so that it is not taken for that of a container around.
		const before = index === 0 ? undefined : (this.#results[index - 1] ?? null);
		const previous = this.#isInLine ? { previous: before } : {};
		const entry = { item, index, count: this.#items.length, ...previous };
		const frame = this.#ports.frames.openPass(this.#call, index, entry, error => {
			this.#open.delete(frame);
			if (error === null) this.#results[index] = frame.exitValue('result') ?? null;
			else if (!this.#takeError(index, error)) return;
			this.#more();
		});
		this.#open.add(frame);
	}

	/** @returns whether the others go on */
	#takeError(index: number, error: unknown): boolean {
		const failure = NodeFailure.of(this.#call.compiled.id, error);
		if (this.#onItemError !== 'skip' && this.#onItemError !== 'null') {
			this.#ports.fail(this.#call, failure);
			return false;
		}
		if (this.#onItemError === 'null') this.#results[index] = null;
		this.#errors.push({ index, ...(failure.value as { readonly message: string }) });
		return true;
	}

	#end(): void {
		// A pass that was skipped has no result; one without a value has `null`.
		const results = this.#results.filter(result => result !== undefined);
		const isTolerant = this.#onItemError === 'skip' || this.#onItemError === 'null';
		const outputs: Record<string, Json> = { results };
		if (isTolerant) outputs['errors'] = this.#errors;
		if (this.#isInLine) outputs['last'] = results.at(-1) ?? null;
		this.#ports.succeed(this.#call, outputs);
	}
}

class Loop {
	readonly #call: NodeCall;
	readonly #ports: ContainerPorts;
	readonly #most: number;
	readonly #condition: unknown;
	#value: Json;
	#index = 0;

	constructor(call: NodeCall, ports: ContainerPorts) {
		this.#call = call;
		this.#ports = ports;
		this.#most = numberParam(call, 'maxIterations', defaultIterations);
		this.#condition = param(call, 'condition');
		this.#value = call.inputs['value'] ?? null;
	}

	start(): void {
		try {
			if (!this.#goesOn()) {
				this.#ports.succeed(this.#call, { value: this.#value, count: this.#index });
				return;
			}
		} catch (error) {
			this.#ports.fail(this.#call, error);
			return;
		}
		const entry = { value: this.#value, index: this.#index };
		const frame = this.#ports.frames.openPass(this.#call, this.#index, entry, error => {
			if (error === null) this.#passed(frame);
			else this.#ports.fail(this.#call, error);
		});
		this.#call.onAbort = () => this.#ports.frames.abort([frame]);
	}

	#passed(frame: Frame): void {
		this.#index++;
		const next = frame.exitValue('next');
		if (next === undefined) {
			this.#ports.succeed(this.#call, { value: this.#value, count: this.#index });
			return;
		}
		this.#value = next;
		this.start();
	}

	#goesOn(): boolean {
		if (this.#index >= this.#most) {
			this.#call.log(`Ended after ${this.#most} passes, the most it may make.`);
			return false;
		}
		if (typeof this.#condition !== 'string' || this.#condition.trim() === '') return true;
		const scope = this.#call.scope({ value: this.#value, index: this.#index });
		return Boolean(this.#call.hub.expressions.evaluate(this.#condition, scope));
	}
}

function startTry(call: NodeCall, ports: ContainerPorts): void {
	const frame = ports.frames.openPass(call, 0, entryOf(call), error => {
		if (error !== null) {
			ports.succeed(call, { error: NodeFailure.of(call.compiled.id, error).value });
			return;
		}
		const result = frame.exitValue('result');
		ports.succeed(call, result === undefined ? {} : { result });
	});
	call.onAbort = () => ports.frames.abort([frame]);
}

function startRace(call: NodeCall, ports: ContainerPorts): void {
	let hasWinner = false;
	const frame = ports.frames.openPass(call, 0, entryOf(call), () => {
		if (hasWinner) return;
		const lost = ports.frames.lost.get(frame) ?? [];
		const why =
			lost.length === 0 ? 'None of the branches gave a result.' : lost.map(({ message }) => message).join(' ');
		ports.fail(call, new FlowError('race-lost', why, { cause: lost[0] }));
	});
	frame.onExit = edge => {
		if (hasWinner) return;
		hasWinner = true;
		const from = frame.body.edgeFrom[edge]!;
		const winner = from < 0 ? call.compiled.id : frame.body.nodes[from]!.id;
		const result = frame.valueOf(edge) ?? null;
		// Not at once: the winner is just being settled.
		call.hub.scheduler.defer(() => {
			if (call.isOver) return;
			ports.frames.abort([frame]);
			ports.succeed(call, { result, winner });
		});
	};
	call.onAbort = () => ports.frames.abort([frame]);
}

function entryOf(call: NodeCall): PortValues {
	const { input } = call.inputs;
	return input === undefined ? {} : { input };
}
