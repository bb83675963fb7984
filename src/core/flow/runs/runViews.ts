import type { ExecutionId } from '../../base/ids';
import type { Replay, RunComparison, RunSummary } from '../editorProtocol';
import { compareRuns, type RunDifference } from '../engine/compareRuns';
import type { FramePath, NodeState, RunEvent, RunScope, RunStatus } from '../engine/events';
import type { StoredRun, TimedEvent } from '../engine/readJournal';
import { RunState } from '../engine/runState';
import type { Flow, NodeId } from '../model/flow';
import { RunDigest, type NodeRun, type RunView } from '../runView';

/** What a run of this part is called: `Run all`, `Run to Review`. */
export function scopeTitle(scope: RunScope, flow: Flow): string {
	if (scope.kind === 'all') return 'Run all';
	const name = (Object.hasOwn(flow.nodes, scope.node) ? flow.nodes[scope.node]?.name : undefined) ?? scope.node;
	return { toHere: 'Run to', fromHere: 'Run from', only: 'Run only' }[scope.kind] + ` ${name}`;
}

/** A run in one line. `status` is what is known beside its events: nobody runs it any more, or another window does. */
export function summaryOf(id: ExecutionId, state: RunState, flow: Flow, status: RunStatus = state.status): RunSummary {
	const failed =
		state.status === 'failed' ? [...state.nodes.values()].findLast(run => run.state === 'failed') : undefined;
	return {
		id,
		status,
		startedAt: state.startedAt,
		durationMs: state.endedAt === null ? null : Math.max(0, state.endedAt - state.startedAt),
		cost: state.cost,
		title: scopeTitle(state.scope, flow),
		failedNode: failed?.node ?? null,
	};
}

/** Whether an event is about the flow that is shown; nodes of the flows that it calls may have the same ids. */
export function isOfFlow(flow: Flow, event: RunEvent): boolean {
	return !('node' in event) || !('frame' in event) || isFrameOf(flow, event.frame ?? '');
}

/** Whether a pass is one of the flow itself, and not of a flow that it calls. */
export function isFrameOf(flow: Flow, frame: FramePath): boolean {
	if (frame === '') return true;
	return frame.split('/').every(part => {
		const id = part.replace(/(?:~\d+)?#\d+$/, '');
		return Object.hasOwn(flow.nodes, id) && !/^flow\.call(?:@|$)/.test(flow.nodes[id]?.type ?? '');
	});
}

const open: readonly NodeState[] = ['queued', 'running', 'waiting', 'retrying', 'paused'];

/** A run of a journal as the page shows it. What was in the middle of something when nobody ran it on is stopped. */
export function storedView(stored: StoredRun, status: RunStatus): RunView {
	const digest = new RunDigest(stored.execution, titleOf(stored), stored.startedAt);
	for (const { event, at } of stored.events) if (isOfFlow(stored.flow, event)) digest.add(event, at);
	const view = digest.run;
	if (status !== 'interrupted') return { ...view, status };
	const nodes = Object.entries(view.nodes).map(([id, run]): [NodeId, NodeRun] => [
		id,
		open.includes(run.state) ? { ...run, state: 'stopped', startedAt: null, wait: null } : run,
	]);
	return { ...view, status, nodes: Object.fromEntries(nodes) };
}

function titleOf({ events, flow }: StoredRun): string {
	const started = events.find(({ event }) => event.type === 'run.started')?.event;
	return scopeTitle(started?.type === 'run.started' ? started.scope : { kind: 'all' }, flow);
}

/** The events that a run ended with, and those before. */
export function stateOf(stored: StoredRun): RunState {
	return RunState.of(stored.events);
}

/** Changes closer to each other than this are one step of a film, milliseconds. */
const frameMs = 16;
const mostSteps = 3000;

/** A finished run as a film. A long one has fewer and larger steps. */
export function replayOf(stored: StoredRun): Replay {
	const digest = new RunDigest(stored.execution, titleOf(stored), stored.startedAt);
	const steps: { at: number; change: Replay['steps'][number]['change'] }[] = [];
	const total = Math.max(0, (stored.events.at(-1)?.at ?? stored.startedAt) - stored.startedAt);
	const step = Math.max(frameMs, total / mostSteps);
	let from = -Infinity;
	const take = (): void => {
		const change = digest.take();
		if (change) steps.push({ at: Math.max(0, from), change });
	};
	for (const { event, at } of withoutPauses(stored.events)) {
		const since = at - stored.startedAt;
		if (since - from >= step) {
			take();
			from = since;
		}
		if (isOfFlow(stored.flow, event)) digest.add(event, at);
	}
	take();
	return { durationMs: steps.at(-1)?.at ?? 0, steps };
}

const longestPauseMs = 2000;

/** Nobody watches a film of somebody thinking about an approval: such a pause is shortened. */
function* withoutPauses(events: readonly TimedEvent[]): Generator<TimedEvent> {
	let cut = 0;
	let before = events[0]?.at ?? 0;
	let isWaiting = false;
	for (const { event, at } of events) {
		if (isWaiting && at - before > longestPauseMs) cut += at - before - longestPauseMs;
		before = at;
		isWaiting = event.type === 'node.waiting' || (event.type === 'run.status' && event.status !== 'running');
		yield { event, at: at - cut };
	}
}

/** Nodes that went otherwise in one run than in the other. */
export function comparisonOf(a: StoredRun, b: StoredRun, status: (run: StoredRun) => RunStatus): RunComparison {
	const [left, right] = [stateOf(a), stateOf(b)];
	const nodes = new Map<NodeId, { what: Set<string>; ports: Set<string> }>();
	for (const difference of compareRuns(left, right)) {
		const entry = nodes.get(difference.place.node) ?? { what: new Set(), ports: new Set() };
		nodes.set(difference.place.node, entry);
		entry.what.add(differenceText(difference));
		for (const port of Object.keys(difference.ports)) entry.ports.add(port);
	}
	return {
		nodes: Object.fromEntries(
			[...nodes].map(([node, { what, ports }]) => [node, { what: [...what].join('; '), ports: [...ports] }]),
		),
		a: summaryOf(a.execution, left, a.flow, status(a)),
		b: summaryOf(b.execution, right, b.flow, status(b)),
	};
}

function differenceText({ states: [a, b], errors, ports }: RunDifference): string {
	if (a !== b) return `${a ?? 'not run'} → ${b ?? 'not run'}`;
	const names = Object.keys(ports);
	if (names.length > 0) return `another value at ${names.join(', ')}`;
	return `${errors[0] ?? 'no error'} → ${errors[1] ?? 'no error'}`;
}
