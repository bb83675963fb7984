import { readFile } from 'node:fs/promises';
import { Args, argumentsSchema, countArgument, textArgument } from '../args';
import { absolutePath, pathFailure, shownPath } from '../files/paths';
import { decodeText } from '../files/textFile';
import { ownTool } from '../own';
import type { CodePlace, CodePort } from '../ports';
import { textResult, type Tool } from '../tool';

const most = 300;

/** `quarterdeck_references`: where a symbol is defined and used. */
export function referencesTool(code: CodePort): Tool {
	return ownTool({
		name: 'quarterdeck_references',
		title: 'References',
		description:
			"Asks the editor's language features where the symbol that stands in a line of a file is defined and where it is used. More exact than a search for its name.",
		schema: argumentsSchema(
			{
				file_path: textArgument('The file in which the symbol stands.'),
				line: countArgument('The line, from 1.', 1, 100_000_000),
				symbol: textArgument('The name as it stands in that line.', { minLength: 1 }),
			},
			['file_path', 'line', 'symbol'],
		),
		async run(input, { cwd, signal }) {
			const args = new Args(input);
			const path = absolutePath(args.text('file_path'), cwd);
			const line = args.number('line', 1);
			const column = await columnOf(path, line, args.text('symbol')).catch((error: unknown) =>
				pathFailure(error, path),
			);
			if (typeof column === 'object') return column;
			if (column === 0) return textResult(`“${args.text('symbol')}” does not stand in line ${line} of ${path}.`, true);
			const found = await code.references({ path, line, column }, signal);
			if (found === null) {
				return textResult('No language feature of this editor knows that symbol; search for its name instead.', true);
			}
			return textResult(
				[section('Defined', found.definitions, cwd), section('Used', found.references, cwd)].join('\n\n'),
			);
		},
	});
}

/** Where the symbol begins, from 1; 0 when it is not there. */
async function columnOf(path: string, line: number, symbol: string): Promise<number> {
	const { text } = decodeText(await readFile(path));
	return (text.split('\n')[line - 1] ?? '').indexOf(symbol) + 1;
}

function section(title: string, places: readonly CodePlace[], cwd: string): string {
	if (places.length === 0) return `${title}: nowhere`;
	const lines = places
		.slice(0, most)
		.map(place => `${shownPath(place.path, cwd)}:${place.line}:${place.column}\t${place.text.trim().slice(0, 200)}`);
	if (places.length > most) lines.push(`[${places.length - most} more]`);
	return `${title} (${places.length}):\n${lines.join('\n')}`;
}
