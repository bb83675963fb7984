import type { Lazy } from '../../core/base/async';
import type { Json } from '../../core/base/json';
import type { Disposable } from '../../core/base/lifecycle';
import type { Action, Topic } from '../../core/dashboard/topic';
import type { Sink } from '../../core/dashboard/topicHub';
import type { HardwareFeed } from '../../core/hardware/feed';
import type { Ledger } from '../../core/ledger/queries';
import type { Approvals } from '../../core/safety/approvals';
import type { Gate } from '../../core/safety/gate';
import type { Host } from '../host/context';
import type { Runners } from '../ledger/commands';
import type { Machine } from '../machine';

/** What sources read from and act on. */
export interface SourceDeps {
	readonly host: Host;
	readonly ledger: Lazy<Ledger>;
	readonly hardware: Lazy<HardwareFeed>;
	/** What runs executions in this window. */
	readonly runners: Runners;
	/** Decides what a press on a widget may do. */
	readonly approvals: Approvals;
	newGate(): Promise<Gate>;
	/** The other services: health, alerts, repairs. */
	readonly machine: Machine;
}

/** A topic and who tells it. */
export interface Teller {
	readonly name: string;
	/** Begins to tell until the result is disposed. Throws for parameters that are wrong. */
	open(params: unknown, sink: Sink<unknown, unknown>, deps: SourceDeps): Disposable;
}

/** An action and who does it. */
export interface Doer {
	readonly name: string;
	run(params: unknown, deps: SourceDeps): Promise<unknown>;
}

/** One origin of data: what it tells and what it can be asked to do. */
export interface Source {
	readonly tells: readonly Teller[];
	readonly does?: readonly Doer[];
}

/** Joins a topic to what tells it. */
export function tells<P extends Json, D, C>(
	topic: Topic<P, D, C>,
	open: (params: P, sink: Sink<D, C>, deps: SourceDeps) => Disposable,
): Teller {
	return {
		name: topic.name,
		open: (params, sink, deps) => open(readOrSay(topic, params), sink, deps),
	};
}

/** Joins an action to what does it. */
export function does<P, R>(action: Action<P, R>, run: (params: P, deps: SourceDeps) => Promise<R> | R): Doer {
	return { name: action.name, run: async (params, deps) => run(readOrSay(action, params), deps) };
}

function readOrSay<P>(what: { readonly name: string; read(params: unknown): P }, params: unknown): P {
	try {
		return what.read(params);
	} catch (error) {
		throw new Error(`'${what.name}' cannot be asked for: ${error instanceof Error ? error.message : String(error)}`, {
			cause: error,
		});
	}
}
