import { Args, argumentsSchema, textArgument } from '../args';
import { absolutePath, isOpenToSearch, shownPath } from '../files/paths';
import { ownTool } from '../own';
import type { BuiltInPorts, CodePort, CodeSymbol } from '../ports';
import { textResult, type Tool } from '../tool';

const most = 400;

/** `quarterdeck_symbols`: the outline of a file, or symbols of the workspace by name. */
export function symbolsTool(ports: Pick<BuiltInPorts, 'safety'>, code: CodePort): Tool {
	return ownTool({
		name: 'quarterdeck_symbols',
		title: 'Symbols',
		description:
			"Asks the editor's language features for classes, functions and other symbols: the outline of file_path, or symbols of the whole workspace whose name fits query.",
		schema: argumentsSchema({
			file_path: textArgument('The file whose outline is wanted.'),
			query: textArgument('A name or a part of one, to look for in the workspace.'),
		}),
		async run(input, { cwd, signal }) {
			const args = new Args(input);
			const path = args.maybeText('file_path');
			const query = args.maybeText('query');
			if (path === undefined && query === undefined) return textResult('Give file_path or query.', true);
			const found =
				path === undefined
					? await code.symbolsNamed(query ?? '', signal)
					: await code.symbolsOf(absolutePath(path, cwd), signal);
			const safety = ports.safety();
			const fits = found.filter(
				symbol =>
					(path === undefined || query === undefined || symbol.name.toLowerCase().includes(query.toLowerCase())) &&
					(path !== undefined || isOpenToSearch(symbol.path, cwd, safety)),
			);
			if (fits.length === 0) {
				return textResult('No symbols. The language may have no features in this editor, or they are still loading.');
			}
			const lines = fits.slice(0, most).map(symbol => lineOf(symbol, path === undefined, cwd));
			if (fits.length > most) lines.push(`[${fits.length - most} more]`);
			return textResult(lines.join('\n'));
		},
	});
}

function lineOf({ name, kind, container, path, line, endLine }: CodeSymbol, withPath: boolean, cwd: string): string {
	const where = withPath ? `${shownPath(path, cwd)}:${line}` : `${line}-${endLine}`;
	return `${where}\t${kind} ${container === '' ? '' : `${container}.`}${name}`;
}
