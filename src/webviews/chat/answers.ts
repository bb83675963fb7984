import type { QuestionView } from '../../core/safety/approval';

/** What the user has chosen so far for one question. */
export interface AnswerDraft {
	readonly chosen: readonly string[];
	readonly isOther: boolean;
	readonly other: string;
}

export const emptyAnswer: AnswerDraft = { chosen: [], isOther: false, other: '' };

/** Chooses or unchooses an option; where only one may be chosen it replaces the others. */
export function toggleOption(question: QuestionView, draft: AnswerDraft, label: string): AnswerDraft {
	if (!question.isMultiSelect) return { ...draft, chosen: [label], isOther: false };
	const isChosen = draft.chosen.includes(label);
	return { ...draft, chosen: isChosen ? draft.chosen.filter(other => other !== label) : [...draft.chosen, label] };
}

/** The answers by question, or `null` while one is missing. Several choices are joined as the CLI does it. */
export function answersOf(
	questions: readonly QuestionView[],
	drafts: Readonly<Record<string, AnswerDraft>>,
): Readonly<Record<string, string>> | null {
	const answers: Record<string, string> = {};
	for (const { question, options } of questions) {
		const draft = drafts[question] ?? emptyAnswer;
		// In the order of the options, not of the clicks.
		const chosen = options.map(option => option.label).filter(label => draft.chosen.includes(label));
		const other = draft.isOther ? draft.other.trim() : '';
		if (draft.isOther && other === '') return null;
		const all = other === '' ? chosen : [...chosen, other];
		if (all.length === 0) return null;
		answers[question] = all.join(', ');
	}
	return answers;
}
