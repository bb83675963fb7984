import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { Replay, RunSummary } from '../../../core/flow/editorProtocol';
import { applyRunChange, type RunView } from '../../../core/flow/runView';
import { IconButton } from '../../shared/components/IconButton';
import { formatDuration } from '../../shared/format';
import { useEditor } from '../context';

const frameMs = 100;
/** A film is at most this long, however long the run was. */
const longestMs = 20_000;

/** Plays a finished run on the graph: the states as they followed each other. */
export function Film({
	run,
	onClose,
}: {
	readonly run: RunSummary;
	readonly onClose: () => void;
}): ReactElement | null {
	const replay = useReplay(run);
	const [at, setAt] = useState(0);
	const [isWanted, setIsWanted] = useState(true);
	const duration = replay?.durationMs ?? 0;
	const isPlaying = isWanted && at < duration;
	useEffect(() => {
		if (!isPlaying) return undefined;
		const speed = Math.max(1, duration / longestMs);
		const timer = setInterval(() => setAt(before => Math.min(duration, before + frameMs * speed)), frameMs);
		return () => clearInterval(timer);
	}, [isPlaying, duration]);
	useFrame(run, replay, at);
	if (!replay) return null;
	return (
		<div className="film">
			<IconButton
				icon={isPlaying ? 'debug-pause' : 'play'}
				label={isPlaying ? 'Pause the film' : 'Play the film'}
				onClick={() => {
					if (at >= duration) setAt(0);
					setIsWanted(!isPlaying);
				}}
			/>
			<input
				type="range"
				aria-label={`Moment of ${run.title}`}
				aria-valuetext={formatDuration(at)}
				min={0}
				max={Math.max(1, duration)}
				value={at}
				onChange={event => {
					setIsWanted(false);
					setAt(event.currentTarget.valueAsNumber);
				}}
			/>
			<span className="muted">
				{formatDuration(at)} of {formatDuration(duration)}
			</span>
			<IconButton icon="close" label="End the film" onClick={onClose} />
		</div>
	);
}

function useReplay(run: RunSummary): Replay | null {
	const editor = useEditor();
	const [replay, setReplay] = useState<Replay | null>(null);
	useEffect(() => {
		let isGone = false;
		void editor.attempt('replay', { run: run.id }).then(film => {
			if (film && !isGone) setReplay(film);
		});
		return () => {
			isGone = true;
		};
	}, [editor, run]);
	return replay;
}

/** Shows one moment on the graph. Forwards only what is new is applied; backwards the film begins anew. */
function useFrame(run: RunSummary, replay: Replay | null, at: number): void {
	const editor = useEditor();
	const shown = useRef<{ readonly at: number; readonly view: RunView } | null>(null);
	useEffect(() => {
		if (!replay) return;
		const before = shown.current && at >= shown.current.at ? shown.current : { at: -1, view: emptyRun(run) };
		const steps = replay.steps.filter(step => step.at > before.at && step.at <= at);
		const view = steps.reduce((now, { change }) => applyRunChange(now, change), before.view);
		shown.current = { at, view };
		editor.runs.show(view);
	}, [editor, replay, at, run]);
}

function emptyRun(run: RunSummary): RunView {
	return {
		id: run.id,
		title: run.title,
		status: 'running',
		startedAt: run.startedAt,
		endedAt: null,
		cost: null,
		tokens: 0,
		steps: 0,
		error: null,
		nodes: {},
		log: [],
		isOutdated: false,
	};
}
