import { useEffect, useState, type ReactElement } from 'react';
import type { NodeValues } from '../../../core/flow/editorProtocol';
import type { FramePath } from '../../../core/flow/engine/events';
import type { NodeId } from '../../../core/flow/model/flow';
import type { RunView } from '../../../core/flow/runView';
import { useEditor } from '../context';
import { nameOf } from '../state/describe';
import { useKeyed, useStore, useStored } from '../state/store';
import { ValueView } from './ValueView';

/** What went into the selected node and what came out of it, in the run that is shown. */
export function Values(): ReactElement {
	const editor = useEditor();
	const node = useStored(editor.selection, selection => selection.current);
	const run = useStore(editor.runs.run);
	if (!run) return <p className="side-empty">No run is shown.</p>;
	if (node === null) return <p className="side-empty">Select a node to see its values.</p>;
	return <NodeValuesView key={`${run.id} ${node}`} run={run} node={node} />;
}

function NodeValuesView({ run, node }: { readonly run: RunView; readonly node: NodeId }): ReactElement {
	const editor = useEditor();
	const [frame, setFrame] = useState<FramePath | null>(null);
	const { state, times, wait } = useKeyed(editor.runs.nodes, node);
	const [values, setValues] = useState<NodeValues | null>(null);
	useEffect(() => {
		let isGone = false;
		void editor.attempt('values', { run: run.id, node, frame }).then(found => {
			if (found && !isGone) setValues(found);
		});
		return () => {
			isGone = true;
		};
		// Asked again when the node has ended once more.
		// oxlint-disable-next-line react/exhaustive-deps -- `state` and `times` say that the values are others now
	}, [editor, run.id, node, frame, state, times]);
	if (!values) return <p className="side-empty">…</p>;
	const isPaused = state === 'paused' && wait?.kind === 'breakpoint';
	const { frames, inputs, outputs, error } = values;
	const side = (which: 'input' | 'output', ports: NodeValues['inputs'], title: string): ReactElement => (
		<section className="values-side" aria-label={title}>
			<h3>{title}</h3>
			{Object.entries(ports).map(([port, stored]) => (
				<ValueView
					key={port}
					place={{ run: run.id, node, frame: values.frame, side: which, port }}
					stored={stored}
					canChange={isPaused && (which === 'input') === (wait?.when === 'before')}
				/>
			))}
			{Object.keys(ports).length === 0 && <p className="side-empty">Nothing.</p>}
		</section>
	);
	return (
		<div className="values-panel">
			<div className="values-head">
				<strong>{nameOf(editor, node)}</strong>
				{frames.length > 1 && (
					<select
						className="form-input"
						aria-label="Pass"
						value={values.frame}
						onChange={event => setFrame(event.currentTarget.value)}
					>
						{frames.slice(0, 2000).map(each => (
							<option key={each} value={each}>
								{each === '' ? 'outside' : each}
							</option>
						))}
					</select>
				)}
			</div>
			{error !== null && <p className="form-problem">{error}</p>}
			<div className="values-sides">
				{side('input', inputs, 'Inputs')}
				{side('output', outputs, 'Outputs')}
			</div>
		</div>
	);
}
