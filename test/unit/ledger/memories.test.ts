import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newId, type ConversationId, type MemoryId } from '../../../src/core/base/ids';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import { findMemories } from '../../../src/core/ledger/read/memories';
import { LedgerService } from '../../../src/core/ledger/service';
import type { MemoryFilter } from '../../../src/core/ledger/queries';
import { engine, makeWriter, openService, temporaryFolder } from './support';

const dayMs = 86_400_000;
const now = new Date(2026, 5, 15, 12).getTime();
const clockAt = (at: number) => ({ now: () => at, monotonic: () => 0, after: () => ({ dispose: () => undefined }) });

type Memory = Extract<LedgerEvent, { type: 'memory.changed' }>;

function fact(text: string | null, more: Partial<Memory> = {}): Memory {
	return {
		type: 'memory.changed',
		memory: newId<MemoryId>(),
		tier: 'permanent',
		category: 'fact',
		text,
		source: 'user',
		confidence: 1,
		project: null,
		conversation: null,
		createdAt: now,
		usedAt: null,
		...more,
	};
}

async function write(folder: string, events: readonly LedgerEvent[], at = now): Promise<void> {
	const writer = makeWriter(folder, { clock: clockAt(at) });
	for (const event of events) await writer.append(event);
	await writer.close();
}

async function textsOf(folder: string, filter: Partial<MemoryFilter> = {}): Promise<readonly string[]> {
	const service = await openService(folder);
	const rows = await service.read(context => findMemories(context, { now, ...filter }));
	service.dispose();
	return rows.map(({ text }) => text);
}

test('the newest change of a fact is what is remembered, and a forgotten one is gone', async () => {
	const folder = temporaryFolder();
	const first = fact('Tabs are four wide');
	const second = fact('Deploys happen on Mondays');
	await write(folder, [first, second, { ...first, text: 'Tabs are two wide' }, { ...second, text: null }]);
	expect(await textsOf(folder)).toEqual(['Tabs are two wide']);
	expect(await textsOf(folder, { text: 'tabs' })).toEqual(['Tabs are two wide']);
	expect(await textsOf(folder, { text: 'mondays four' })).toEqual([]);
});

test('a search finds any of the words, the best match first, and takes no syntax', async () => {
	const folder = temporaryFolder();
	await write(folder, [fact('The staging database is Postgres'), fact('Postgres runs on port 5433'), fact('Use pnpm')]);
	expect(await textsOf(folder, { text: 'which port has the Postgres?' })).toEqual([
		'Postgres runs on port 5433',
		'The staging database is Postgres',
	]);
	expect(await textsOf(folder, { text: '" OR NEAR ( * -' })).toEqual([]);
	expect(await textsOf(folder, { text: 'post', limit: 1 })).toHaveLength(1);
});

test('facts live as long as their tier says, counted from their last use', async () => {
	const folder = temporaryFolder();
	const at = now - 20 * dayMs;
	await write(
		folder,
		[
			fact('for good'),
			fact('of the month', { tier: 'episodic' }),
			fact('of the talk', { tier: 'conversation' }),
			fact('of the talk, used since', { tier: 'conversation', usedAt: now - dayMs }),
		],
		at,
	);
	expect((await textsOf(folder)).toSorted()).toEqual(['for good', 'of the month', 'of the talk, used since']);
	expect((await textsOf(folder, { now: now + 60 * dayMs })).toSorted()).toEqual(['for good']);
});

test('a project sees its own facts and the common ones; a conversation only its own', async () => {
	const folder = temporaryFolder();
	const conversation = newId<ConversationId>();
	await write(folder, [
		fact('common'),
		fact('of a', { project: '/a' }),
		fact('of b', { project: '/b' }),
		fact('of this talk', { tier: 'conversation', conversation }),
	]);
	expect((await textsOf(folder, { project: '/a', conversation: newId() })).toSorted()).toEqual(['common', 'of a']);
	expect((await textsOf(folder, { conversation })).toSorted()).toEqual(['common', 'of a', 'of b', 'of this talk']);
});

test('tidying keeps facts for good, whatever the retention, and takes forgotten text from the disk', async () => {
	const folder = temporaryFolder();
	const kept = fact('kept for years');
	const secret = fact('to be forgotten');
	await write(folder, [kept, secret], now - 900 * dayMs);
	await write(folder, [{ ...secret, text: null }], now - 800 * dayMs);
	const service = new LedgerService({ engine: () => engine.get(), clock: clockAt(now) });
	await service.open(folder, { days: 30, megabytes: 80 });
	expect(await service.maintain()).toBe(true);
	service.dispose();
	expect(await textsOf(folder)).toEqual(['kept for years']);
	const journal = join(folder, 'journal');
	const disk = readdirSync(journal).map(name =>
		name.endsWith('.jsonl') ? readFileSync(join(journal, name), 'utf8') : '',
	);
	expect(disk.join('')).not.toContain('to be forgotten');
});
