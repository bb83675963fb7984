import * as vscode from 'vscode';
import type { CoveredNode } from '../../../core/flow/datasets/coverage';
import { PositionMap } from '../../../core/flow/model/lineMap';
import { rangeOf } from '../checker';

const details = new WeakMap<vscode.FileCoverage, readonly vscode.StatementCoverage[]>();

/** What tests covered of a flow: a node is a statement at its line, each of its ways a branch. */
export function coverageOf(flow: vscode.Uri, text: string, nodes: readonly CoveredNode[]): vscode.FileCoverage {
	const places = new PositionMap(text);
	const statements = nodes.map(({ node, count, branches }) => {
		const at = rangeOf(places.range(['nodes', node], true));
		const ways = branches.map(({ port, count: taken, edge }) => {
			const line = edge && places.edge(edge);
			return new vscode.BranchCoverage(taken, line ? rangeOf(line) : at, port);
		});
		return new vscode.StatementCoverage(count, at, ways);
	});
	const coverage = vscode.FileCoverage.fromDetails(flow, statements);
	details.set(coverage, statements);
	return coverage;
}

/** The lines, when somebody looks at them. */
export function detailsOf(coverage: vscode.FileCoverage): vscode.FileCoverageDetail[] {
	return [...(details.get(coverage) ?? [])];
}
