import { go } from 'fuzzysort';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import { nodeCategories, type NodeCategory, type Port, type Ports } from '../../../core/flow/nodes/nodeType';
import { fittingPort } from '../edits/connect';

export interface Section {
	readonly category: NodeCategory;
	readonly types: readonly NodeTypeView[];
}

/** Types by category, in the order of the categories. */
export function sections(types: readonly NodeTypeView[]): readonly Section[] {
	return nodeCategories
		.map(category => ({
			category,
			types: types
				.filter(type => type.category === category)
				.sort((a, b) => (a.title.toLowerCase() < b.title.toLowerCase() ? -1 : 1)),
		}))
		.filter(section => section.types.length > 0);
}

/** The types that the words mean, best first: by title, by another tool's name for it, by what it does. */
export function searchTypes(types: readonly NodeTypeView[], words: string): readonly NodeTypeView[] {
	const query = words.trim();
	if (query === '') return types;
	const weights = [1, 0.9, 0.8, 0.55];
	return go(query, types, {
		keys: [type => type.title, type => type.aliases.join(' · '), type => type.type, type => type.summary],
		scoreFn: result => Math.max(...weights.map((weight, at) => (result[at]?.score ?? 0) * weight)),
		threshold: 0.2,
		limit: 60,
	}).map(result => result.obj);
}

/** Whether a type has a port for the other end of an edge. Types whose ports depend on parameters may have one. */
export function offersPort(type: NodeTypeView, wanted: Port, side: 'input' | 'output'): boolean {
	if (type.isNote) return false;
	if (type.ports === null) return !(side === 'input' && type.isTrigger);
	return fittingPort(portsOn(type.ports, side), wanted, side) !== undefined;
}

function portsOn(ports: Ports, side: 'input' | 'output'): readonly Port[] {
	return side === 'input' ? ports.inputs : ports.outputs;
}
