import { Parser } from 'expr-eval-fork';
import { errorText } from '../../base/errors';
import { Args, argumentsSchema, textArgument } from '../args';
import { ownTool } from '../own';
import { textResult, type Tool } from '../tool';

/** Arithmetic alone: no assignment, no functions of the caller's own, no texts, nothing that could run for long. */
const withoutPrograms = { assignment: false, fndef: false, concatenate: false, in: false, array: false, random: false };
const parser = new Parser({ operators: withoutPrograms });
const listFunctions = ['map', 'fold', 'filter', 'indexOf', 'join', 'random', 'length', 'sum'];
parser.functions = Object.fromEntries(
	Object.entries(parser.functions).filter(([name]) => !listFunctions.includes(name)),
);

/** `quarterdeck_calculate`: arithmetic that a model should not do in its head. */
export function calculateTool(): Tool {
	return ownTool({
		name: 'quarterdeck_calculate',
		title: 'Calculate',
		description:
			'Calculates an expression: + - * / % ^ (power), comparisons, and or not, x ? y : z, ! (factorial), PI, E, ' +
			'and sqrt cbrt abs round(x) roundTo(x, digits) floor ceil trunc exp ln log10 log2 sin cos tan asin acos atan (radians) min max hypot pow. ' +
			'Numbers have about 16 digits.',
		schema: argumentsSchema(
			{ expression: textArgument('The expression, such as (1.07^12 - 1) * 100.', { minLength: 1, maxLength: 1000 }) },
			['expression'],
		),
		run: async input => {
			const expression = new Args(input).text('expression');
			try {
				const value: unknown = parser.parse(expression).evaluate({});
				if (typeof value === 'number' && !Number.isNaN(value)) return textResult(`${expression} = ${shown(value)}`);
				if (typeof value === 'boolean') return textResult(`${expression} = ${value}`);
				return textResult(`${expression} has no number as its value.`, true);
			} catch (error) {
				return textResult(`${expression} cannot be calculated: ${errorText(error)}`, true);
			}
		},
	});
}

/** 0.1 + 0.2 is 0.3 to everybody but the machine. */
function shown(value: number): string {
	const rounded = Number(value.toPrecision(15));
	return Object.is(rounded, -0) ? '0' : String(rounded);
}
