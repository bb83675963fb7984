import { useState, type ReactElement } from 'react';
import type { PersonAnswer } from '../../../core/flow/editorProtocol';
import type { WaitDetail } from '../../../core/flow/engine/events';
import type { NodeId } from '../../../core/flow/model/flow';
import type { NodeWaitView } from '../../../core/flow/runView';
import { Button } from '../../shared/components/toolkit';
import { reach } from '../commands/go';
import { useCanvas, useEditor } from '../context';
import { nameOf } from '../state/describe';
import { useStore } from '../state/store';

/** What the run asks of the user: approvals, answers, whether an interrupted node may run again. */
export function Waits(): ReactElement | null {
	const editor = useEditor();
	const run = useStore(editor.runs.run);
	if (!run) return null;
	const waits = Object.entries(run.nodes).flatMap(([node, { wait }]) =>
		wait?.ask ? [{ node, wait, ask: wait.ask }] : [],
	);
	if (waits.length === 0) return null;
	return (
		<div className="waits">
			{waits.map(({ node, wait, ask }) => (
				<Wait
					key={ask.id}
					node={node}
					wait={wait}
					ask={ask}
					onAnswer={answer => void editor.attempt('answer', { run: run.id, wait: ask.id, answer })}
				/>
			))}
		</div>
	);
}

function Wait({
	node,
	wait,
	ask,
	onAnswer,
}: {
	readonly node: NodeId;
	readonly wait: NodeWaitView;
	readonly ask: WaitDetail;
	readonly onAnswer: (answer: PersonAnswer) => void;
}): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const [comment, setComment] = useState('');
	return (
		<section className="wait" aria-label={ask.title}>
			<h3>
				<button type="button" className="text-button" onClick={() => reach({ editor, canvas }, node, null)}>
					{nameOf(editor, node)}
				</button>{' '}
				{ask.title}
			</h3>
			{ask.detail !== '' && <pre className="wait-detail">{ask.detail}</pre>}
			{wait.kind === 'approval' && (
				<>
					<input
						className="form-input"
						aria-label="Comment"
						placeholder="Comment (optional)"
						value={comment}
						onChange={event => setComment(event.currentTarget.value)}
					/>
					<div className="wait-buttons">
						<Button appearance="primary" onClick={() => onAnswer({ kind: 'approval', isApproved: true, comment })}>
							Approve
						</Button>
						<Button onClick={() => onAnswer({ kind: 'approval', isApproved: false, comment })}>Refuse</Button>
					</div>
				</>
			)}
			{wait.kind === 'rerun' && (
				<div className="wait-buttons">
					<Button onClick={() => onAnswer({ kind: 'rerun', isRun: true })}>Run it again</Button>
					<Button onClick={() => onAnswer({ kind: 'rerun', isRun: false })}>Take it as failed</Button>
				</div>
			)}
			{wait.kind === 'input' && <Questions ask={ask} onAnswer={onAnswer} />}
		</section>
	);
}

function Questions({
	ask,
	onAnswer,
}: {
	readonly ask: WaitDetail;
	readonly onAnswer: (answer: PersonAnswer) => void;
}): ReactElement {
	const [answers, setAnswers] = useState<Readonly<Record<string, string>>>({});
	const isWhole = ask.questions.every(({ question }) => (answers[question] ?? '') !== '');
	return (
		<>
			{ask.questions.map(({ question, options }) => (
				<label key={question} className="wait-question">
					{question}
					<input
						className="form-input"
						list={options.length > 0 ? `options-${question}` : undefined}
						value={answers[question] ?? ''}
						onChange={event => {
							const { value } = event.currentTarget;
							setAnswers(before => ({ ...before, [question]: value }));
						}}
					/>
					{options.length > 0 && (
						<datalist id={`options-${question}`}>
							{options.map(option => (
								<option key={option.label} value={option.label}>
									{option.description}
								</option>
							))}
						</datalist>
					)}
				</label>
			))}
			<div className="wait-buttons">
				<Button appearance="primary" isDisabled={!isWhole} onClick={() => onAnswer({ kind: 'input', answers })}>
					Answer
				</Button>
			</div>
		</>
	);
}
