import type { RunStatus } from '../../flow/engine/events';
import type { TriggerView } from '../../flow/triggers/triggerView';
import type { ExecutionId } from '../../base/ids';
import { defineAction, defineTopic, noParams, recordOf, textOf } from '../topic';

/** A flow of this workspace, to choose one. */
export interface FlowChoice {
	/** From the workspace folder on, with `/`. */
	readonly path: string;
	readonly name: string;
}

export const flowListTopic = defineTopic<null, readonly FlowChoice[]>({ name: 'flowList', read: noParams });

/** A run of a flow, as a widget shows it. */
export interface FlowRunLine {
	readonly id: ExecutionId;
	readonly status: RunStatus;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly durationMs: number | null;
	readonly cost: number | null;
	readonly error: string | null;
	/** Nodes that have ended, of all; `null` for a run that is not followed. */
	readonly done: number | null;
	/** Names of nodes that run or wait now. */
	readonly active: readonly string[];
}

/** A flow with how it stands. */
export interface FlowLine {
	readonly uri: string;
	readonly name: string;
	readonly description: string;
	readonly nodes: number;
	/** It goes on, in this window. */
	readonly isRunning: boolean;
	readonly run: FlowRunLine | null;
	/** What the last run gave, each in some lines. */
	readonly outputs: readonly { readonly name: string; readonly text: string }[];
}

// A type, not an interface: it travels as JSON.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type FlowParams = { readonly path: string };

export const flowTopic = defineTopic<FlowParams, FlowLine>({
	name: 'flow',
	read: params => ({ path: textOf(recordOf(params)['path']) }),
});

/** A trigger of a flow of this workspace. */
export interface ScheduleLine extends TriggerView {
	readonly uri: string;
	readonly flow: string;
}

export const schedulesTopic = defineTopic<null, readonly ScheduleLine[]>({ name: 'schedules', read: noParams });

export const triggerVerbs = ['turnOn', 'turnOff', 'run'] as const;
export type TriggerVerb = (typeof triggerVerbs)[number];

// oxlint-disable-next-line typescript/consistent-type-definitions -- it travels as JSON
export type TriggerWish = { readonly uri: string; readonly node: string; readonly verb: TriggerVerb };

/** Turns a trigger on or off, or runs its flow as it would. */
export const actOnTrigger = defineAction<TriggerWish>({
	name: 'schedules.act',
	read: params => {
		const { uri, node, verb } = recordOf(params);
		const known = triggerVerbs.find(each => each === verb);
		if (!known) throw new Error(`verb must be one of ${triggerVerbs.join(', ')}`);
		return { uri: textOf(uri, 2000), node: textOf(node), verb: known };
	},
});
