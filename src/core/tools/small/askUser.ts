import type { QuestionView } from '../../safety/approval';
import { Args, argumentsSchema, textArgument } from '../args';
import { ownTool } from '../own';
import { textResult, type Tool } from '../tool';

/** `quarterdeck_ask_user`: questions to the person, answered like those of the Claude CLI. */
export function askUserTool(): Tool {
	return ownTool({
		name: 'quarterdeck_ask_user',
		title: 'Ask you',
		description:
			'Asks the user up to four questions and waits for the answers. Use it when a decision is theirs and cannot be found out; not to ask for permission of a call, which happens by itself.',
		// A person takes as long as they take.
		timeoutMs: Number.POSITIVE_INFINITY,
		schema: argumentsSchema(
			{
				questions: {
					type: 'array',
					minItems: 1,
					maxItems: 4,
					items: argumentsSchema(
						{
							question: textArgument('The whole question.', { minLength: 1 }),
							header: textArgument('One or two words for it.', { maxLength: 30 }),
							is_multi_select: { type: 'boolean', description: 'More than one option may be chosen.' },
							options: {
								type: 'array',
								minItems: 2,
								maxItems: 6,
								items: argumentsSchema(
									{
										label: textArgument('A few words.', { minLength: 1 }),
										description: textArgument('What choosing it means.'),
									},
									['label'],
								),
							},
						},
						['question', 'options'],
					),
				},
			},
			['questions'],
		),
		questions: input => new Args(input).list('questions').map(questionOf),
		run: async (_, { answers }) => {
			const given = Object.entries(answers ?? {});
			if (given.length === 0) return textResult('The user gave no answer.', true);
			return textResult(given.map(([question, answer]) => `${question}\n→ ${answer}`).join('\n\n'));
		},
	});
}

function questionOf(question: Args): QuestionView {
	const text = question.text('question');
	return {
		question: text,
		header: question.maybeText('header') ?? text.split(/\s+/u).slice(0, 2).join(' '),
		isMultiSelect: question.flag('is_multi_select'),
		options: question.list('options').map(option => ({
			label: option.text('label'),
			description: option.text('description'),
		})),
	};
}
