import type { RouteResult } from './route';

/** “Why this one?”, as a Markdown document. */
export function explainMarkdown(text: string, result: RouteResult, problems: readonly string[]): string {
	const first = text.trim().split('\n', 1)[0] ?? '';
	const shown = first.length > 200 ? `${first.slice(0, 199)}…` : first;
	const lines = [
		'# Why this model?',
		'',
		`> ${shown === '' ? '(no text)' : shown}`,
		'',
		`The message is ${result.prompt}.`,
		'',
		result.chosen === null
			? '**No rule found a model that is running.** Start a local model, add a provider, or write a rule for one.'
			: `**${result.chosen.model}** answers: ${result.chosen.why}.`,
		'',
		'The rules of *Auto*, in their order; the first that holds and has a model that is running decides:',
		'',
		...result.traces.map(
			({ rule, when, isMatch, text }, index) =>
				`${index + 1}. ${isMatch ? '**' : ''}${rule}${isMatch ? '**' : ''} (${when}): ${text}`,
		),
		...problems.flatMap(problem => ['', `Note: ${problem}`]),
		'',
		'Change them with the command *Quarterdeck: Rules for Choosing a Model…*',
	];
	return `${lines.join('\n')}\n`;
}
