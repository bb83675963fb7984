import { useEffect, useState, type ReactElement } from 'react';
import type { ExecutionId } from '../../../core/base/ids';
import { formatCost } from '../../../core/base/money';
import type { RunComparison, RunSummary } from '../../../core/flow/editorProtocol';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { formatAgo, formatDuration } from '../../shared/format';
import { reach } from '../commands/go';
import { useCanvas, useEditor } from '../context';
import { nameOf } from '../state/describe';
import { useStore, useStored } from '../state/store';
import { Film } from './Film';
import { Waits } from './Waits';
import { runIcons } from './runIcons';

/** Runs of the flow: shown on the graph, compared with each other, or played again. */
export function Runs(): ReactElement {
	const editor = useEditor();
	const runs = useStore(editor.runs.list);
	const shown = useStored(editor.runs.run, run => run?.id ?? null);
	const [other, setOther] = useState<ExecutionId | null>(null);
	const [comparison, setComparison] = useState<RunComparison | null>(null);
	const [film, setFilm] = useState<RunSummary | null>(null);
	useEffect(() => {
		void editor.attempt('runs', null).then(list => list && editor.runs.list.set(list));
	}, [editor]);
	const show = async (run: ExecutionId | null): Promise<void> => {
		setFilm(null);
		const view = await editor.attempt('showRun', { run });
		if (view !== undefined) editor.runs.show(view);
	};
	/** The host shows the same run: what is pinned or looked at is of this one. */
	const play = async (run: RunSummary): Promise<void> => {
		await show(run.id);
		setFilm(run);
	};
	const compare = async (run: ExecutionId): Promise<void> => {
		if (shown === null) return;
		setOther(run);
		setComparison((await editor.attempt('compareRuns', { a: run, b: shown })) ?? null);
	};
	const isComparing = comparison !== null && comparison.b.id === shown;
	if (runs.length === 0) return <p className="side-empty">This flow has not run yet.</p>;
	return (
		<div className="runs-panel">
			<Waits />
			{film && <Film key={film.id} run={film} onClose={() => void show(film.id)} />}
			<ul className="run-list">
				{runs.map(run => (
					<RunRow
						key={run.id}
						run={run}
						isShown={run.id === shown}
						isCompared={isComparing && run.id === other}
						onShow={() => void show(run.id === shown ? null : run.id)}
						onPlay={() => void play(run)}
						onTest={isWhole(run) ? () => void editor.attempt('addToTests', { run: run.id }) : null}
						onCompare={shown === null ? null : () => void compare(run.id)}
					/>
				))}
			</ul>
			{isComparing && <Comparison comparison={comparison} onClose={() => setComparison(null)} />}
		</div>
	);
}

/** Only a whole run that came to its end can be asked for again. */
function isWhole({ status }: RunSummary): boolean {
	return status === 'succeeded' || status === 'failed';
}

function RunRow({
	run,
	isShown,
	isCompared,
	onShow,
	onPlay,
	onTest,
	onCompare,
}: {
	readonly run: RunSummary;
	readonly isShown: boolean;
	readonly isCompared: boolean;
	readonly onShow: () => void;
	readonly onPlay: () => void;
	readonly onTest: (() => void) | null;
	readonly onCompare: (() => void) | null;
}): ReactElement {
	const editor = useEditor();
	const [now] = useState(() => Date.now());
	return (
		<li className={isShown ? 'selected' : ''}>
			<button type="button" className="problem" aria-pressed={isShown} onClick={onShow}>
				<Codicon name={runIcons[run.status]} label={run.status} isSpinning={run.status === 'running'} />
				<span className="problem-node">{run.title}</span>
				<span className="muted">{formatAgo(run.startedAt, now)}</span>
				{run.durationMs !== null && <span className="muted">{formatDuration(run.durationMs)}</span>}
				{run.cost !== null && <span className="muted">{formatCost(run.cost)}</span>}
				{run.failedNode !== null && <span className="failed-at">at {nameOf(editor, run.failedNode)}</span>}
			</button>
			{editor.has('replay') && run.durationMs !== null && (
				<IconButton icon="history" label={`Play ${run.title} again`} onClick={onPlay} />
			)}
			{editor.has('tests') && onTest && (
				<IconButton icon="beaker" label={`Add ${run.title} to the tests`} onClick={onTest} />
			)}
			{editor.has('compareRuns') && onCompare && !isShown && (
				<IconButton
					icon="compare-changes"
					className={isCompared ? 'pressed' : ''}
					label={`Compare ${run.title} with the run that is shown`}
					onClick={onCompare}
				/>
			)}
		</li>
	);
}

function differing(count: number): string {
	if (count === 0) return 'Every node gave the same';
	return count === 1 ? '1 node differs' : `${count} nodes differ`;
}

function Comparison({
	comparison,
	onClose,
}: {
	readonly comparison: RunComparison;
	readonly onClose: () => void;
}): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const { a, b, nodes } = comparison;
	const [now] = useState(() => Date.now());
	const entries = Object.entries(nodes);
	useEffect(() => {
		editor.runs.differing.set(new Set(Object.keys(nodes)));
		return () => editor.runs.differing.set(new Set());
	}, [editor, nodes]);
	return (
		<section className="comparison" aria-label="Comparison of two runs">
			<div className="side-head">
				<h3>
					{differing(entries.length)}: {a.title} ({formatAgo(a.startedAt, now)}) and the run that is shown
				</h3>
				<IconButton icon="close" label="End the comparison" onClick={onClose} />
			</div>
			<ul>
				{entries.map(([node, { what, ports }]) => (
					<li key={node}>
						<button type="button" className="problem" onClick={() => reach({ editor, canvas }, node, null)}>
							<span className="problem-node">{nameOf(editor, node)}</span>
							<span>{what}</span>
						</button>
						{ports.map(port => {
							const place = { node, frame: '', side: 'output' as const, port };
							return (
								<button
									key={port}
									type="button"
									className="text-button"
									onClick={() =>
										void editor.attempt('diffValues', { a: { ...place, run: a.id }, b: { ...place, run: b.id } })
									}
								>
									{port}
								</button>
							);
						})}
					</li>
				))}
			</ul>
		</section>
	);
}
