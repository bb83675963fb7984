import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import type { FlowEditorContract, PersonAnswer } from '../../core/flow/editorProtocol';
import type { ExecutionId } from '../../core/base/ids';
import type { FlowRun } from '../../core/flow/engine/flowRun';
import type { WaitAnswer } from '../../core/flow/engine/waits';
import { comparisonOf, replayOf } from '../../core/flow/runs/runViews';
import type { Handlers } from '../../core/rpc/rpc';
import type { CommandId } from '../host/ids';
import { answerSchema, breakpointsSchema } from './checks';
import type { PageContext } from './parts';
import { fileOf } from './runs';

type Names =
	| 'trigger'
	| 'run'
	| 'control'
	| 'answer'
	| 'setBreakpoints'
	| 'watch'
	| 'runs'
	| 'showRun'
	| 'compareRuns'
	| 'replay'
	| 'addToTests';

/** Commands show their own failures. */
const triggerCommands = {
	turnOn: 'quarterdeck.flows.turnOnTrigger',
	turnOff: 'quarterdeck.flows.turnOffTrigger',
	run: 'quarterdeck.flows.runTrigger',
	copyCurl: 'quarterdeck.flows.copyCurl',
} as const satisfies Record<string, CommandId>;

/** What a page asks about runs. */
export function runHandlers(page: PageContext): Pick<Handlers<FlowEditorContract>, Names> {
	const { runs } = page.parts;
	const { book } = runs;
	const live = (id: ExecutionId): FlowRun => {
		const run = book.find(id)?.run;
		if (run) return run;
		throw new ExpectedError('run-over', 'This run does not go on in this window (any more).');
	};
	return {
		trigger: async ({ node, action }) => {
			await vscode.commands.executeCommand(triggerCommands[action], { uri: page.uri, node });
		},
		run: async ({ scope, withLastInputs }) => {
			if (book.liveOf(fileOf(page.uri)))
				throw new ExpectedError('run-goes-on', 'A run of this flow goes on. Stop it first, or wait for its end.');
			await runs.start(page.document, scope, withLastInputs);
		},
		control: ({ run: id, action }) => control(live(id), action),
		answer: ({ run: id, wait, answer }) => {
			if (!live(id).answer(wait, answerOf(answerSchema.parse(answer))))
				throw new ExpectedError('wait-over', 'This has been answered already, or its time is over.');
		},
		setBreakpoints: ({ breakpoints }) => runs.setBreakpoints(page.uri, breakpointsSchema.parse(breakpoints)),
		watch: ({ nodes }) => page.shown.watch(nodes),
		runs: () => runs.list(page.uri),
		showRun: ({ run: id }) => page.shown.show(id),
		compareRuns: async ({ a, b }) => {
			const [left, right] = await Promise.all([a, b].map(id => book.read(fileOf(page.uri), id)));
			const statuses = new Map([
				[left!, await book.statusOf(left!)],
				[right!, await book.statusOf(right!)],
			]);
			return comparisonOf(left!, right!, stored => statuses.get(stored) ?? 'interrupted');
		},
		replay: async ({ run: id }) => replayOf(await book.read(fileOf(page.uri), id)),
		addToTests: async ({ run: id }) => (await import('./testing/addToTests')).addToTests(runs, page.uri, id),
	};
}

function control(run: FlowRun, action: 'stop' | 'pause' | 'continue' | 'stepOver' | 'stepInto'): void {
	if (action === 'stop') run.stop();
	else if (action === 'pause') run.pause();
	else if (action === 'continue') run.resume();
	else run.step(action === 'stepOver' ? 'over' : 'into');
}

/** An answer of the page as the engine takes it. */
export function answerOf(answer: PersonAnswer): WaitAnswer {
	if (answer.kind !== 'rerun') return answer;
	return { kind: 'rerun', choice: answer.isRun ? 'again' : 'fail' };
}
