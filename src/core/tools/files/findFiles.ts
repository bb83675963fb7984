import { ExpectedError } from '../../base/errors';
import { Args, argumentsSchema, countArgument, textArgument } from '../args';
import { ownTool } from '../own';
import { textResult, type Tool } from '../tool';
import { absolutePath, shownPath } from './paths';
import { ripgrepLines, type RipgrepPorts } from './ripgrep';

const defaultLimit = 300;

/** `quarterdeck_find_files`: files of a tree by the pattern of their path. */
export function findFilesTool(ports: RipgrepPorts): Tool {
	return ownTool({
		name: 'quarterdeck_find_files',
		title: 'Find files',
		description:
			'Finds files by a glob of their path: **/*.ts, src/**/test_*.py, *.{json,yaml}. Without a slash the pattern holds in every folder. ' +
			'Files that .gitignore names are left out unless include_ignored is set.',
		schema: argumentsSchema(
			{
				pattern: textArgument('The glob.'),
				path: textArgument('The folder to look in; the working folder when absent.'),
				include_ignored: { type: 'boolean', description: 'Also files that .gitignore names.' },
				limit: countArgument(`At most so many files; ${defaultLimit} when absent.`, 1, 5000),
			},
			['pattern'],
		),
		async run(input, { cwd, signal }) {
			const args = new Args(input);
			const folder = absolutePath(args.maybeText('path') ?? '.', cwd);
			const limit = args.number('limit', defaultLimit);
			const found: string[] = [];
			const ignored = args.flag('include_ignored') ? ['--no-ignore'] : [];
			const rg = [
				'--files',
				'--hidden',
				'--glob',
				'!.git',
				...ignored,
				'--glob',
				args.text('pattern'),
				'--sort',
				'path',
			];
			try {
				const { hasMore } = await ripgrepLines(ports, [...rg, '--', folder], folder, signal, line => {
					if (found.length >= limit) return false;
					found.push(shownPath(line.replace(/\r$/u, ''), cwd));
					return true;
				});
				if (found.length === 0)
					return { ...textResult(`No file under ${shownPath(folder, cwd)} fits ${args.text('pattern')}.`), value: [] };
				const note = hasMore ? `\n[more files fit; only ${limit} are shown]` : '';
				return { ...textResult(found.join('\n') + note), value: found };
			} catch (error) {
				if (ExpectedError.is(error)) return textResult(error.message, true);
				throw error;
			}
		},
	});
}
