import type { NodeId } from '../../../core/flow/model/flow';
import { nearest, readingOrder, type Direction } from '../graph/walk';
import { describeNode } from '../state/describe';
import { selectOnly } from '../state/selection';
import type { Action, Actions, CommandContext } from './action';

type Id = `go.${Direction}` | `extend.${Direction}` | 'go.first' | 'go.last' | 'problems.next';

/** Walking over the graph by keyboard: to the nearest node in a direction. */
export function goCommands(context: CommandContext): Actions<Id> {
	const { editor } = context;
	const go =
		(direction: Direction, isExtending: boolean): Action =>
		() => {
			const { current, nodes } = editor.selection.get();
			const from = editor.index.box(current ?? '');
			if (!from) return start(context);
			const to = nearest(editor.index, from, direction);
			if (!to) return editor.say('There is no node in this direction.');
			reach(context, to.id, isExtending ? nodes : null);
		};
	return {
		'go.left': go('left', false),
		'go.right': go('right', false),
		'go.up': go('up', false),
		'go.down': go('down', false),
		'extend.left': go('left', true),
		'extend.right': go('right', true),
		'extend.up': go('up', true),
		'extend.down': go('down', true),
		'go.first': () => start(context),
		'go.last': () => {
			const last = readingOrder(editor.index.boxes()).at(-1);
			if (last) reach(context, last.id, null);
		},
		'problems.next': () => {
			const ids = [...new Set(editor.doc.get().problems.flatMap(problem => problem.node ?? []))];
			const at = ids.indexOf(editor.selection.get().current ?? '');
			const next = ids[(at + 1) % ids.length];
			if (next === undefined) return editor.say('There are no problems.');
			reach(context, next, null);
		},
	};
}

function start(context: CommandContext): void {
	const [first] = readingOrder(context.editor.index.boxes());
	if (first) reach(context, first.id, null);
	else context.editor.say('The flow is empty.');
}

/** Makes a node the current one, in view and read aloud. */
export function reach({ editor, canvas }: CommandContext, id: NodeId, kept: ReadonlySet<NodeId> | null): void {
	const fold = editor.index.foldOf(id);
	if (fold) editor.fold([fold.id], false);
	editor.selection.set(selectOnly(kept ? [...kept, id] : [id], id));
	canvas.reveal(id);
	editor.say(describeNode(editor, id));
}
