import { useEffect, useMemo, useState, useSyncExternalStore, type ReactElement } from 'react';
import type { ExecutionId } from '../../core/base/ids';
import type { StepRow } from '../../core/ledger/queries';
import { formatBytes } from '../../core/ledger/views/health';
import { HighlightedCode } from '../shared/components/CodeBlock';
import { Diff } from '../shared/components/Diff';
import { IconButton } from '../shared/components/IconButton';
import { useHost } from './host';
import { StepReader, type StepTextSnapshot } from './stepReader';
import { contentOf, type StepContent, type TextMode } from './stepContent';

const modeLabels: Readonly<Record<TextMode, string>> = { diff: 'Diff', json: 'JSON', text: 'Text' };

export interface StepTextProps {
	readonly execution: ExecutionId;
	readonly step: StepRow;
	readonly part: 'input' | 'output';
	readonly bytes: number;
	readonly label: string;
	/** Said where there is no text. */
	readonly empty: string;
}

/** One side of a step: read a slice at a time, shown as what it is. */
export function StepText(props: StepTextProps): ReactElement {
	const { execution, step, part, bytes, label, empty } = props;
	const { attempt } = useHost();
	const { text, total, problem, more } = useStepText(props);
	const isWhole = text !== null && text.length >= total;
	const content = useMemo(() => (text === null ? null : contentOf(text, isWhole)), [text, isWhole]);
	const [chosen, setChosen] = useState<TextMode | null>(null);
	const mode =
		content === null
			? 'text'
			: chosen !== null && content.modes.includes(chosen)
				? chosen
				: (content.modes[0] ?? 'text');
	const at = { execution, step: step.id, part };
	return (
		<section className="step-text" aria-label={label}>
			<div className="step-text-bar">
				<h3>{label}</h3>
				{bytes > 0 && <span className="muted">{formatBytes(bytes)}</span>}
				<span className="spacer" />
				{content && content.modes.length > 1 && (
					<ModeButtons modes={content.modes} mode={mode} onMode={setChosen} label={label} />
				)}
				{bytes > 0 && (
					<>
						<IconButton icon="copy" label={`Copy the whole ${part}`} onClick={() => void attempt('copyStepText', at)} />
						<IconButton
							icon="go-to-file"
							label={`Open the ${part} in an editor`}
							onClick={() => void attempt('openStepText', at)}
						/>
					</>
				)}
			</div>
			{bytes === 0 && <p className="muted">{empty}</p>}
			{problem !== null && (
				<p role="alert">
					The text could not be read: {problem}{' '}
					<button type="button" className="text-button" onClick={more}>
						Try Again
					</button>
				</p>
			)}
			{bytes > 0 && content === null && problem === null && <p className="muted">Reading…</p>}
			{content && <ContentView content={content} mode={mode} label={label} />}
			{text !== null && !isWhole && (
				<button type="button" className="text-button more" onClick={more}>
					Show more ({(total - text.length).toLocaleString('en')} characters left)
				</button>
			)}
		</section>
	);
}

function ModeButtons(props: {
	readonly modes: readonly TextMode[];
	readonly mode: TextMode;
	readonly onMode: (mode: TextMode) => void;
	readonly label: string;
}): ReactElement {
	return (
		<span className="modes" role="group" aria-label={`Show the ${props.label.toLowerCase()} as`}>
			{props.modes.map(mode => (
				<button
					key={mode}
					type="button"
					className="toggle"
					aria-pressed={mode === props.mode}
					onClick={() => props.onMode(mode)}
				>
					{modeLabels[mode]}
				</button>
			))}
		</span>
	);
}

function ContentView({
	content,
	mode,
	label,
}: {
	readonly content: StepContent;
	readonly mode: TextMode;
	readonly label: string;
}): ReactElement {
	if (mode === 'diff' && content.diff !== null) return <Diff diff={content.diff} label={`${label} as a diff`} />;
	if (mode === 'json' && content.json !== null)
		return <HighlightedCode code={content.json} language="json" label={`${label} as JSON`} />;
	return (
		<pre className="code plain" dir="auto" tabIndex={0} aria-label={label}>
			{content.text}
		</pre>
	);
}

/** The text so far. A step that is still at work is read again when it has more. */
function useStepText({ step, part, bytes }: StepTextProps): StepTextSnapshot & { readonly more: () => void } {
	const { client } = useHost();
	const { id } = step;
	const reader = useMemo(() => ({ bytes, of: new StepReader(client, id, part) }), [client, id, part, bytes]).of;
	useEffect(() => {
		if (bytes > 0) void reader.more();
	}, [reader, bytes]);
	const snapshot = useSyncExternalStore(reader.subscribe, reader.snapshot);
	return { ...snapshot, more: () => void reader.more() };
}
