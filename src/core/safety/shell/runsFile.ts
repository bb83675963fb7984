import type { CommandCall, Judge } from './call';

/** Judges running a file that the same line wrote: its text where that is known, else by where it came from. */
export function judgeRunOfWritten(judge: Judge, path: string, call: CommandCall, isShell: boolean): void {
	const written = call.scope.written(path);
	if (!written) return;
	if (written.isFetched) judge.add('RED', `runs ${path}, which the same line fetches from the network`);
	else if (written.text === undefined) judge.add('ORANGE', `runs ${path}, which the same line writes`);
	else if (isShell) judge.line(written.text, call.scope.fork());
}
