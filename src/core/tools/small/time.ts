import type { Clock } from '../../base/clock';
import { Args, argumentsSchema, textArgument } from '../args';
import { ownTool } from '../own';
import { textResult, type Tool } from '../tool';

/** `quarterdeck_time`: now, here or elsewhere. */
export function timeTool(clock: Clock): Tool {
	return ownTool({
		name: 'quarterdeck_time',
		title: 'Date and time',
		description:
			"Tells the date, the weekday and the time, on the user's machine or in a time zone such as Asia/Tokyo.",
		schema: argumentsSchema({ time_zone: textArgument('A name of the IANA database.', { maxLength: 60 }) }),
		run: async input => {
			const zone = new Args(input).maybeText('time_zone');
			const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
			const now = new Date(clock.now());
			try {
				const text = new Intl.DateTimeFormat('en-GB', {
					dateStyle: 'full',
					timeStyle: 'long',
					timeZone: zone ?? own,
				}).format(now);
				return textResult(`${text} (${zone ?? own})\nUTC: ${now.toISOString()}`);
			} catch (error) {
				if (!(error instanceof RangeError)) throw error;
				return textResult(`${zone ?? ''} is no time zone. Use a name such as Europe/Berlin.`, true);
			}
		},
	});
}
