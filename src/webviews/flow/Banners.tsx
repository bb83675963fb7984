import type { ReactElement } from 'react';
import type { CompareMarks } from '../../core/flow/editorProtocol';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { useEditor } from './context';
import { isLive } from './state/runs';
import { useStore, useStored } from './state/store';

/** What keeps the flow from being changed, what differs, and what has just failed. */
export function Banners(): ReactElement {
	const editor = useEditor();
	const isOutdated = useStored(editor.runs.run, run => run?.isOutdated === true && isLive(run));
	const { textError, mode, reason, compare, isTrusted } = useStored(editor.doc, doc => doc);
	return (
		<>
			{textError && (
				<div className="banner error" role="alert">
					<Codicon name="error" />
					<span>
						Line {textError.line}: {textError.message} The last graph that could be read is shown; it cannot be changed
						until the text is mended.
					</span>
					{editor.has('openText') && (
						<button
							type="button"
							className="text-button"
							onClick={() => void editor.attempt('openText', { node: null })}
						>
							Open the text
						</button>
					)}
				</div>
			)}
			{mode === 'readonly' && reason !== null && (
				<div className="banner">
					<Codicon name="lock" />
					<span>{reason}</span>
				</div>
			)}
			{!isTrusted && (
				<div className="banner">
					<Codicon name="shield" />
					<span>This workspace is not trusted: the flow can be read and changed, and does not run.</span>
				</div>
			)}
			{isOutdated && (
				<div className="banner" role="status">
					<Codicon name="history" />
					<span>
						The flow was changed after this run had begun. The run keeps its own copy; the next one is of the new flow.
					</span>
				</div>
			)}
			{compare && <Legend compare={compare} />}
			<FailureBanner />
		</>
	);
}

/** What the colours of a comparison mean, and how often each comes. */
function Legend({ compare }: { readonly compare: CompareMarks }): ReactElement {
	const marks = Object.values(compare.nodes);
	return (
		<div className="banner compare-legend">
			<span>
				{compare.sides[0]} → {compare.sides[1]}
			</span>
			{marks.length === 0 && Object.keys(compare.edges).length === 0 && <span>No node differs.</span>}
			{(['added', 'removed', 'changed', 'renamed', 'moved'] as const).map(mark => {
				const count = marks.filter(each => each === mark).length;
				if (count === 0) return null;
				return (
					<span key={mark} className={`legend change-${mark}`}>
						{count} {mark}
					</span>
				);
			})}
		</div>
	);
}

function FailureBanner(): ReactElement | null {
	const editor = useEditor();
	const failure = useStore(editor.failure);
	if (!failure) return null;
	return (
		<div className="banner error" role="alert">
			<Codicon name="warning" />
			<span className="banner-text">{failure.text}</span>
			{failure.actions.map(action => (
				<button
					key={action.command}
					type="button"
					className="text-button"
					onClick={() => {
						editor.failure.set(null);
						void editor.attempt('runAction', action);
					}}
				>
					{action.title}
				</button>
			))}
			<IconButton icon="close" label="Dismiss" onClick={() => editor.failure.set(null)} />
		</div>
	);
}
