import { freshSlug } from '../../../core/flow/model/slugs';
import type { FlowOp } from '../../../core/flow/model/ops';
import { addOps } from '../edits/add';
import { removeAndReconnectOps, removeOps, withInside } from '../edits/remove';
import { handleId } from '../../../core/flow/layout/handles';
import type { Actions, CommandContext } from './action';
import { focusPart } from './action';

type Id =
	| 'add.node'
	| 'add.after'
	| 'add.note'
	| 'connect'
	| 'disconnect'
	| 'delete'
	| 'delete.reconnect'
	| 'rename'
	| 'group'
	| 'ungroup'
	| 'fold'
	| 'mute'
	| 'bypass'
	| 'extract'
	| 'definition'
	| 'open.text';

/** Commands that change the graph, and those that lead out of it. */
export function editCommands(context: CommandContext): Actions<Id> {
	const { editor, canvas } = context;
	const selected = (): readonly string[] => [...editor.selection.get().nodes];
	return {
		'add.node': () => canvas.quickAdd.set({ kind: 'free', ...canvas.middle }),
		'add.after': () => addAfter(context),
		'add.note': () => addNote(context),
		connect: () => {
			if (editor.selection.get().current !== null) canvas.picker.set('connect');
		},
		disconnect: () => {
			const edges = selected().flatMap(id => {
				const { incoming, outgoing } = editor.index.edges(id);
				return [...incoming, ...outgoing];
			});
			editor.apply(
				'Disconnect',
				[...new Set(edges)].map(edge => ({ op: 'removeEdge', edge })),
			);
		},
		delete: () => remove(context),
		'delete.reconnect': () => {
			const nodes = selected();
			if (editor.apply('Delete and reconnect', removeAndReconnectOps(editor.index, nodes))) {
				editor.say(`${nodes.length === 1 ? 'The node was' : `${nodes.length} nodes were`} deleted.`);
			}
		},
		rename: () => {
			if (editor.selection.get().current === null) return;
			editor.ui.patch({ hasInspector: true });
			focusPart('.inspector .node-name');
		},
		group: () => group(context),
		ungroup: () => {
			const nodes = editor.selection.get().nodes;
			const ops: FlowOp[] = Object.entries(editor.flow.groups)
				.filter(([, each]) => each.nodes.some(id => nodes.has(id)))
				.map(([id]) => ({ op: 'setGroup', id, group: null }));
			editor.apply('Ungroup', ops);
		},
		fold: () => fold(context),
		mute: () => toggleSkip(context, 'mute'),
		bypass: () => toggleSkip(context, 'bypass'),
		extract: async () => {
			if (editor.has('extract') && selected().length > 0) await editor.attempt('extract', { nodes: selected() });
		},
		definition: async () => {
			const { current } = editor.selection.get();
			if (current !== null && editor.has('openSubflow')) await editor.attempt('openDefinition', { node: current });
		},
		'open.text': async () => {
			if (editor.has('openText')) await editor.attempt('openText', { node: editor.selection.get().current });
		},
	};
}

function addNote({ editor, canvas }: CommandContext): void {
	const type = editor.catalog.list.find(each => each.isNote);
	if (!type) return editor.say('There are no notes here.');
	const { id, ops } = addOps(editor.index, type, canvas.middle);
	editor.apply('Add note', ops);
	editor.select([id]);
}

function addAfter({ editor, canvas }: CommandContext): void {
	const box = editor.index.box(editor.selection.get().current ?? '');
	const spot = box?.spots.find(each => each.side === 'output' && !each.port.isInner);
	if (!box || !spot) return canvas.quickAdd.set({ kind: 'free', ...canvas.middle });
	const start = { node: box.id, handle: handleId(spot.port), side: 'output' as const };
	canvas.quickAdd.set({ kind: 'connect', start, x: box.x + box.width + 64, y: box.y + 40 });
}

function remove({ editor, canvas }: CommandContext): void {
	const { nodes, edges } = editor.selection.get();
	const gone = withInside(editor.index, nodes);
	const neighbour = [...gone]
		.flatMap(id => [
			...editor.index.edges(id).incoming.map(edge => edge.from),
			...editor.index.edges(id).outgoing.map(edge => edge.to),
		])
		.find(id => !gone.has(id));
	if (!editor.apply('Delete', removeOps(editor.index, nodes, edges))) return;
	// The keyboard goes on from a neighbour.
	if (neighbour !== undefined) editor.select([neighbour]);
	canvas.focus();
	const count = gone.size;
	if (count > 0) editor.say(count === 1 ? 'The node was deleted.' : `${count} nodes were deleted.`);
}

function group({ editor }: CommandContext): void {
	const nodes = [...editor.selection.get().nodes];
	if (nodes.length === 0) return;
	const id = freshSlug('group', taken => Object.hasOwn(editor.flow.groups, taken));
	const chosen = new Set(nodes);
	const left: FlowOp[] = Object.entries(editor.flow.groups)
		.filter(([, each]) => each.nodes.some(node => chosen.has(node)))
		.map(([other, each]) => {
			const rest = each.nodes.filter(node => !chosen.has(node));
			return { op: 'setGroup', id: other, group: rest.length === 0 ? null : { ...each, nodes: rest } };
		});
	editor.apply('Group', [...left, { op: 'setGroup', id, group: { name: 'Group', nodes, color: 'blue' } }]);
}

/** The groups of what is selected, or all: folded when any of them is open. */
function fold({ editor, canvas }: CommandContext): void {
	const { nodes } = editor.selection.get();
	const all = Object.entries(editor.flow.groups);
	const touched = all.filter(([, { nodes: inside }]) => nodes.size === 0 || inside.some(id => nodes.has(id)));
	const ids = touched.map(([id]) => id);
	if (ids.length === 0) {
		return editor.say(nodes.size === 0 ? 'This flow has no groups.' : 'What is selected stands in no group.');
	}
	const isFolding = ids.some(id => !editor.ui.get().folded.includes(id));
	editor.fold(ids, isFolding);
	const what = ids.length === 1 ? `The group ${touched[0]?.[1].name ?? ''} is` : `${ids.length} groups are`;
	editor.say(`${what} ${isFolding ? 'folded' : 'open'}.`);
	canvas.focus();
}

function toggleSkip({ editor }: CommandContext, skip: 'mute' | 'bypass'): void {
	const ids = [...editor.selection.get().nodes].filter(id => editor.index.box(id)?.shape !== 'note');
	const isOn = ids.every(id => editor.flow.nodes[id]?.skip === skip);
	editor.apply(
		skip === 'mute' ? 'Mute' : 'Bypass',
		ids.map(id => ({ op: 'setNode', id, key: 'skip', value: isOn ? null : skip })),
	);
}
