import type { TriggerMemory } from './armedStore';
import type { TriggerCause, TriggerSpec } from './spec';
import type { TriggerState, TriggerView } from './triggerView';
import { hookUrl } from './webhookServer';

/** What a window knows of a trigger that somebody turned on. */
export interface Standing {
	/** What was turned on. */
	readonly hash: string;
	readonly memory: TriggerMemory;
	readonly isEnabled: boolean;
	/** Of one that this window fires. */
	readonly active: { readonly problem: string; readonly next: number | null; readonly queued: number } | undefined;
}

/** A trigger as it is shown. @param standing `undefined`: it is off */
export function viewOf(spec: TriggerSpec, standing: Standing | undefined): TriggerView {
	const { node, title, kind, cause, maxPerHour } = spec;
	const { memory = {}, active } = standing ?? {};
	const { note, last } = memory;
	const state = stateOf(spec, standing);
	// What was not started before the last run began is history.
	const isRecent = note && note.at >= (last?.at ?? 0);
	const texts = [spec.problem ?? active?.problem, spec.doubt, isRecent ? `Not started: ${note.text}` : ''];
	return {
		node,
		title,
		kind,
		state,
		about: aboutOf(cause, memory.port),
		text: texts.filter(text => text).join(' '),
		next: state === 'on' ? (active?.next ?? null) : null,
		last: last ?? null,
		queued: active?.queued ?? 0,
		maxPerHour,
	};
}

function stateOf({ kind, problem, hash }: TriggerSpec, standing: Standing | undefined): TriggerState {
	if (!standing) return problem !== null && kind !== 'manual' ? 'wrong' : 'off';
	if (standing.hash !== hash) return 'changed';
	if (problem !== null || (standing.active && standing.active.problem !== '')) return 'wrong';
	if (!standing.isEnabled) return 'paused';
	return standing.active ? 'on' : 'elsewhere';
}

function aboutOf(cause: TriggerCause | undefined, port: number | undefined): string {
	switch (cause?.kind) {
		case 'schedule':
			return cause.words;
		case 'webhook':
			return `${cause.method} ${port === undefined ? `/hooks/${cause.path}` : hookUrl(port, cause.path)}`;
		case 'fileChange':
			return cause.pattern;
		case 'git':
			return `${cause.events.join(', ')}${cause.branches.length > 0 ? ` on ${cause.branches.join(', ')}` : ''}`;
		default:
			return '';
	}
}
