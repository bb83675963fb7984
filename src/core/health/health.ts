import type { Event } from '../base/event';
import type { HealthState, Intent } from '../ledger/machineEvents';

export type ServiceKind = 'claude' | 'provider' | 'mcp' | 'ledger' | 'http' | 'tcp' | 'command' | 'file';

/** A service as trees, pages, rules and widgets see it. */
export interface ServiceView {
	/** `claude`, `provider:<id>`, `mcp:<id>`, `ledger`, `n8n`, `comfyui`, or `user:<name>`. */
	readonly id: string;
	readonly name: string;
	readonly kind: ServiceKind;
	readonly state: HealthState;
	/** One sentence: what the last check saw. */
	readonly reason: string;
	/** Since when it is in this state, milliseconds since 1970. */
	readonly since: number;
	/** When it was last looked at; `null` for never. */
	readonly checkedAt: number | null;
	/** Of the last check. */
	readonly latencyMs: number | null;
	/** Ids of services that it needs. */
	readonly needs: readonly string[];
	/** Which of `start`, `stop`, `restart`, `logs` can be done to it here. */
	readonly actions: readonly ServiceAction[];
	/** What whoever starts it is to know. */
	readonly startNote?: string;
	/** It was stopped on purpose, or nobody has started it: it raises nothing. */
	readonly isStopped: boolean;
	/** Somebody counts on it: it was set up, or it was seen at work. Only then is its failure an alert. */
	readonly isExpected: boolean;
}

export type ServiceAction = 'start' | 'stop' | 'restart' | 'logs';

export interface HealthChange {
	readonly service: ServiceView;
	readonly previous: HealthState;
	readonly intent: Intent;
}

/** The services of this window's machine, checked by one window for all. */
export interface HealthFeed {
	readonly services: readonly ServiceView[];
	readonly onDidChange: Event<void>;
	/** After hysteresis: one failed check is no change yet. */
	readonly onDidChangeState: Event<HealthChange>;
	/** Looks at once; resolves with what it saw. */
	check(id: string): Promise<ServiceView>;
	/**
	 * Does it and watches until the service is in the state that was asked for, or the time is up.
	 * @throws `ExpectedError` with a sentence when it cannot be done
	 */
	act(id: string, action: Exclude<ServiceAction, 'logs'>, intent: Intent): Promise<ServiceView>;
}
