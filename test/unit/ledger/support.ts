import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import {
	asId,
	newId,
	type ConversationId,
	type ExecutionId,
	type HostId,
	type ItemId,
	type StepId,
} from '../../../src/core/base/ids';
import type { LedgerEvent, Usage } from '../../../src/core/ledger/events';
import { JournalWriter, type JournalWriterOptions } from '../../../src/core/ledger/journal/writer';
import { LedgerService, type LedgerServiceOptions } from '../../../src/core/ledger/service';
import { sqlJsEngine } from '../../../src/core/storage/sqlJs';

export const repository = resolve(import.meta.dirname, '../../..');
export const engine = sqlJsEngine(join(repository, 'node_modules/sql.js/dist/sql-wasm.wasm'));

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-ledger-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

export function makeWriter(folder: string, options: Partial<JournalWriterOptions> = {}): JournalWriter {
	const writer = new JournalWriter({ folder, host: newId<HostId>(), version: '0.0.0', retryMs: 5, ...options });
	onTestFinished(() => writer.close());
	return writer;
}

export async function openService(folder: string, options: Partial<LedgerServiceOptions> = {}): Promise<LedgerService> {
	const service = new LedgerService({ engine: () => engine.get(), ...options });
	onTestFinished(() => service.dispose());
	await service.open(folder, { days: 365, megabytes: 80 });
	return service;
}

export const id = {
	execution: (): ExecutionId => newId<ExecutionId>(),
	step: (): StepId => newId<StepId>(),
	conversation: (): ConversationId => newId<ConversationId>(),
	item: (): ItemId => newId<ItemId>(),
	host: (name: string): HostId => asId<HostId>(name),
};

export function started(
	execution: ExecutionId,
	more: Partial<Extract<LedgerEvent, { type: 'execution.started' }>> = {},
): LedgerEvent {
	return {
		type: 'execution.started',
		execution,
		kind: 'chat',
		trigger: 'user',
		title: 'Fix the build',
		agent: null,
		project: '/home/ada/engine',
		provider: 'claude',
		model: 'claude-sonnet-4-5',
		conversation: null,
		...more,
	};
}

export function ended(execution: ExecutionId, status: 'succeeded' | 'failed' | 'stopped' = 'succeeded'): LedgerEvent {
	return { type: 'execution.ended', execution, status, error: status === 'failed' ? 'The CLI crashed' : null };
}

export const someUsage: Usage = { input: 10, output: 20, cacheRead: 30, cacheWrite5m: 40, cacheWrite1h: 50 };

export function used(
	execution: ExecutionId,
	more: Partial<Extract<LedgerEvent, { type: 'usage.recorded' }>> = {},
): LedgerEvent {
	return {
		type: 'usage.recorded',
		execution,
		provider: 'claude',
		model: 'claude-sonnet-4-5',
		usage: someUsage,
		cost: 1_000_000,
		basis: 'reported',
		isFinal: true,
		day: '2026-03-07',
		...more,
	};
}
