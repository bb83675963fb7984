import type { NodeId } from '../../../core/flow/model/flow';
import { stateLooks, triggerWords } from '../canvas/marks';
import { plural } from '../../shared/format';
import type { Editor } from './editor';

/** A node in a sentence, for screen readers: what it is, what hangs on it, how it stands. */
export function describeNode(editor: Editor, id: NodeId): string {
	const box = editor.index.box(id);
	if (!box) return '';
	const type = editor.catalog.find(box.node.type);
	const title = editor.catalog.titleOf(box.node);
	const { incoming, outgoing } = editor.index.edges(id);
	const names = (ids: readonly NodeId[]): string => {
		const known = [...new Set(ids)].map(each => nameOf(editor, each));
		return known.length > 3 ? `${known.slice(0, 3).join(', ')} and ${known.length - 3} more` : known.join(', ');
	};
	const parts = [title];
	if (!type) parts.push(`unknown type ${box.node.type}`);
	else if (type.title !== title) parts.push(type.title);
	if (box.node.in !== undefined) parts.push(`inside ${nameOf(editor, box.node.in)}`);
	for (const group of Object.values(editor.flow.groups))
		if (group.nodes.includes(id)) parts.push(`in the group ${group.name}`);
	if (incoming.length > 0) parts.push(`after ${names(incoming.map(edge => edge.from))}`);
	if (outgoing.length > 0) parts.push(`before ${names(outgoing.map(edge => edge.to))}`);
	if (incoming.length + outgoing.length === 0 && box.shape !== 'note') parts.push('not connected');
	const problems = editor.doc.get().problems.filter(problem => problem.node === id).length;
	if (problems > 0) parts.push(plural(problems, 'problem'));
	const trigger = editor.doc.get().triggers.get(id);
	if (trigger && trigger.kind !== 'manual') parts.push(`trigger ${triggerWords(trigger)}`);
	const { words } = stateLooks[editor.runs.nodes.get(id).state];
	if (words !== '') parts.push(words);
	if (editor.selection.get().nodes.has(id)) parts.push('selected');
	return `${parts.join(', ')}.`;
}

export function nameOf(editor: Editor, id: NodeId): string {
	const box = editor.index.box(id);
	return box ? editor.catalog.titleOf(box.node) : id;
}

/** Whether a node of this type runs something that can be opened: another flow, or a file of a custom node. */
export function hasDefinition(type: string): boolean {
	return /^(?:flow\.call(?:@|$)|custom\.)/.test(type);
}
