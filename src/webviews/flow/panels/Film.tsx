import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
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
	const editor = useEditor();
	const [replay, setReplay] = useState<Replay | null>(null);
	const [at, setAt] = useState(0);
	const [isPlaying, setIsPlaying] = useState(true);
	const shown = useRef(-1);
	const empty = useMemo(() => emptyRun(run), [run]);
	useEffect(() => {
		let isGone = false;
		void editor.attempt('replay', { run: run.id }).then(film => {
			if (film && !isGone) setReplay(film);
		});
		return () => {
			isGone = true;
		};
	}, [editor, run]);
	const speed = replay ? Math.max(1, replay.durationMs / longestMs) : 1;
	useEffect(() => {
		if (!replay || !isPlaying) return undefined;
		const timer = setInterval(() => {
			setAt(before => Math.min(replay.durationMs, before + frameMs * speed));
		}, frameMs);
		return () => clearInterval(timer);
	}, [replay, isPlaying, speed]);
	useEffect(() => {
		if (!replay) return;
		if (at >= replay.durationMs) setIsPlaying(false);
		// Forwards only what is new is applied; backwards the film begins anew.
		let view = shown.current >= 0 && at >= shown.current ? (editor.runs.run.get() ?? empty) : empty;
		const from = view === empty ? -1 : shown.current;
		for (const step of replay.steps) if (step.at > from && step.at <= at) view = applyRunChange(view, step.change);
		shown.current = at;
		editor.runs.show(view);
	}, [editor, replay, at, empty]);
	if (!replay) return null;
	return (
		<div className="film">
			<IconButton
				icon={isPlaying ? 'debug-pause' : 'play'}
				label={isPlaying ? 'Pause the film' : 'Play the film'}
				onClick={() => {
					if (at >= replay.durationMs) setAt(0);
					setIsPlaying(!isPlaying);
				}}
			/>
			<input
				type="range"
				aria-label={`Moment of ${run.title}`}
				aria-valuetext={formatDuration(at)}
				min={0}
				max={Math.max(1, replay.durationMs)}
				value={at}
				onChange={event => {
					setIsPlaying(false);
					setAt(event.currentTarget.valueAsNumber);
				}}
			/>
			<span className="muted">
				{formatDuration(at)} of {formatDuration(replay.durationMs)}
			</span>
			<IconButton icon="close" label="End the film" onClick={onClose} />
		</div>
	);
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
