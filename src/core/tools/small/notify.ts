import type { Clock } from '../../base/clock';
import { visibleText } from '../../safety/visible';
import { Args, argumentsSchema, textArgument } from '../args';
import { ownTool } from '../own';
import type { NotifyPort } from '../ports';
import { textResult, type Tool } from '../tool';

const perMinute = 5;

/** `quarterdeck_notify`: a notification in this window; a model cannot flood the person with them. */
export function notifyTool(people: NotifyPort, clock: Clock): Tool {
	let recent: number[] = [];
	return ownTool({
		name: 'quarterdeck_notify',
		title: 'Notify you',
		description:
			'Shows the user a notification and goes on without an answer: for long work that is done or cannot go on. Not for what stands in your answer anyway.',
		schema: argumentsSchema(
			{
				text: textArgument('One or two sentences.', { minLength: 1, maxLength: 300 }),
				level: { type: 'string', enum: ['info', 'warning', 'error'], description: 'info when absent.' },
			},
			['text'],
		),
		run: async (input, { conversation }) => {
			const now = clock.monotonic();
			recent = recent.filter(at => now - at < 60_000);
			if (recent.length >= perMinute) return textResult('The user was notified often enough for now.', true);
			recent.push(now);
			const args = new Args(input);
			const level = args.maybeText('level');
			const shown = visibleText(args.text('text')).replaceAll(/\s+/gu, ' ').trim();
			people.notify(shown, level === 'warning' || level === 'error' ? level : 'info', conversation ?? '');
			return textResult('The user was notified.');
		},
	});
}
