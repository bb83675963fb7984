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

/** Looks whether a file is there and fresh. A mount that hangs is a failure, not a wait. */
export async function checkFile(check: FileCheck, clock: Clock, signal: AbortSignal): Promise<CheckResult> {
	if (signal.aborted) throw new CancelledError();
	const looking = look(check, clock);
	const late = new Promise<CheckResult>((resolve, reject) => {
		const timer = clock.after(check.timeoutMs, () =>
			resolve(down(`The file system did not answer within ${seconds(check.timeoutMs)}.`)),
		);
		signal.addEventListener('abort', () => reject(new CancelledError()), { once: true });
		void looking.finally(() => timer.dispose());
	});
	return Promise.race([looking, late]);
}

async function look({ path, youngerThanMs }: FileCheck, clock: Clock): Promise<CheckResult> {
	try {
		const { mtimeMs } = await stat(path);
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
