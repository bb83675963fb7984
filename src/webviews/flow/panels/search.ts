import type { Json } from '../../../core/base/json';
import type { NodeId } from '../../../core/flow/model/flow';
import type { Editor } from '../state/editor';

/** Where a text was found. */
export interface Hit {
	readonly node: NodeId;
	/** `name`, `type`, the parameter, `note`, `value of the run`. */
	readonly where: string;
	/** The line around it. */
	readonly text: string;
}

const mostHits = 400;

/** Nodes whose name, type, note or parameters hold the words. */
export function findInFlow(editor: Editor, words: string): readonly Hit[] {
	const wanted = words.trim().toLowerCase();
	const hits: Hit[] = [];
	if (wanted === '') return hits;
	for (const { id, node } of editor.index.boxes()) {
		const add = (where: string, text: string): void => {
			const at = text.toLowerCase().indexOf(wanted);
			if (at >= 0) hits.push({ node: id, where, text: around(text, at) });
		};
		const title = editor.catalog.titleOf(node);
		add('name', title);
		if (id !== title) add('id', id);
		add('type', node.type);
		if (node.note !== undefined) add('note', node.note);
		for (const [name, value] of Object.entries(node.params ?? {})) add(name, plain(value));
		if (hits.length >= mostHits) break;
	}
	return hits;
}

function plain(value: Json): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

function around(text: string, at: number): string {
	const start = Math.max(0, at - 30);
	const line = text.slice(start, at + 120).split('\n')[0] ?? '';
	return start > 0 ? `…${line}` : line;
}
