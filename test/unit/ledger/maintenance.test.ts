import { readdirSync, readFileSync, utimesSync, writeFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConversationId, ExecutionId, StepId } from '../../../src/core/base/ids';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import { HostRegistration } from '../../../src/core/ledger/hosts';
import { hostLedger } from '../../../src/core/ledger/host';
import { findConversations } from '../../../src/core/ledger/read/conversations';
import { readCosts } from '../../../src/core/ledger/read/costs';
import { findExecutions } from '../../../src/core/ledger/read/executions';
import { cutoffOf } from '../../../src/core/ledger/retention';
import { LedgerService } from '../../../src/core/ledger/service';
import { connect, type Client, type Port } from '../../../src/core/rpc/rpc';
import type { LedgerContract } from '../../../src/core/ledger/queries';
import { ended, engine, id, makeWriter, openService, started, temporaryFolder, used } from './support';

const dayMs = 86_400_000;
const now = new Date(2026, 5, 15, 12).getTime();
const after = () => ({ dispose: () => undefined });
const clockAt = (at: number) => ({ now: () => at, monotonic: () => 0, after });
const segmentsOf = (folder: string): string[] =>
	readdirSync(join(folder, 'journal')).filter(name => name.endsWith('.jsonl'));

/** A window that lived for a moment, so many days ago. */
async function write(folder: string, daysAgo: number, events: readonly LedgerEvent[]): Promise<void> {
	const writer = makeWriter(folder, { clock: clockAt(now - daysAgo * dayMs) });
	for (const event of events) await writer.append(event);
	await writer.close();
}

async function openAt(folder: string, retention: { days: number; megabytes: number }): Promise<LedgerService> {
	const service = new LedgerService({ engine: () => engine.get(), clock: clockAt(now) });
	await service.open(folder, retention);
	return service;
}

function clientOf(service: LedgerService): Client<LedgerContract> {
	const sides: [((m: unknown) => void)[], ((m: unknown) => void)[]] = [[], []];
	const port = (mine: 0 | 1): Port => ({
		post: message =>
			queueMicrotask(() => sides[mine === 0 ? 1 : 0].forEach(listener => listener(structuredClone(message)))),
		onMessage(listener) {
			sides[mine].push(listener);
			return { dispose: () => undefined };
		},
	});
	hostLedger(service, port(0));
	return connect<LedgerContract>(port(1));
}

const say = (conversation: ConversationId, body: string): LedgerEvent => ({
	type: 'conversation.item',
	conversation,
	item: id.item(),
	order: 1,
	body,
});
const costs = (of: LedgerService) =>
	of.read(context =>
		['day', 'month', 'agent', 'model'].map(by =>
			readCosts(context, { fromDay: '2026-01-01', toDay: '2026-12-31', by: [by as 'day'] }),
		),
	);
const midnight = (daysAgo: number): number => new Date(2026, 5, 15 - daysAgo).getTime();

function stepOf(execution: ExecutionId, step: StepId, output: string): LedgerEvent[] {
	return [
		{ type: 'step.started', execution, step, parent: null, kind: 'tool', name: 'Bash', title: 'ls', input: 'ls -l' },
		{ type: 'step.ended', execution, step, status: 'succeeded', output, usage: null, cost: null },
	];
}

test('small segments of hosts that are gone are put together; live ones are left alone, and texts are still found', async () => {
	const folder = temporaryFolder();
	const [execution, step, conversation, item] = [id.execution(), id.step(), id.conversation(), id.item()];
	await write(folder, 1, [
		started(execution),
		...stepOf(execution, step, 'listing'),
		{ type: 'conversation.changed', conversation, title: 't' },
		{ type: 'conversation.item', conversation, item, order: 1, body: 'words' },
	]);
	for (let n = 0; n < 12; n++) await write(folder, 1, [started(id.execution()), used(id.execution())]);
	const registration = new HostRegistration(join(folder, 'hosts'), id.host('live'), '1');
	await registration.register();
	await makeWriter(folder, { host: id.host('live'), clock: clockAt(now) }).append(started(id.execution()));
	const other = await openAt(folder, { days: 365, megabytes: 80 });
	const client = clientOf(other);
	const ask = async () => ({
		text: await client.call('stepText', { step, part: 'output', offset: 0, length: 99 }),
		items: await client.call('items', { conversation, limit: 9 }),
		executions: (await client.call('executions', {})).length,
	});
	const before = await ask();
	expect(before).toMatchObject({
		text: { text: 'listing', total: 7 },
		items: { items: [{ body: 'words' }] },
		executions: 14,
	});
	// A snapshot of before the merge, which a window may still put over a newer one.
	await other.snapshot();
	const old = readFileSync(join(folder, 'projection.snapshot'));
	const service = await openAt(folder, { days: 365, megabytes: 80 });
	expect(await service.maintain()).toBe(true);
	expect(segmentsOf(folder)).toEqual(['live-1.jsonl', expect.stringMatching(/^sealed-/)]);
	expect(await ask()).toEqual(before);
	writeFileSync(join(folder, 'projection.snapshot'), old);
	const late = await openAt(folder, { days: 365, megabytes: 80 });
	expect(await clientOf(late).call('stepText', { step, part: 'output', offset: 0, length: 99 })).toEqual(before.text);
	rmSync(join(folder, 'projection.snapshot'));
	expect((await (await openService(folder)).read(context => findExecutions(context, {}))).length).toBe(14);
	for (const each of [other, service, late]) each.dispose();
	await registration.unregister();
});

