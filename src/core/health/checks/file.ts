import { stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock';
import { CancelledError, errorText, systemCode } from '../../base/errors';
import type { CheckResult } from '../service';
import { seconds } from './http';

export interface FileCheck {
	readonly path: string;
	/** It must have been written since so long; `null` where being there is enough. */
	readonly youngerThanMs: number | null;
	readonly timeoutMs: number;
}

type StatOf = (path: string) => Promise<{ readonly mtimeMs: number }>;

/** All files of this process are read by four threads. A mount that hangs must not get them all. */
const atOnce = 2;
/** Looks that the file system has not answered; one that hangs stays for as long as it hangs. */
const looking = new Set<string>();
const waiting = new Set<() => void>();

/** Looks whether a file is there and fresh. A mount that hangs is a failure, not a wait. */
export function checkFile(
	check: FileCheck,
	clock: Clock,
	signal: AbortSignal,
	statOf: StatOf = stat,
): Promise<CheckResult> {
	const { path, timeoutMs } = check;
	if (signal.aborted) return Promise.reject(new CancelledError());
	return new Promise((resolve, reject) => {
		const leave = (): void => {
			timer.dispose();
			waiting.delete(begin);
			signal.removeEventListener('abort', cancel);
		};
		const end = (result: CheckResult): void => {
			leave();
			resolve(result);
		};
		const cancel = (): void => {
			leave();
			reject(new CancelledError());
		};
		const begin = (): void => {
			if (looking.size >= atOnce || looking.has(path)) return void waiting.add(begin);
			waiting.delete(begin);
			looking.add(path);
			void look(check, clock, statOf).then(result => {
				looking.delete(path);
				end(result);
				for (const next of waiting) next();
			});
		};
		const timer = clock.after(timeoutMs, () => end(late(check)));
		signal.addEventListener('abort', cancel, { once: true });
		begin();
	});
}

function late({ path, timeoutMs }: FileCheck): CheckResult {
	if (looking.has(path)) return down(`The file system did not answer within ${seconds(timeoutMs)}.`);
	return { outcome: 'unsure', text: 'Other files have not been answered for, so this one waits.', latencyMs: null };
}

async function look({ path, youngerThanMs }: FileCheck, clock: Clock, statOf: StatOf): Promise<CheckResult> {
	try {
		const { mtimeMs } = await statOf(path);
		const minutes = Math.max(0, Math.floor((clock.now() - mtimeMs) / 60_000));
		const age = minutes === 0 ? 'just now' : `${minutes === 1 ? '1 minute' : `${minutes} minutes`} ago`;
		if (youngerThanMs !== null && clock.now() - mtimeMs > youngerThanMs) return down(`It was written last ${age}.`);
		return { outcome: 'up', text: `It is there, written ${age}.`, latencyMs: null };
	} catch (error) {
		return down(systemCode(error) === 'ENOENT' ? 'It is not there.' : `It cannot be looked at: ${errorText(error)}.`);
	}
}

function down(text: string): CheckResult {
	return { outcome: 'down', text, latencyMs: null };
}
