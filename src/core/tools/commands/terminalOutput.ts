import { stripVTControlCharacters } from 'node:util';
import { Args, argumentsSchema, textArgument } from '../args';
import { ownTool } from '../own';
import type { TerminalPort, TerminalView } from '../ports';
import { textResult, type Tool } from '../tool';

/** `quarterdeck_terminal_output`: what the user ran in the editor's terminals lately. */
export function terminalOutputTool(port: TerminalPort): Tool {
	return ownTool({
		name: 'quarterdeck_terminal_output',
		title: 'Read terminal',
		description:
			"Shows the last commands in the user's terminals in VS Code with their output and exit codes: useful when the user says that something failed there. " +
			'Only terminals with shell integration are seen, and only what ran since Quarterdeck began to watch.',
		schema: argumentsSchema({
			name: textArgument('Only the terminal of this name; the active one first when absent.'),
		}),
		async run(input) {
			const name = new Args(input).maybeText('name');
			const all = port.terminals();
			const chosen = name === undefined ? all : all.filter(terminal => terminal.name === name);
			if (all.length === 0) return textResult('No terminal is open.');
			if (chosen.length === 0) {
				return textResult(
					`There is no terminal named ${name}. There are: ${all.map(one => one.name).join(', ')}.`,
					true,
				);
			}
			const sorted = [...chosen].sort((left, right) => Number(right.isActive) - Number(left.isActive));
			return textResult(sorted.map(terminalText).join('\n\n'));
		},
	});
}

function terminalText(terminal: TerminalView): string {
	const title = `Terminal ${terminal.name}${terminal.isActive ? ' (active)' : ''}`;
	if (terminal.commands.length === 0) return `${title}: nothing was seen to run in it.`;
	const commands = terminal.commands.map(({ command, output, exitCode, isRunning }) => {
		const end = isRunning ? '[still running]' : exitCode === null ? '[ended]' : `[exit code ${exitCode}]`;
		return [`$ ${command}`, stripVTControlCharacters(output).trimEnd(), end].filter(part => part !== '').join('\n');
	});
	return `${title}:\n${commands.join('\n\n')}`;
}
