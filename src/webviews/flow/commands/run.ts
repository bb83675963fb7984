import type { Breakpoint, RunScope } from '../../../core/flow/engine/events';
import type { NodeId } from '../../../core/flow/model/flow';
import type { Doc } from '../state/editor';
import { isLive } from '../state/runs';
import type { Action, Actions, CommandContext } from './action';

type Id =
	| 'run.all'
	| 'run.again'
	| 'run.toHere'
	| 'run.fromHere'
	| 'run.only'
	| 'run.stop'
	| 'run.pause'
	| 'run.stepOver'
	| 'run.stepInto'
	| 'breakpoint'
	| 'pin';

/** Why the flow cannot be run now. */
export function whyNoRun({ isTrusted, textError }: Doc): string | null {
	if (!isTrusted) return 'Flows run in trusted workspaces only.';
	return textError ? 'The text of the flow has to be mended first.' : null;
}

/** Commands of the run. */
export function runCommands({ editor }: CommandContext): Actions<Id> {
	const run = async (scope: RunScope, withLastInputs = false): Promise<void> => {
		if (!editor.has('run')) return;
		const obstacle = whyNoRun(editor.doc.get());
		if (obstacle !== null) return editor.say(obstacle);
		await editor.attempt('run', { scope, withLastInputs });
	};
	const here =
		(kind: 'toHere' | 'fromHere' | 'only'): Action =>
		async () => {
			const node = editor.selection.get().current;
			if (node !== null) await run({ kind, node });
		};
	const control =
		(action: 'stop' | 'stepOver' | 'stepInto'): Action =>
		async () => {
			const now = editor.runs.run.get();
			if (now && isLive(now)) await editor.attempt('control', { run: now.id, action });
		};
	return {
		'run.all': async () => {
			const now = editor.runs.run.get();
			// One key starts, and goes on after a breakpoint, as in every debugger.
			if (now?.status === 'paused') await editor.attempt('control', { run: now.id, action: 'continue' });
			else if (!isLive(now)) await run({ kind: 'all' });
		},
		'run.again': () => run({ kind: 'all' }, true),
		'run.toHere': here('toHere'),
		'run.fromHere': here('fromHere'),
		'run.only': here('only'),
		'run.stop': control('stop'),
		'run.pause': async () => {
			const now = editor.runs.run.get();
			if (!now || !isLive(now)) return;
			await editor.attempt('control', { run: now.id, action: now.status === 'paused' ? 'continue' : 'pause' });
		},
		'run.stepOver': control('stepOver'),
		'run.stepInto': control('stepInto'),
		breakpoint: async () => {
			const nodes = [...editor.selection.get().nodes];
			if (nodes.length === 0 || !editor.has('run')) return;
			const breakpoints = toggledBreakpoints(editor.doc.get().breakpoints, nodes);
			editor.doc.patch({ breakpoints });
			await editor.attempt('setBreakpoints', { breakpoints });
		},
		pin: async () => {
			const { current } = editor.selection.get();
			if (current === null || !editor.has('pins')) return;
			await editor.attempt('setPin', { node: current, isOn: !editor.doc.get().pins.has(current) });
		},
	};
}

/** Takes breakpoints away when all of the nodes have one, else gives each one. */
export function toggledBreakpoints(now: readonly Breakpoint[], nodes: readonly NodeId[]): readonly Breakpoint[] {
	const has = new Set(now.map(each => each.node));
	const isOn = nodes.every(node => has.has(node));
	if (isOn) return now.filter(each => !nodes.includes(each.node));
	return [...now, ...nodes.filter(node => !has.has(node)).map(node => ({ node, when: 'before' as const }))];
}
