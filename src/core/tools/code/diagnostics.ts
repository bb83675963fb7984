import { Args, argumentsSchema, textArgument } from '../args';
import { absolutePath, shownPath } from '../files/paths';
import { ownTool } from '../own';
import type { CodePort, Diagnostic } from '../ports';
import { textResult, type Tool } from '../tool';

const most = 300;
const severities = ['error', 'warning', 'info', 'hint'] as const;

/** `quarterdeck_diagnostics`: what compilers and linters say in the editor. */
export function diagnosticsTool(code: CodePort): Tool {
	return ownTool({
		name: 'quarterdeck_diagnostics',
		title: 'Problems',
		description:
			"Shows the errors and warnings that the editor's language features and linters report, for a file, a folder or everything. " +
			'They follow a change after a moment; files that were never opened may have none.',
		schema: argumentsSchema({
			file_path: textArgument('A file or folder; the whole workspace when absent.'),
			severity: { type: 'string', enum: [...severities], description: 'The mildest to show; warning when absent.' },
		}),
		async run(input, { cwd }) {
			const args = new Args(input);
			const path = args.maybeText('file_path');
			const least = severities.indexOf((args.maybeText('severity') ?? 'warning') as Diagnostic['severity']);
			const all = code
				.diagnostics(path === undefined ? undefined : absolutePath(path, cwd))
				.filter(({ severity }) => severities.indexOf(severity) <= least);
			if (all.length === 0) return textResult('The editor reports no problems there.');
			const sorted = [...all].sort(
				(left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity),
			);
			const lines = sorted.slice(0, most).map(one => lineOf(one, cwd));
			if (all.length > most) lines.push(`[${all.length - most} more]`);
			return textResult(lines.join('\n'));
		},
	});
}

function lineOf({ path, line, column, severity, message, source }: Diagnostic, cwd: string): string {
	const by = source === '' ? '' : ` (${source})`;
	return `${shownPath(path, cwd)}:${line}:${column} ${severity}: ${message}${by}`;
}
