import type { ReactElement } from 'react';
import type { ProblemView } from '../../../core/flow/editorProtocol';
import { Codicon } from '../../shared/components/Codicon';
import { reach } from '../commands/go';
import { useCanvas, useEditor } from '../context';
import { nameOf } from '../state/describe';
import { useStored } from '../state/store';

const most = 300;
const order: Readonly<Record<ProblemView['severity'], number>> = { error: 0, warning: 1, info: 2 };

/** What is wrong with the flow; a press goes there, and some are mended by one. */
export function Problems(): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const problems = useStored(editor.doc, doc => doc.problems);
	if (problems.length === 0) return <p className="side-empty">No problems were found.</p>;
	const sorted = [...problems].sort((a, b) => order[a.severity] - order[b.severity]);
	return (
		<ul className="problem-list">
			{sorted.slice(0, most).map(problem => (
				<li key={problem.id} className={`severity-${problem.severity}`}>
					<button
						type="button"
						className="problem"
						onClick={() => {
							if (problem.node !== undefined) reach({ editor, canvas }, problem.node, null);
							if (problem.edge !== undefined)
								editor.selection.set({
									nodes: new Set(),
									edges: new Set([problem.edge]),
									current: problem.node ?? null,
								});
						}}
					>
						<Codicon name={problem.severity === 'info' ? 'info' : problem.severity} label={problem.severity} />
						{problem.node !== undefined && <span className="problem-node">{nameOf(editor, problem.node)}</span>}
						<span>{problem.message}</span>
					</button>
					{editor.canEdit &&
						problem.fixes.map(fix => (
							<button
								key={fix.id}
								type="button"
								className="text-button"
								onClick={() => void editor.attempt('applyFix', { problem: problem.id, fix: fix.id })}
							>
								{fix.title}
							</button>
						))}
				</li>
			))}
			{sorted.length > most && <li className="side-empty">{sorted.length - most} more</li>}
		</ul>
	);
}
