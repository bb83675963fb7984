import { z } from 'zod';
import type { Json } from '../../../base/json';
import { defineNode, type PortValues } from '../nodeType';
import { choice, flag, needed, text, texts } from '../params';
import { durationMs, port, textAt, useTool } from '../support';

const within = text('Within', '`10 min`, `1 h`; then it goes on at `timeout`. Empty to wait as long as it takes.', {
	widget: 'duration',
});

export const approvalNode = defineNode({
	type: 'people.approval',
	version: 1,
	title: 'Approval',
	category: 'People',
	icon: 'verified',
	summary: 'Waits for a yes or no of a person',
	help: 'Shows what arrives and waits for you: the value goes on at `approved` or at `rejected`, each with your comment, or at `timeout`. The run can be closed meanwhile and goes on later. Example: the plan of an agent, before another carries it out.',
	aliases: ['Human in the Loop', 'Human Input', 'Wait for Approval', 'Send and Wait', 'Review'],
	params: z.object({
		title: needed('Question', 'One line: `Publish these notes?`'),
		detail: text('Details', 'What to look at; empty for the value itself.', { widget: 'multiline' }),
		within,
	}),
	ports: {
		inputs: [port('value', 'Value', 'any')],
		outputs: [
			port('approved', 'Approved', 'any'),
			port('rejected', 'Rejected', 'any'),
			port('timeout', 'Timeout', 'any'),
			port('comment', 'Comment', 'text'),
		],
	},
	effects: 'reads',
	async run(inputs, { title, detail, within: limit }, { people }): Promise<PortValues> {
		const passed = inputs['value'] ?? null;
		const timeoutMs = durationMs(limit);
		const answer = await people.approve({ title, detail: detail === '' ? textAt(inputs, 'value') : detail, timeoutMs });
		if (answer === null) return { timeout: passed };
		return { [answer.isApproved ? 'approved' : 'rejected']: passed, comment: answer.comment };
	},
});

const question = z.object({
	name: needed('Name', 'Of the answer in `answers`.'),
	question: needed('Question', 'What is asked.'),
	options: texts('Choices', 'Empty for a text of their own.'),
	isSeveral: flag('Several', 'More than one may be chosen.'),
});

export const askNode = defineNode({
	type: 'people.ask',
	version: 1,
	title: 'Ask for Input',
	category: 'People',
	icon: 'question',
	summary: 'Asks a person and waits for the answers',
	help: 'Asks one question or several and gives the answers by their names, or goes on at `timeout`. Example: `environment` with the choices `staging` and `production`.',
	aliases: ['User Input', 'Form', 'Prompt User', 'Wait for Input'],
	params: z.object({
		questions: z
			.array(question)
			.min(1, 'There is no question.')
			.meta({ title: 'Questions', description: 'In their order.' }),
		within,
	}),
	ports: {
		inputs: [port('value', 'Value', 'any', { description: 'For `{{ input.value }}` in the questions' })],
		outputs: [
			port('answers', 'Answers', 'object'),
			port('answer', 'First answer', 'text'),
			port('timeout', 'Timeout', 'any'),
		],
	},
	effects: 'reads',
	async run(inputs, { questions, within: limit }, { people }): Promise<PortValues> {
		const views = questions.map(({ name, question: asked, options, isSeveral }) => ({
			question: asked,
			header: name.slice(0, 30),
			isMultiSelect: isSeveral,
			options: options.map(label => ({ label, description: '' })),
		}));
		const given = await people.ask(views, durationMs(limit));
		if (given === null) return { timeout: inputs['value'] ?? null };
		const answers: Readonly<Record<string, Json>> = Object.fromEntries(
			questions.map(({ name, question: asked }) => [name, given[asked] ?? given[name] ?? '']),
		);
		return { answers, answer: answers[questions[0]?.name ?? ''] ?? '' };
	},
});

const shownChars = 300;

export const notifyNode = defineNode({
	type: 'people.notify',
	version: 1,
	title: 'Notify',
	category: 'People',
	icon: 'bell',
	summary: 'Shows a notification',
	help: 'Shows a line in this window and goes on. Five a minute are shown; what is longer than 300 characters is cut and stands whole in the run’s log. Example: `Review of {{ flow.branch }} is done`.',
	aliases: ['Notification', 'Alert', 'Message', 'Toast'],
	params: z.object({
		text: text('Text', 'Empty for the value itself.', { widget: 'multiline' }),
		level: choice('As', 'How it looks.', ['info', 'warning', 'error']),
	}),
	ports: { inputs: [port('value', 'Value', 'any')], outputs: [port('value', 'Value', 'any')] },
	effects: 'writes',
	// Seen twice is better than a question whether to show it again.
	isIdempotent: true,
	async run(inputs, params, context) {
		const whole = params.text === '' ? textAt(inputs, 'value') : params.text;
		const shown = whole.trim() === '' ? 'The flow has something to tell you.' : whole;
		if (shown.length > shownChars) context.log(shown);
		const cut = shown.length > shownChars ? `${shown.slice(0, shownChars - 1)}…` : shown;
		await useTool(context, 'quarterdeck_notify', { text: cut, level: params.level });
		return { value: inputs['value'] ?? null };
	},
});