test('what is older than the retention is forgotten by every window, and its costs stay', async () => {
	const folder = temporaryFolder();
	const [ancient, recent, kept, gone] = [id.execution(), id.execution(), id.conversation(), id.conversation()];
	const big = 'x'.repeat(100_000);
	await write(folder, 100, [
		started(ancient, { title: 'ancient', agent: 'scout' }),
		...stepOf(ancient, id.step(), big),
		used(ancient, { day: '2026-03-07', cost: 7 }),
		used(ancient, { day: '2026-03-07', cost: 3, model: 'haiku' }),
		ended(ancient),
		{ type: 'conversation.changed', conversation: kept, title: 'kept' },
		say(kept, 'old words'),
		{ type: 'conversation.changed', conversation: gone, title: 'gone' },
		say(gone, 'lost words'),
	]);
	await write(folder, 2, [
		started(recent),
		used(recent, { day: '2026-06-13', cost: 100 }),
		ended(recent),
		say(kept, 'new words'),
	]);
	for (const shard of readdirSync(join(folder, 'blobs'))) {
		for (const name of readdirSync(join(folder, 'blobs', shard)))
			utimesSync(join(folder, 'blobs', shard, name), 1000, 1000);
	}
	const watching = await openAt(folder, { days: 30, megabytes: 80 });
	const service = await openAt(folder, { days: 30, megabytes: 80 });
	const facts = async (of: LedgerService) => ({
		costs: await costs(of),
		executions: (await of.read(context => findExecutions(context, {}))).map(row => row.id),
		conversations: (await of.read(context => findConversations(context, {}))).map(row => [row.title, row.itemCount]),
	});
	const before = await costs(service);
	expect(await service.maintain()).toBe(true);
	const expected = { costs: before, executions: [recent], conversations: [['kept', 2]] };
	expect(await facts(service)).toEqual(expected);
	expect(await facts(watching)).toEqual(expected);
	const journal = segmentsOf(folder)
		.map(name => readFileSync(join(folder, 'journal', name), 'utf8'))
		.join('');
	expect(journal).not.toContain('lost words');
	expect(journal).toContain('old words');
	expect(
		existsSync(join(folder, 'blobs')) &&
			readdirSync(join(folder, 'blobs')).flatMap(shard => readdirSync(join(folder, 'blobs', shard))),
	).toEqual([]);
	// Built from the journal alone, and once more, it is the same; late news of a closed day change nothing.
	rmSync(join(folder, 'projection.snapshot'));
	await write(folder, 0, [used(ancient, { day: '2026-03-07', cost: 999 })]);
	const fresh = await openAt(folder, { days: 30, megabytes: 80 });
	expect(await facts(fresh)).toEqual(expected);
	expect(await fresh.maintain()).toBe(true);
	expect(await facts(fresh)).toEqual(expected);
	for (const each of [watching, service, fresh]) each.dispose();
});

test('the cutoff is the older of age and size, never touches the last day, and there is none without need', () => {
	const parts = [100, 50, 10].map(daysAgo => ({ bytes: 4 * 1024 * 1024, lastAt: now - daysAgo * dayMs }));
	const at = (days: number, megabytes: number) => cutoffOf(now, { days, megabytes }, parts)?.beforeAt;
	expect(at(365, 80)).toBe(midnight(365));
	expect(at(365, 11)).toBe(midnight(100));
	expect(at(365, 6)).toBe(midnight(50));
	expect(at(365, 0.1)).toBe(midnight(10));
	expect(at(0, 80)).toBe(midnight(1));
});
