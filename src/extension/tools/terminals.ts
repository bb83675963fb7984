import * as vscode from 'vscode';
import { Owner } from '../../core/base/lifecycle';
import { OutputTail } from '../../core/process/outputTail';
import type { TerminalPort, TerminalView } from '../../core/tools/ports';

const keptCommands = 5;
const headBytes = 4 * 1024;
const tailBytes = 16 * 1024;

interface SeenCommand {
	readonly command: string;
	readonly output: OutputTail;
	exitCode: number | null;
	isRunning: boolean;
}

/** Keeps the last commands of every terminal with shell integration, and the beginning and end of what they wrote. */
export class Terminals extends Owner implements TerminalPort {
	readonly #seen = new Map<vscode.Terminal, SeenCommand[]>();
	readonly #running = new Map<vscode.TerminalShellExecution, SeenCommand>();

	constructor() {
		super();
		this.own(
			vscode.window.onDidStartTerminalShellExecution(({ terminal, execution }) => this.#started(terminal, execution)),
		);
		this.own(
			vscode.window.onDidEndTerminalShellExecution(({ execution, exitCode }) => {
				const command = this.#running.get(execution);
				this.#running.delete(execution);
				if (command) Object.assign(command, { isRunning: false, exitCode: exitCode ?? null });
			}),
		);
		this.own(vscode.window.onDidCloseTerminal(terminal => this.#seen.delete(terminal)));
	}

	terminals(): readonly TerminalView[] {
		return vscode.window.terminals.map(terminal => ({
			name: terminal.name,
			isActive: terminal === vscode.window.activeTerminal,
			commands: (this.#seen.get(terminal) ?? []).map(({ command, output, exitCode, isRunning }) => ({
				command,
				exitCode,
				isRunning,
				output: output.text(),
			})),
		}));
	}

	#started(terminal: vscode.Terminal, execution: vscode.TerminalShellExecution): void {
		const output = new OutputTail(headBytes, tailBytes);
		const command: SeenCommand = { command: execution.commandLine.value, output, exitCode: null, isRunning: true };
		this.#seen.set(terminal, [...(this.#seen.get(terminal) ?? []), command].slice(-keptCommands));
		this.#running.set(execution, command);
		void readAll(execution, output);
	}
}

async function readAll(execution: vscode.TerminalShellExecution, output: OutputTail): Promise<void> {
	try {
		for await (const piece of execution.read()) output.push(Buffer.from(piece));
	} catch {
		// The terminal was closed while it wrote.
	}
}
