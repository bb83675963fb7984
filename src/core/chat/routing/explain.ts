import { modelName, type RouteResult } from './route';

/** What Auto chose for a message when it was sent. */
export interface EarlierChoice {
	readonly model: string;
	readonly why: string;
}

/**
 * “Why this one?”, as a Markdown document.
 * @param earlier absent for a message that was not sent
 */
export function explainMarkdown(
	text: string,
	result: RouteResult,
	problems: readonly string[],
	earlier?: EarlierChoice,
): string {
	const first = text.trim().split('\n', 1)[0] ?? '';
	const shown = first.length > 200 ? `${first.slice(0, 199)}…` : first;
	const lines = [
		'# Why this model?',
		'',
		...(shown === '' ? ['> (no message yet)'] : [`> ${shown}`]),
		'',
		...(earlier ? [`When it was sent, **${modelName(earlier.model)}** was chosen: ${earlier.why}.`, ''] : []),
		`The message is ${result.prompt}.`,
		'',
		chosenText(result, earlier),
		'',
		'The rules of *Auto*, in their order; the first that holds and has a model that is running decides:',
		'',
		...result.traces.map(
			({ rule, when, isMatch, text: came }, index) =>
				`${index + 1}. ${isMatch ? '**' : ''}${rule}${isMatch ? '**' : ''} (${when}): ${came}`,
		),
		...problems.flatMap(problem => ['', `Note: ${problem}`]),
		'',
		'Change them with the command *Quarterdeck: Rules for Choosing a Model…*',
	];
	return `${lines.join('\n')}\n`;
}

function chosenText({ chosen }: RouteResult, earlier: EarlierChoice | undefined): string {
	const now = earlier ? 'As the rules and the models are now: ' : '';
	if (chosen === null)
		return `${now}**no rule found a model that is running.** Start a local model, or name a model of a provider in a rule: of those elsewhere only the ones that a rule or your fallbacks name are taken.`;
	return `${now}**${modelName(chosen.model)}** answers: ${chosen.why}.`;
}
