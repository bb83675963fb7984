import { z } from 'zod';
import type { CompareMarks, NodeTypeView, ProblemView } from './editorProtocol';
import { edgeText, type Flow } from './model/flow';
import type { FlowProblem } from './model/problem';
import { changeText, semanticDiff, unionFlow } from './model/semanticDiff';
import type { NodeType } from './nodes/nodeType';

/** A node type as the page needs it. */
export function nodeTypeView(type: NodeType): NodeTypeView {
	const { type: name, version, title, category, icon, summary, help, aliases = [], effects } = type;
	return {
		type: name,
		version,
		title,
		category,
		icon,
		summary,
		help,
		aliases,
		schema: z.toJSONSchema(type.params, { io: 'input', unrepresentable: 'any' }),
		ports: typeof type.ports === 'function' ? null : type.ports,
		effects,
		isTrigger: type.isTrigger === true,
		...(type.isOffered === false ? { isOffered: false } : {}),
		isNote: type.isNote === true,
		isContainer: type.container !== undefined,
	};
}

/** A problem as the page shows it. Its id and those of its fixes are places in the list that it came from. */
export function problemView(problem: FlowProblem, at: number): ProblemView {
	const { severity, message, node, param, edge, fixes = [] } = problem;
	return {
		id: `${at}`,
		severity: severity === 'hint' ? 'info' : severity,
		message,
		...(node === undefined ? {} : { node }),
		...(param === undefined ? {} : { place: param }),
		...(edge === undefined ? {} : { edge: edgeText(edge) }),
		fixes: fixes.map(({ title }, index) => ({ id: `${index}`, title })),
	};
}

/** Two versions of a flow as one graph with marks. `sides` are what they are called. */
export function compareView(
	before: Flow,
	after: Flow,
	sides: readonly [string, string],
): { readonly flow: Flow; readonly compare: CompareMarks } {
	const diff = semanticDiff(before, after);
	const nodes = [...diff.nodes.values()];
	return {
		flow: unionFlow(before, after),
		compare: {
			nodes: Object.fromEntries(nodes.map(({ id, mark }) => [id, mark])),
			edges: Object.fromEntries(diff.edges.map(({ edge, mark }) => [edgeText(edge), mark])),
			details: Object.fromEntries(
				nodes.filter(({ changes }) => changes.length > 0).map(({ id, changes }) => [id, changes.map(changeText)]),
			),
			sides,
		},
	};
}
