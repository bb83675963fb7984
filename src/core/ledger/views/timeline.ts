import type { StepId } from '../../base/ids';
import type { ExecutionRow, StepRow } from '../queries';

/** One row of a waterfall: a step with its place in the tree and on the time axis. */
export interface TimelineRow {
	readonly step: StepRow;
	/** 0 for a step without a parent. */
	readonly depth: number;
	readonly childCount: number;
	readonly isCollapsed: boolean;
	/** Where the bar begins and how long it is, as parts of the whole (0 to 1). */
	readonly offset: number;
	readonly width: number;
	readonly duration: number;
}

/** The time axis of an execution. Clocks that went backwards never give a negative or empty span. */
export function timeSpan(
	execution: ExecutionRow,
	steps: readonly StepRow[],
	now: number,
): { start: number; end: number } {
	let start = execution.startedAt;
	let end = execution.endedAt ?? now;
	for (const step of steps) {
		if (step.startedAt < start) start = step.startedAt;
		const stepEnd = endOf(step, execution, now);
		if (stepEnd > end) end = stepEnd;
	}
	return { start, end: Math.max(end, start + 1) };
}

/** Steps in the order they began, each under its parent, without what is under a collapsed one. */
export function timelineRows(
	execution: ExecutionRow,
	steps: readonly StepRow[],
	now: number,
	collapsed: ReadonlySet<StepId> = new Set(),
): TimelineRow[] {
	const { start, end } = timeSpan(execution, steps, now);
	const known = new Set(steps.map(step => step.id));
	const children = new Map<StepId | null, StepRow[]>();
	for (const step of [...steps].sort(earliestFirst)) {
		// A parent that was not recorded must not hide its steps.
		const parent = step.parent !== null && known.has(step.parent) && step.parent !== step.id ? step.parent : null;
		const siblings = children.get(parent);
		if (siblings) siblings.push(step);
		else children.set(parent, [step]);
	}
	const rows: TimelineRow[] = [];
	const shown = new Set<StepId>();
	const roots = children.get(null) ?? [];
	const stack = roots.toReversed().map(step => ({ step, depth: 0, isHidden: false }));
	const walk = (): void => {
		for (let next = stack.pop(); next; next = stack.pop()) {
			const { step, depth, isHidden } = next;
			if (shown.has(step.id)) continue;
			shown.add(step.id);
			const below = children.get(step.id) ?? [];
			const isCollapsed = below.length > 0 && collapsed.has(step.id);
			if (!isHidden) {
				const stepEnd = endOf(step, execution, now);
				rows.push({
					step,
					depth,
					childCount: below.length,
					isCollapsed,
					offset: (step.startedAt - start) / (end - start),
					width: Math.max(0, stepEnd - step.startedAt) / (end - start),
					duration: Math.max(0, stepEnd - step.startedAt),
				});
			}
			for (const child of below.toReversed())
				stack.push({ step: child, depth: depth + 1, isHidden: isHidden || isCollapsed });
		}
	};
	walk();
	// Steps whose parents form a circle (a journal edited by hand) hang under no root; they are shown all the same.
	for (const step of steps) {
		if (shown.has(step.id)) continue;
		stack.push({ step, depth: 0, isHidden: false });
		walk();
	}
	return rows;
}

/** Steps that went wrong, in the order they began. */
export function failedSteps(steps: readonly StepRow[]): StepRow[] {
	return steps.filter(step => step.status === 'failed' || step.status === 'refused').sort(earliestFirst);
}

/** Whether any step or the execution itself still moves, so that bars must grow. */
export function isMoving(execution: ExecutionRow): boolean {
	return execution.endedAt === null && (execution.status === 'running' || execution.status === 'waiting');
}

function endOf(step: StepRow, execution: ExecutionRow, now: number): number {
	if (step.endedAt !== null) return step.endedAt;
	// A step that never ended, of an execution that did, lasted no longer than the execution.
	return isMoving(execution) ? now : Math.max(execution.endedAt ?? step.startedAt, step.startedAt);
}

function earliestFirst(left: StepRow, right: StepRow): number {
	return left.startedAt - right.startedAt || (left.id < right.id ? -1 : 1);
}
