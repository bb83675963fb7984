import { useId, useState, type ReactElement } from 'react';
import type { ApprovalView, QuestionView } from '../../../core/safety/approval';
import { Button } from '../../shared/components/toolkit';
import { answersOf, emptyAnswer, toggleOption, type AnswerDraft } from '../answers';
import { useDecide } from '../useDecide';
import { InlineError } from './InlineError';

/** The model asks: choose of what is offered, or answer in your own words. */
export function QuestionCard({ approval }: { readonly approval: ApprovalView }): ReactElement {
	const decision = useDecide(approval);
	const [drafts, setDrafts] = useState<Readonly<Record<string, AnswerDraft>>>({});
	const answers = answersOf(approval.questions, drafts);
	return (
		<section className="approval question" aria-label="Questions to you">
			{approval.questions.map(question => (
				<Question
					key={question.question}
					question={question}
					draft={drafts[question.question] ?? emptyAnswer}
					onChange={draft => setDrafts({ ...drafts, [question.question]: draft })}
				/>
			))}
			<div className="button-row">
				<Button
					appearance="primary"
					isDisabled={answers === null || decision.isRunning}
					title={answers === null ? 'Answer every question first' : 'Send your answers'}
					onClick={() => {
						if (answers) decision.decide({ outcome: 'answer', answers });
					}}
				>
					Answer
				</Button>
				<Button
					isDisabled={decision.isRunning}
					onClick={() =>
						decision.decide({
							outcome: 'refuse',
							reason: 'The user did not want to answer; go on with your best judgement.',
						})
					}
				>
					Skip
				</Button>
			</div>
			<InlineError error={decision.error} />
		</section>
	);
}

interface QuestionProps {
	readonly question: QuestionView;
	readonly draft: AnswerDraft;
	readonly onChange: (draft: AnswerDraft) => void;
}

function Question({ question, draft, onChange }: QuestionProps): ReactElement {
	const name = useId();
	const type = question.isMultiSelect ? 'checkbox' : 'radio';
	return (
		<fieldset className="question-set">
			<legend>
				{question.header !== '' && <span className="question-header">{question.header}</span>}
				{question.question}
			</legend>
			{question.options.map(option => (
				<label key={option.label} className="option">
					<input
						type={type}
						name={name}
						checked={draft.chosen.includes(option.label)}
						onChange={() => onChange(toggleOption(question, draft, option.label))}
					/>
					<span className="option-text">
						{option.label}
						{option.description !== '' && <span className="muted">{option.description}</span>}
					</span>
				</label>
			))}
			<label className="option">
				<input
					type={type}
					name={name}
					checked={draft.isOther}
					onChange={() =>
						onChange({
							...draft,
							isOther: !draft.isOther || !question.isMultiSelect,
							chosen: question.isMultiSelect ? draft.chosen : [],
						})
					}
				/>
				<span className="option-text">
					Other
					{draft.isOther && (
						<input
							className="text-input"
							type="text"
							dir="auto"
							autoFocus
							aria-label={`Your own answer to: ${question.question}`}
							placeholder="In your own words"
							value={draft.other}
							onChange={event => onChange({ ...draft, other: event.target.value })}
						/>
					)}
				</span>
			</label>
		</fieldset>
	);
}
