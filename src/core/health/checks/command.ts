import type { Clock } from '../../base/clock';
import { CancelledError } from '../../base/errors';
import type { Environment } from '../../process/environment';
import { OutputTail } from '../../process/outputTail';
import { runProgram, type ProgramResult } from '../../tools/program';
import type { Spawn } from '../../tools/ports';
import type { CheckResult } from '../service';
import { seconds } from './http';

export interface CommandCheck {
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly exitCode: number;
	readonly timeoutMs: number;
}

export interface CommandPorts {
	readonly spawn: () => Promise<Spawn>;
	readonly environment: Environment;
}

/** Runs a program to its end, without a shell; it is ended with all it started when its time is up. */
export async function checkCommand(
	check: CommandCheck,
	ports: CommandPorts,
	clock: Clock,
	signal: AbortSignal,
): Promise<CheckResult> {
	const late = new AbortController();
	const started = clock.monotonic();
	const timer = clock.after(check.timeoutMs, () => late.abort());
	try {
		const result = await runProgram(await ports.spawn(), {
			...check,
			environment: ports.environment,
			label: 'health check',
			signal: AbortSignal.any([signal, late.signal]),
			isWholeTree: true,
			output: new OutputTail(1024, 4096),
		});
		if (signal.aborted) throw new CancelledError();
		if (late.signal.aborted)
			return { outcome: 'down', text: `It did not end within ${seconds(check.timeoutMs)}.`, latencyMs: null };
		return { ...judge(check, result), latencyMs: Math.round(clock.monotonic() - started) };
	} finally {
		timer.dispose();
	}
}

function judge({ command, exitCode }: CommandCheck, result: ProgramResult): Omit<CheckResult, 'latencyMs'> {
	if (result.error) return { outcome: 'down', text: `${command} could not be started: ${result.error.message}.` };
	if (result.code === exitCode) return { outcome: 'up', text: `It ended with code ${exitCode}.` };
	const how = result.code === null ? `was ended by ${result.signal ?? 'a signal'}` : `ended with code ${result.code}`;
	const said = lastLine(result.stderr) || lastLine(result.output.tail());
	return { outcome: 'down', text: said === '' ? `It ${how}.` : `It ${how}: ${said}` };
}

function lastLine(text: string): string {
	return (text.trim().split('\n').at(-1) ?? '').slice(0, 200);
}
