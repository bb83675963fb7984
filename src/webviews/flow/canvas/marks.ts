import type { ProblemView } from '../../../core/flow/editorProtocol';
import type { NodeState } from '../../../core/flow/engine/events';
import type { NodeId } from '../../../core/flow/model/flow';
import type { NodeRun } from '../../../core/flow/runView';
import { triggerFacts, type TriggerState, type TriggerView } from '../../../core/flow/triggers/triggerView';
import { formatCost } from '../../../core/base/money';
import { formatDuration } from '../../shared/format';

export interface NodeProblems {
	readonly severity: ProblemView['severity'];
	readonly text: string;
	readonly count: number;
}

const cache = new WeakMap<readonly ProblemView[], ReadonlyMap<NodeId, NodeProblems>>();
const order: Readonly<Record<ProblemView['severity'], number>> = { error: 2, warning: 1, info: 0 };

/** The worst problem of each node. */
export function problemsByNode(problems: readonly ProblemView[]): ReadonlyMap<NodeId, NodeProblems> {
	const known = cache.get(problems);
	if (known) return known;
	const map = new Map<NodeId, NodeProblems>();
	for (const { node, severity, message } of problems) {
		if (node === undefined) continue;
		const before = map.get(node);
		map.set(node, {
			severity: before && order[before.severity] >= order[severity] ? before.severity : severity,
			text: before ? `${before.text}\n${message}` : message,
			count: (before?.count ?? 0) + 1,
		});
	}
	cache.set(problems, map);
	return map;
}

/** How a state is drawn and called. */
export const stateLooks: Readonly<Record<NodeState, { readonly icon: string; readonly words: string }>> = {
	idle: { icon: '', words: '' },
	queued: { icon: 'clock', words: 'waits for its turn' },
	running: { icon: 'loading', words: 'runs' },
	waiting: { icon: 'person', words: 'waits for you' },
	retrying: { icon: 'refresh', words: 'will be tried again' },
	paused: { icon: 'debug-pause', words: 'stopped at a breakpoint' },
	succeeded: { icon: 'pass-filled', words: 'succeeded' },
	failed: { icon: 'error', words: 'failed' },
	stopped: { icon: 'circle-slash', words: 'stopped' },
	skipped: { icon: 'debug-step-over', words: 'skipped' },
	cached: { icon: 'database', words: 'taken from the cache' },
	pinned: { icon: 'pinned', words: 'pinned' },
};

/** What is said first of many nodes: what needs somebody, then what goes on, then how it ended. */
const foldOrder: readonly NodeState[] = ['failed', 'waiting', 'paused', 'retrying', 'running', 'queued', 'stopped'];

/** How the nodes of a folded group stand together; `null` when none of them ran. */
export function foldLook(states: readonly NodeState[]): { readonly icon: string; readonly words: string } | null {
	for (const state of foldOrder) {
		const count = states.filter(each => each === state).length;
		if (count > 0) return { icon: stateLooks[state].icon, words: `${count} ${countedWords[state] ?? state}` };
	}
	const done = states.filter(state => ['succeeded', 'cached', 'pinned'].includes(state)).length;
	return done === 0 ? null : { icon: stateLooks.succeeded.icon, words: `${done} done` };
}

const countedWords: Partial<Readonly<Record<NodeState, string>>> = {
	waiting: 'wait for you',
	paused: 'at a breakpoint',
	retrying: 'tried again',
};

/** `1.2 s · 12 items · $0.0123`, as far as there is anything to say. */
export function runFacts(run: NodeRun): string {
	const facts: string[] = [];
	if (run.times > 0 && run.durationMs > 0) facts.push(formatDuration(run.durationMs));
	if (run.times > 1) facts.push(`${run.times}×`);
	const items = Object.values(run.ports).find(count => count !== null);
	if (items !== undefined && items !== null) facts.push(items === 1 ? '1 item' : `${items} items`);
	if (run.cost !== null) facts.push(formatCost(run.cost));
	if (run.attempt > 1) facts.push(`try ${run.attempt}`);
	return facts.join(' · ');
}

/** How a trigger stands, in a line. */
export function triggerWords(trigger: TriggerView): string {
	return triggerFacts(trigger, Date.now());
}

/** How it is drawn that a trigger is on, or is not. */
export const triggerLooks: Readonly<Record<TriggerState, string>> = {
	off: 'circle-slash',
	on: 'broadcast',
	elsewhere: 'broadcast',
	changed: 'warning',
	wrong: 'error',
	paused: 'debug-pause',
};
