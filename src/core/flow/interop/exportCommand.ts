import type { Flow, NodeId } from '../model/flow';
import type { NodeCatalog } from '../nodes/nodeType';
import { Reporter, type InteropReport } from './report';

export interface CommandExport {
	/** Below the workspace folder: `.claude/commands/review.md`. */
	readonly path: string;
	readonly text: string;
	readonly report: InteropReport;
}

/** Nodes in an order in which each stands behind what it waits for; what goes in a circle stands last. */
export function inOrder(flow: Flow): readonly NodeId[] {
	const left = new Map(Object.keys(flow.nodes).map(id => [id, 0]));
	const outer = (id: NodeId): NodeId => flow.nodes[id]?.in ?? id;
	const edges = flow.edges.filter(
		({ from, to }) => left.has(from) && left.has(to) && outer(to) !== from && outer(from) !== to,
	);
	for (const { to } of edges) left.set(to, (left.get(to) ?? 0) + 1);
	const order: NodeId[] = [];
	const ready = [...left].filter(([, count]) => count === 0).map(([id]) => id);
	for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
		order.push(id);
		for (const { from, to } of edges) {
			if (from !== id) continue;
			left.set(to, (left.get(to) ?? 0) - 1);
			if (left.get(to) === 0) ready.push(to);
		}
	}
	return [...order, ...[...left.keys()].filter(id => !order.includes(id))];
}

/** A line of Markdown that no part of which is taken for something else. */
function plain(text: string): string {
	return text.replaceAll(/\s+/gu, ' ').replaceAll('`', "'").trim();
}

/**
 * A slash command of the Claude CLI that runs the flow with this program and tells what came of it. Claude asks before
 * it runs anything, as for every command, and the flow's own calls pass the gate.
 * @param path of the flow, from the workspace folder
 */
export function exportCommand(flow: Flow, catalog: NodeCatalog, path: string): CommandExport {
	const reporter = new Reporter('Claude command');
	// What is needed stands first.
	const inputs = Object.entries(flow.inputs).toSorted(
		([, a], [, b]) => Number(a.default !== undefined) - Number(b.default !== undefined),
	);
	const hint = inputs
		.map(([name, { default: value }]) => (value === undefined ? `${name}=VALUE` : `[${name}=VALUE]`))
		.join(' ');
	const about = plain(flow.description ?? `Runs the flow ${flow.name}`);
	const steps = inOrder(flow).flatMap(id => {
		const node = flow.nodes[id]!;
		const type = catalog.find(node.type);
		if (type?.isNote === true) return [];
		reporter.add('translated', `“${node.name ?? id}”.`, id);
		const what = node.name ?? type?.title ?? id;
		const inside = node.in === undefined ? '' : ` (inside ${flow.nodes[node.in]?.name ?? node.in})`;
		const does = type ? plain(type.summary) : node.type;
		return [`${plain(what)}${does === '' ? '' : `: ${does}`}${inside}`];
	});
	const list = inputs.map(([name, { type, description, default: value }]) => {
		const fallback = value === undefined ? 'needed' : `otherwise ${plain(JSON.stringify(value)).slice(0, 80)}`;
		return `- \`${name}\` (${type}, ${fallback})${description === undefined ? '' : `: ${plain(description)}`}`;
	});
	const given = inputs.map(([name]) => ` --input ${name}=…`).join('');
	const text = `---
description: ${JSON.stringify(about)}
${hint === '' ? '' : `argument-hint: ${JSON.stringify(hint)}\n`}allowed-tools: Bash(npx quarterdeck validate:*)
---

Run the flow “${plain(flow.name)}” and tell me what came of it.

What I gave you: $ARGUMENTS
${list.length === 0 ? '' : `\nIts inputs:\n\n${list.join('\n')}\n\nTake their values from what I gave you. Ask me for one that is needed and missing. Quote each value for the shell.\n`}
Run it in the workspace folder:

\`\`\`sh
npx quarterdeck run ${shellWord(path)}${given}
\`\`\`

Calls of the flow that need a person's word are refused. If the command ends with 3, tell me which call was refused and ask
me before you run it again with \`--yes-to yellow\` or \`--yes-to orange\`. If it ends with 5, show me what it asks, and go on
with \`npx quarterdeck resume\` and my answer.

What the flow does:

${steps.map((step, at) => `${at + 1}. ${step}`).join('\n')}
`;
	return { path: `.claude/commands/${flow.id}.md`, text, report: reporter.report };
}

function shellWord(path: string): string {
	return /^[\w./-]+$/u.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
