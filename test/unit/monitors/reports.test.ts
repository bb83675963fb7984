import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { silentLogger } from '../../../src/core/base/logger';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import { RepairLog } from '../../../src/core/monitors/repairLog';
import { Reports } from '../../../src/extension/monitors/reports';
import { ManualClock } from '../../fakes/manualClock';
import { ScriptedProvider } from '../../fakes/scriptedProvider';
import { serviceOf } from './records';
import { newFolder, settle } from './world';

const vscode = vi.hoisted(() => {
	const state = { told: [] as string[], opened: [] as string[], isTrusted: true };
	const tell = (text: string): Promise<undefined> => {
		state.told.push(text);
		return Promise.resolve(undefined);
	};
	const api = {
		Uri: { file: (path: string) => ({ fsPath: path }) },
		ProgressLocation: { Notification: 15 },
		window: {
			showQuickPick: (items: readonly unknown[]) => Promise.resolve(items[0]),
			withProgress: (_: unknown, run: (...args: unknown[]) => unknown) =>
				run({}, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
			showInformationMessage: tell,
			showWarningMessage: tell,
		},
		commands: {
			executeCommand: (command: string, uri: { readonly fsPath: string }) => {
				if (command === 'markdown.showPreview') state.opened.push(uri.fsPath);
				return Promise.resolve();
			},
		},
		workspace: {
			workspaceFolders: [],
			get isTrusted() {
				return state.isTrusted;
			},
		},
	};
	return { state, api };
});
vi.mock('vscode', () => vscode.api);

beforeEach(() => Object.assign(vscode.state, { told: [], opened: [], isTrusted: true }));

function newReports(
	more: { readonly schedule?: string; readonly left?: number | null; readonly isHolder?: boolean } = {},
) {
	const folder = newFolder();
	const clock = new ManualClock();
	const events: LedgerEvent[] = [];
	const provider = new ScriptedProvider('openai', () => ({ text: '- Start Ollama again.', tokens: 7 }), false);
	const kept = new Map<string, unknown>();
	const settings = {
		get: (key: string) =>
			({ 'report.schedule': more.schedule ?? '', 'budget.dailyUsd': 0, 'budget.monthlyUsd': 0 })[key],
		onDidChange: new Emitter<ReadonlySet<string>>().event,
	};
	const globalState = {
		get: (key: string) => kept.get(key),
		update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
	};
	const context = { globalState, globalStorageUri: { fsPath: folder } };
	const registry = {
		models: () => Promise.resolve([{ state: 'ready', provider, models: provider.list }]),
		resolve: () => ({ provider }),
		price: () => ({ cost: 5, basis: 'priced' }),
	};
	const reports = new Reports(
		{
			host: { clock, log: silentLogger, settings, context },
			ledger: { get: () => Promise.resolve({ query: () => Promise.resolve([]) }) },
			hardware: () => Promise.reject(new Error('no worker')),
			providers: { get: () => Promise.resolve({ providers: registry, look: () => Promise.resolve() }) },
			chat: { get: () => Promise.resolve({ remainingBudget: () => Promise.resolve(more.left ?? null) }) },
			health: {
				services: [serviceOf('provider:ollama', { name: 'Ollama', state: 'unhealthy' })],
				alerts: { open: [] },
			},
			append: (event: LedgerEvent) => void events.push(event),
		} as never,
		{ folder, repairs: new RepairLog(folder, clock), isHolder: () => Promise.resolve(more.isHolder ?? true) } as never,
	);
	onTestFinished(() => reports.dispose());
	const written = (): readonly string[] =>
		readdirSync(join(folder, 'reports')).map(name => readFileSync(join(folder, 'reports', name), 'utf8'));
	return { reports, clock, events, provider, written };
}

test('a report is made without a model, also where the machine cannot be measured, and opened', async () => {
	const { reports, events, provider, written } = newReports();
	await reports.show();
	expect(written()[0]).toMatch(/^# Machine report: 85 of 100\n/);
	expect(vscode.state.opened).toHaveLength(1);
	expect([events, provider.requests]).toEqual([[], []]);
});

test('a model that was chosen adds its advice, on the record and at its cost', async () => {
	const { reports, events, provider, written } = newReports();
	await reports.showWithModel();
	expect(written()[0]).toContain('## What openai/small says\n\n- Start Ollama again.\n');
	expect(provider.requests).toHaveLength(1);
	expect(events).toMatchObject([
		{
			type: 'execution.started',
			kind: 'runbook',
			trigger: 'user',
			title: 'Advice on the machine report',
			provider: 'openai',
		},
		{ type: 'usage.recorded', cost: 5, basis: 'priced', isFinal: true },
		{ type: 'execution.ended', status: 'succeeded' },
	]);
});

test('no model is asked without budget, or in a folder that is not trusted', async () => {
	const spent = newReports({ left: 0 });
	await expect(spent.reports.showWithModel()).rejects.toThrow(/budget is used up/);
	vscode.state.isTrusted = false;
	const untrusted = newReports();
	await expect(untrusted.reports.showWithModel()).rejects.toThrow(/trusted workspaces only/);
	expect([...spent.provider.requests, ...untrusted.provider.requests, ...spent.events]).toEqual([]);
});

test('one that fails is recorded as failed', async () => {
	const { reports, events, provider } = newReports();
	provider.script = () => ({ fail: 'rate-limited' }) as never;
	await expect(reports.showWithModel()).rejects.toThrow();
	expect(events.at(-1)).toMatchObject({ type: 'execution.ended', status: 'failed' });
});

test('by schedule it is made once, told with its score, by the window that looks after the machine', async () => {
	const schedule = '0 * * * *';
	const { clock, events, written } = newReports({ schedule });
	clock.advance(3_600_000);
	await vi.waitFor(
		() => expect(vscode.state.told).toEqual(['Machine report: 85 of 100. Ollama does not answer.']),
		20_000,
	);
	expect(written()).toHaveLength(1);
	expect(events).toMatchObject([
		{ kind: 'runbook', trigger: 'schedule', title: 'Machine report: 85 of 100' },
		{ status: 'succeeded' },
	]);
	const other = newReports({ schedule, isHolder: false });
	other.clock.advance(3_600_000);
	await settle();
	expect([other.events, vscode.state.told.length]).toEqual([[], 1]);
});

test('a line that is no time is said', () => {
	newReports({ schedule: 'every day' });
	expect(vscode.state.told[0]).toMatch(/^No machine report is made by itself: “every day” has 2 parts/);
});
