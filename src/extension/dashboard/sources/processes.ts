import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { ExpectedError, systemCode } from '../../../core/base/errors';
import { endProcess, processesTopic, type EndParams } from '../../../core/dashboard/topics/processes';
import type { ProcessSample } from '../../../core/hardware/sample';
import type { Verdict } from '../../../core/safety/gate';
import * as vscode from 'vscode';
import { decideWithUser } from '../../safety/decide';
import { does, tells, type Source, type SourceDeps } from '../source';
import { eachSample } from './hardware';

const patienceMs = 3000;
const lookMs = 100;

/** Processes as they were seen last, and ending one. */
export const processesSource: Source = {
	tells: [tells(processesTopic, (_params, sink, deps) => eachSample(sink, deps, ({ processes }) => processes))],
	does: [does(endProcess, end)],
};

async function end(params: EndParams, deps: SourceDeps): Promise<'ended' | 'running' | 'kept'> {
	if (!vscode.workspace.isTrusted)
		throw new ExpectedError('untrusted', 'In Restricted Mode no process is ended. Trust this workspace first.', {
			actions: [{ title: 'Manage Trust', command: 'workbench.trust.manage' }],
		});
	if (!(await decided(await seen(params, deps), params, deps))) return 'kept';
	// The user may have thought about it for long: the number may be another's by now.
	const same = await seen(params, deps);
	if (!(await isSame(same))) throw gone(same.pid);
	signal(same.pid, params.isForced ? 'SIGKILL' : 'SIGTERM');
	for (let waited = 0; waited < patienceMs; waited += lookMs) {
		if (!isAlive(same.pid)) return 'ended';
		await wait(lookMs);
	}
	return 'running';
}

/** The process that the page means, as the latest look tells it: only one that was told is ended. */
async function seen({ pid, startedAt }: EndParams, { hardware }: SourceDeps): Promise<ProcessSample> {
	const feed = await hardware.get();
	const found = feed.latest?.processes?.find(each => each.pid === pid && (each.startedAt ?? null) === startedAt);
	if (!found || !isAlive(pid)) throw gone(pid);
	if (pid === process.pid || pid === process.ppid)
		throw new ExpectedError('own-host', 'That process runs this window’s extensions; close the window instead.');
	return found;
}

/** The sample may be some seconds old. Linux tells at once whether the number is another process’ by now. */
async function isSame({ pid, startedAt }: ProcessSample): Promise<boolean> {
	if (process.platform !== 'linux' || startedAt === undefined) return true;
	const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
	// The name before may hold spaces and brackets; the start is the 20th value after it.
	return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19]) === startedAt;
}

function gone(pid: number): ExpectedError {
	return new ExpectedError('no-process', `Process ${pid} has ended already.`);
}

/** Through the gate: what this window started is ended at once, anything else is confirmed in VS Code's own modal. */
async function decided(target: ProcessSample, { isForced }: EndParams, deps: SourceDeps): Promise<boolean> {
	const { approvals, host } = deps;
	const gate = await deps.newGate();
	const ended = new AbortController();
	const tool = target.isOurs ? 'quarterdeck_end_own_process' : 'quarterdeck_end_process';
	const input = { pid: target.pid, name: target.name, command: target.command ?? target.name, forced: isForced };
	const asked = approvals.onDidAdd(view => {
		if (approvals.callOf(view.id)?.input !== input) return;
		// The press on the widget was the wish: the confirmation follows at once, and without it nothing is left to wait.
		void decideWithUser(approvals, view, { outcome: 'allow', scope: 'once' }).then(
			isAllowed => {
				if (!isAllowed) ended.abort();
			},
			(error: unknown) => {
				ended.abort();
				host.log.error(error instanceof Error ? error : String(error));
			},
		);
	});
	try {
		// The press on the widget is the click that ending a process of ours takes.
		const allowance = { upTo: 'YELLOW', by: 'user' } as const;
		const origin = { conversation: null, asker: 'Dashboard', execution: null, step: null, allowance };
		const verdict: Verdict = await gate.authorize({ tool, input, cwd: '' }, origin, ended.signal);
		if (verdict.isAllowed) return true;
		if (ended.signal.aborted) return false;
		throw new ExpectedError('refused', verdict.reason);
	} finally {
		asked.dispose();
	}
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
	try {
		process.kill(pid, name);
	} catch (error) {
		if (systemCode(error) === 'ESRCH') return;
		throw new ExpectedError('not-allowed', `Process ${pid} cannot be ended: it belongs to somebody else.`, {
			cause: error,
		});
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return systemCode(error) === 'EPERM';
	}
}
