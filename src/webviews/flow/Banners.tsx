import type { ReactElement } from 'react';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { useEditor } from './context';
import { useStore, useStored } from './state/store';

/** What keeps the flow from being changed, what differs, and what has just failed. */
export function Banners(): ReactElement {
	const editor = useEditor();
	const { textError, mode, reason, compare, isTrusted } = useStored(editor.doc, doc => doc);
	const failure = useStore(editor.failure);
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
			{compare && (
				<div className="banner compare-legend">
					<span>
						{compare.sides[0]} → {compare.sides[1]}
					</span>
					{(['added', 'removed', 'changed', 'moved'] as const).map(mark => {
						const count = Object.values(compare.nodes).filter(each => each === mark).length;
						return (
							<span key={mark} className={`legend change-${mark}`}>
								{count} {mark}
							</span>
						);
					})}
				</div>
			)}
			{failure && (
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
			)}
		</>
	);
}
