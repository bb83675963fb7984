import { stripVTControlCharacters } from 'node:util';
import { OutputTail } from '../../process/outputTail';
import { Args, argumentsSchema, countArgument, textArgument } from '../args';
import { ownTool } from '../own';
import type { BuiltInPorts } from '../ports';
import { runProgram, type ProgramResult } from '../program';
import { textResult, type Tool, type ToolContext, type ToolResult } from '../tool';

const defaultSeconds = 120;
const maxSeconds = 1800;
const progressMs = 150;
const progressBytes = 8192;

/** What makes programs write for a reader that is no terminal, and never wait for an answer. */
const quietEnvironment = {
	TERM: 'dumb',
	NO_COLOR: '1',
	GIT_TERMINAL_PROMPT: '0',
	GIT_PAGER: 'cat',
	PAGER: 'cat',
	GIT_EDITOR: 'true',
} as const;

/** `quarterdeck_run_command`: a line of bash. The gate has judged exactly this line. */
export function runCommandTool(ports: Pick<BuiltInPorts, 'clock' | 'environment' | 'spawn'>, shell: string): Tool {
	return ownTool({
		name: 'quarterdeck_run_command',
		title: 'Run command',
		description:
			'Runs a command line with bash in the working folder and gives its output and exit code. Nothing is kept between calls, there is no input, ' +
			'and whatever it leaves running is ended with it. Long output is cut in the middle. Prefer the tools for reading, searching and editing files to cat, grep and sed.',
		timeoutMs: (maxSeconds + 30) * 1000,
		schema: argumentsSchema(
			{
				command: textArgument('The command line.', { minLength: 1 }),
				timeout_seconds: countArgument(`It is ended after so long; ${defaultSeconds} when absent.`, 1, maxSeconds),
			},
			['command'],
		),
		run: (input, context) => run(ports, shell, new Args(input), context),
	});
}

async function run(
	ports: Pick<BuiltInPorts, 'clock' | 'environment' | 'spawn'>,
	shell: string,
	args: Args,
	context: ToolContext,
): Promise<ToolResult> {
	const seconds = args.number('timeout_seconds', defaultSeconds);
	const late = new AbortController();
	const timer = ports.clock.after(seconds * 1000, () => late.abort());
	const progress = new Progress(context.onProgress);
	const began = ports.clock.monotonic();
	try {
		const result = await runProgram(await ports.spawn(), {
			command: shell,
			// One stream for both, in the order in which they were written. The line itself is not touched.
			args: ['--noprofile', '--norc', '-c', `exec 2>&1\n${args.text('command')}`],
			cwd: context.cwd,
			environment: ports.environment,
			added: quietEnvironment,
			label: 'command of an agent',
			signal: AbortSignal.any([context.signal, late.signal]),
			isWholeTree: true,
			onOutput: chunk => progress.push(chunk),
		});
		const ranSeconds = (ports.clock.monotonic() - began) / 1000;
		return resultOf(result, late.signal.aborted ? seconds : null, ranSeconds);
	} finally {
		timer.dispose();
		progress.dispose();
	}
}

function resultOf(result: ProgramResult, endedAfter: number | null, ranSeconds: number): ToolResult {
	if (result.error) return textResult(`The command could not be started: ${result.error.message}`, true);
	const output = plainOutput(result.output.text());
	const ran = `${ranSeconds.toFixed(1)} s`;
	const end =
		endedAfter !== null
			? `[ended after ${endedAfter} seconds, with everything it had started]`
			: result.code === null
				? `[ended by ${result.signal ?? 'a signal'} after ${ran}]`
				: `[exit code ${result.code}, ${ran}]`;
	const shown = textResult(output === '' ? `(no output)\n${end}` : `${output}\n${end}`, result.code !== 0);
	return { ...shown, value: { output, exitCode: endedAfter === null ? result.code : null } };
}

/** Colours and cursor movements say nothing to a model; of a line that was drawn over, the last state counts. */
function plainOutput(text: string): string {
	return stripVTControlCharacters(text)
		.replaceAll('\r\n', '\n')
		.replaceAll(/^.*\r(?=[^\n])/gmu, '')
		.trimEnd();
}

/** Tells the end of the output so far, a few times a second at most. */
class Progress {
	readonly #tell: (text: string) => void;
	readonly #tail = new OutputTail(0, progressBytes);
	#timer: NodeJS.Timeout | undefined;

	constructor(tell: (text: string) => void) {
		this.#tell = tell;
	}

	push(chunk: Buffer): void {
		this.#tail.push(chunk);
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined;
			this.#tell(plainOutput(this.#tail.tail()));
		}, progressMs);
	}

	dispose(): void {
		clearTimeout(this.#timer);
	}
}
