import { ExpectedError } from '../../base/errors';
import { OutputTail } from '../../process/outputTail';
import type { BuiltInPorts } from '../ports';
import { runProgram } from '../program';

export type RipgrepPorts = Pick<BuiltInPorts, 'environment' | 'ripgrep' | 'spawn'>;

const pieceBytes = 4_000_000;

/**
 * Runs the ripgrep that the editor ships and hands over whole lines as they come. `onLine` answers `false` when it has
 * enough, which ends the program. Its own settings file is not read: it could name a program to run.
 */
export async function ripgrepLines(
	ports: RipgrepPorts,
	args: readonly string[],
	cwd: string,
	signal: AbortSignal,
	onLine: (line: string) => boolean,
): Promise<{ readonly hasMore: boolean }> {
	if (ports.ripgrep === null) throw new ExpectedError('no-ripgrep', 'This editor brings no search program (ripgrep).');
	const decoder = new TextDecoder();
	let rest = '';
	let hasMore = false;
	const result = await runProgram(await ports.spawn(), {
		command: ports.ripgrep,
		args: ['--no-config', ...args],
		cwd,
		environment: ports.environment,
		label: 'ripgrep',
		signal,
		output: new OutputTail(0, 0),
		onOutput: (chunk, process) => {
			if (hasMore) return;
			const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
			rest = lines.pop() ?? '';
			// One endless line is no text that anybody looks for.
			if (rest.length > pieceBytes) rest = '';
			hasMore = lines.some(line => !onLine(line));
			if (hasMore) void process.stop();
		},
	});
	signal.throwIfAborted();
	if (!hasMore && rest !== '') onLine(rest);
	// 1 says that nothing was found; 2 that some of the files could not be read, after all others were.
	const hasFailed = result.error !== null || (result.code !== null && result.code > 1 && !hasMore);
	if (hasFailed && !/: (?:Permission denied|No such file)/u.test(result.stderr)) {
		const why = result.error?.message ?? result.stderr.trim().split('\n').slice(0, 6).join('\n');
		throw new ExpectedError('search-failed', why === '' ? 'The search failed.' : why);
	}
	return { hasMore };
}
