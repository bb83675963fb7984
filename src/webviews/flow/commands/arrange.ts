import type { NodeId } from '../../../core/flow/model/flow';
import { alignOps, distributeOps, moveOps, type Alignment } from '../edits/arrange';
import { gridStep } from '../../../core/flow/layout/sizes';
import type { Direction } from '../graph/walk';
import type { Action, Actions, CommandContext } from './action';

type Id =
	| `move.${Direction}`
	| `align.${Alignment}`
	| 'distribute.horizontal'
	| 'distribute.vertical'
	| 'layout.all'
	| 'layout.selection';

/** Commands that put nodes somewhere else. */
export function arrangeCommands(context: CommandContext): Actions<Id> {
	const { editor, canvas } = context;
	const selected = (): ReadonlySet<NodeId> => editor.selection.get().nodes;
	const move =
		(dx: number, dy: number): Action =>
		() => {
			if (selected().size > 0) editor.apply('Move', canvas.moveOps(selected(), dx * gridStep, dy * gridStep));
		};
	const align =
		(how: Alignment): Action =>
		() =>
			void editor.apply('Align', alignOps(editor.flow, editor.index, selected(), how));
	const distribute =
		(axis: 'horizontal' | 'vertical'): Action =>
		() =>
			void editor.apply('Distribute', distributeOps(editor.flow, editor.index, selected(), axis));
	return {
		'move.left': move(-1, 0),
		'move.right': move(1, 0),
		'move.up': move(0, -1),
		'move.down': move(0, 1),
		'align.left': align('left'),
		'align.right': align('right'),
		'align.top': align('top'),
		'align.bottom': align('bottom'),
		'align.center': align('center'),
		'align.middle': align('middle'),
		'distribute.horizontal': distribute('horizontal'),
		'distribute.vertical': distribute('vertical'),
		'layout.all': () => layout(context, 'all', []),
		'layout.selection': () => layout(context, 'selection', [...selected()]),
	};
}

async function layout(
	{ editor, canvas }: CommandContext,
	scope: 'all' | 'selection',
	nodes: readonly NodeId[],
): Promise<void> {
	if (!editor.has('layout') || (scope === 'selection' && nodes.length < 2)) return;
	const places = await editor.attempt('layout', { scope, nodes });
	if (!places) return;
	const ops = moveOps(editor.flow, editor.index, new Map(Object.entries(places)));
	const sized = ops.map(op => (op.op === 'move' ? { ...op, places: { ...op.places, ...sizes(places) } } : op));
	if (!editor.apply('Tidy up', sized)) return;
	if (scope === 'all') canvas.fit();
	editor.say('The nodes were tidied up.');
}

/** A layout may make frames larger. */
function sizes(
	places: Readonly<
		Record<NodeId, { readonly x: number; readonly y: number; readonly width?: number; readonly height?: number }>
	>,
) {
	return Object.fromEntries(Object.entries(places).filter(([, { width }]) => width !== undefined));
}
