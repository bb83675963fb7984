import { connected, downstream, upstream } from '../graph/walk';
import type { GraphIndex } from '../graph/graphIndex';
import type { NodeId } from '../../../core/flow/model/flow';
import type { Actions, CommandContext } from './action';

type Id =
	| 'select.all'
	| 'select.none'
	| 'select.upstream'
	| 'select.downstream'
	| 'select.connected'
	| 'select.invert'
	| 'menu';

/** Commands that select. */
export function selectCommands({ editor, canvas }: CommandContext): Actions<Id> {
	const grow = (walk: (index: GraphIndex, start: Iterable<NodeId>) => ReadonlySet<NodeId>) => (): void => {
		const { nodes, current } = editor.selection.get();
		select(walk(editor.index, nodes), current);
	};
	const select = (ids: Iterable<NodeId>, current: NodeId | null): void => {
		editor.select(ids, current);
		const { size } = editor.selection.get().nodes;
		editor.say(size === 1 ? 'One node is selected.' : `${size} nodes are selected.`);
	};
	const all = (): readonly NodeId[] => [...editor.index.boxes()].map(box => box.id);
	return {
		'select.all': () => select(all(), editor.selection.get().current),
		'select.none': () => {
			if (canvas.quickAdd.get() || canvas.picker.get() || canvas.menu.get()) {
				canvas.quickAdd.set(null);
				canvas.picker.set(null);
				canvas.menu.set(null);
				return canvas.focus();
			}
			editor.select([], null);
		},
		'select.upstream': grow(upstream),
		'select.downstream': grow(downstream),
		'select.connected': grow(connected),
		'select.invert': () => {
			const { nodes } = editor.selection.get();
			select(
				all().filter(id => !nodes.has(id)),
				null,
			);
		},
		menu: () => {
			const box = editor.index.box(editor.selection.get().current ?? '');
			const view = editor.view.get();
			const { width, height } = canvas.size;
			if (!box) return canvas.menu.set({ x: width / 2, y: height / 2 });
			canvas.menu.set({ x: view.x + (box.x + 24) * view.zoom, y: view.y + (box.y + box.height / 2) * view.zoom });
		},
	};
}
