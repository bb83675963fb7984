import { useEffect, useMemo, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { NodeId } from '../../../core/flow/model/flow';
import { plural } from '../../shared/format';
import { reach } from '../commands/go';
import { useCanvas, useEditor } from '../context';
import { nameOf } from '../state/describe';
import { useStored } from '../state/store';
import { findInFlow, type Hit } from './search';

const askMs = 250;
const shownHits = 200;

/** Finds names, parameters and, while a run is shown, values. Enter goes to the next. */
export function Find(): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const [words, setWords] = useState('');
	const [at, setAt] = useState(-1);
	const revision = useStored(editor.doc, doc => doc.revision);
	// oxlint-disable-next-line react/exhaustive-deps -- the flow is another one with each revision
	const inFlow = useMemo(() => findInFlow(editor, words), [editor, words, revision]);
	const inValues = useValueHits(words);
	const hits: readonly Hit[] = [
		...inFlow,
		...inValues.map(node => ({ node, where: 'value of the run', text: words.trim() })),
	];
	const go = (index: number): void => {
		const hit = hits[index];
		if (!hit) return;
		setAt(index);
		reach({ editor, canvas }, hit.node, null);
	};
	const key = (event: KeyboardEvent): void => {
		if (event.key !== 'Enter' || hits.length === 0) return;
		event.preventDefault();
		go((at + (event.shiftKey ? -1 : 1) + hits.length) % hits.length);
	};
	return (
		<div className="find">
			<div className="find-bar">
				<input
					className="form-input find-input"
					type="search"
					aria-label="Find names, parameters and values"
					placeholder="Find names, parameters and values"
					autoFocus
					value={words}
					onChange={event => {
						setWords(event.currentTarget.value);
						setAt(-1);
					}}
					onKeyDown={key}
				/>
				<span className="muted" role="status">
					{words.trim() === '' ? '' : plural(hits.length, 'hit')}
				</span>
			</div>
			<ul className="hit-list">
				{hits.slice(0, shownHits).map((hit, index) => (
					<li key={`${hit.node} ${hit.where}`}>
						<button type="button" className={`problem${index === at ? ' selected' : ''}`} onClick={() => go(index)}>
							<span className="problem-node">{nameOf(editor, hit.node)}</span>
							<span className="muted">{hit.where}</span>
							<span className="hit-text">{hit.text}</span>
						</button>
					</li>
				))}
			</ul>
		</div>
	);
}

const none: readonly NodeId[] = [];
const shortest = 2;

/** Values lie with the host: it is asked when typing pauses. */
function useValueHits(words: string): readonly NodeId[] {
	const editor = useEditor();
	const run = useStored(editor.runs.run, now => now?.id ?? null);
	const [found, setFound] = useState<{ readonly of: string; readonly nodes: readonly NodeId[] } | null>(null);
	const text = words.trim();
	const key = `${run} ${text}`;
	useEffect(() => {
		if (run === null || text.length < shortest) return undefined;
		let isGone = false;
		const timer = setTimeout(() => {
			editor.client.call('findValues', { run, text }).then(
				nodes => {
					if (!isGone) setFound({ of: key, nodes });
				},
				(error: unknown) => {
					if (!isGone) editor.fail(error);
				},
			);
		}, askMs);
		return () => {
			isGone = true;
			clearTimeout(timer);
		};
	}, [editor, run, text, key]);
	return found?.of === key ? found.nodes : none;
}
