import {
	appendFileSync,
	readdirSync,
	readFileSync,
	truncateSync,
	writeFileSync,
	rmSync,
	mkdirSync,
	statSync,
	symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { noChange, type LedgerChange } from '../../../src/core/ledger/queries';
import { findConversations, findItems } from '../../../src/core/ledger/read/conversations';
import { readCosts } from '../../../src/core/ledger/read/costs';
import { findExecutions, readExecution } from '../../../src/core/ledger/read/executions';
import { HostRegistration } from '../../../src/core/ledger/hosts';
import { ended, id, makeWriter, openService, someUsage, started, temporaryFolder, used } from './support';

describe('the ledger service', () => {
	test('answers with executions, steps and usage that were appended before the question', async () => {
		const folder = temporaryFolder();
		const service = await openService(folder);
		const writer = makeWriter(folder);
		const [execution, step, conversation] = [id.execution(), id.step(), id.conversation()];
		await writer.append(started(execution, { conversation }));
		await writer.append({
			type: 'step.started',
			execution,
			step,
			parent: null,
			kind: 'tool',
			name: 'Bash',
			title: 'npm test',
			input: '{"command":"npm test"}',
		});
		await writer.append({
			type: 'step.ended',
			execution,
			step,
			status: 'succeeded',
			output: 'all green',
			usage: someUsage,
			cost: 5,
		});
		await writer.append(used(execution));
		await writer.append(ended(execution));
		const found = await service.read(context => readExecution(context, execution));
		expect(found).toMatchObject({
			execution: {
				id: execution,
				status: 'succeeded',
				conversation,
				cost: 1_000_000,
				basis: 'reported',
				usage: someUsage,
				stepCount: 1,
			},
			steps: [
				{ id: step, name: 'Bash', status: 'succeeded', usage: someUsage, cost: 5, inputBytes: 22, outputBytes: 9 },
			],
			usage: [{ model: 'claude-sonnet-4-5', isFinal: true }],
		});
	});

	test('finds executions by time, status, kind, agent, project, conversation and text', async () => {
		const folder = temporaryFolder();
		const service = await openService(folder);
		const writer = makeWriter(folder);
		const [one, two, conversation] = [id.execution(), id.execution(), id.conversation()];
		await writer.append(started(one, { title: 'Größe der Segmente', agent: 'scout', conversation }));
		await writer.append(ended(one, 'failed'));
		await writer.append(started(two, { kind: 'flow', title: 'Nightly (build) NOT "quoted"', project: '/srv' }));
		await writer.append({
			type: 'step.started',
			execution: two,
			step: id.step(),
			parent: null,
			kind: 'tool',
			name: 'Bash',
			title: 'cargo build',
			input: null,
		});
		const search = async (filter: Parameters<typeof findExecutions>[1]) =>
			(await service.read(context => findExecutions(context, filter))).map(row => row.id);
		expect(await search({})).toEqual([two, one]);
		expect(await search({ limit: 1 })).toEqual([two]);
		expect(await search({ kinds: ['flow'] })).toEqual([two]);
		expect(await search({ statuses: ['failed'] })).toEqual([one]);
		expect(await search({ statuses: ['interrupted'] })).toEqual([two]);
		expect(await search({ agent: 'scout' })).toEqual([one]);
		expect(await search({ project: '/srv' })).toEqual([two]);
		expect(await search({ project: '/nowhere' })).toEqual([]);
		expect(await search({ conversation })).toEqual([one]);
		expect(await search({ text: 'grosse segm' })).toEqual([]);
		expect(await search({ text: 'große segm' })).toEqual([one]);
		expect(await search({ text: 'cargo "not nightl' })).toEqual([two]);
		expect(await search({ text: '"(*' })).toEqual([two, one]);
		expect(await search({ from: Date.now() + 1000 })).toEqual([]);
	});

	test('finds executions by what their steps took and gave, in the line and out of it', async () => {
		const folder = temporaryFolder();
		const service = await openService(folder);
		const writer = makeWriter(folder);
		const [one, other] = [id.execution(), id.execution()];
		await writer.append(started(one, { title: 'One' }));
		await writer.append(started(other, { title: 'Other' }));
		const step = async (input: string, output: string): Promise<void> => {
			const [execution, step] = [one, id.step()];
			const kind = 'tool' as const;
			await writer.append({
				type: 'step.started',
				execution,
				step,
				parent: null,
				kind,
				name: 'Bash',
				title: 'x',
				input,
			});
			await writer.append({
				type: 'step.ended',
				execution,
				step,
				status: 'succeeded',
				output,
				usage: null,
				cost: null,
			});
		};
		const search = async (text: string) =>
			(await service.read(context => findExecutions(context, { text }))).map(row => row.id);
		await step(JSON.stringify({ command: 'cd harbour\nlighthouse --keeper' }), 'Ran 12 gulls\nin the Hafenbecken');
		expect(await search('harbour')).toEqual([one]);
		// Later words join the earlier ones, whatever the index does with its parts meanwhile.
		for (let n = 0; n < 40; n++) {
			await step(`{"n":"pelican${n}"}`, `seagull${n}`);
			expect(await search(`seagull${n}`)).toEqual([one]);
		}
		await step('{}', `anchor ${'filler '.repeat(300)} unseen ${'x'.repeat(70_000)}`);
		for (const text of ['harbour lighthouse', 'gulls hafenb', 'pelican0 pelican39 seagull7', 'keeper anchor', 'one']) {
			expect(await search(text), text).toEqual([one]);
		}
		expect(await search('unseen')).toEqual([]);
		expect(await search('other')).toEqual([other]);
	});

	test('an execution whose host is gone reads as interrupted, one of a live host as running', async () => {
		const folder = temporaryFolder();
		const service = await openService(folder);
		const [live, dead] = [id.execution(), id.execution()];
		const registration = new HostRegistration(join(folder, 'hosts'), id.host('live'), '1');
		await registration.register();
		await makeWriter(folder, { host: id.host('live') }).append(started(live));
		await makeWriter(folder, { host: id.host('dead') }).append(started(dead));
		const statuses = async () =>
			Object.fromEntries((await service.read(context => findExecutions(context, {}))).map(row => [row.id, row.status]));
		expect(await statuses()).toEqual({ [live]: 'running', [dead]: 'interrupted' });
		const changes: LedgerChange[] = [];
		service.onDidChange(change => changes.push(change));
		await registration.unregister();
		expect(await statuses()).toEqual({ [live]: 'interrupted', [dead]: 'interrupted' });
		await vi.waitFor(() => expect(changes.flatMap(change => change.executions)).toContain(live));
	});

	test('costs are counted once for each execution, by any grouping, and unpriced ones are told', async () => {
		const folder = temporaryFolder();
		const service = await openService(folder);
		const writer = makeWriter(folder);
		const [one, two] = [id.execution(), id.execution()];
		await writer.append(used(one, { isFinal: false, cost: 99 }));
		await writer.append(started(one, { agent: 'scout' }));
		await writer.append(used(one, { cost: 3_000_000_000 }));
		await writer.append(used(one, { cost: 77, isFinal: false }));
		await writer.append(used(one, { model: 'claude-haiku', cost: 500 }));
		await writer.append(started(two));
		await writer.append(used(two, { model: 'mystery', cost: null, basis: 'unpriced', day: '2026-04-01' }));
		const costs = async (by: Parameters<typeof readCosts>[1]['by'], fromDay = '2026-03-01', toDay = '2026-04-30') =>
			(await service.read(context => readCosts(context, { fromDay, toDay, by }))).map(row => [
				...row.key,
				row.cost,
				row.executions,
				row.unpriced,
			]);
		expect(await costs([])).toEqual([[3_000_000_500, 2, 1]]);
		expect(await costs(['day'])).toEqual([
			['2026-03-07', 3_000_000_500, 1, 0],
			['2026-04-01', 0, 1, 1],
		]);
		expect(await costs(['month', 'agent'])).toEqual([
			['2026-03', 'scout', 3_000_000_500, 1, 0],
			['2026-04', '', 0, 1, 1],
		]);
		expect(await costs(['month'], '2026-03-02')).toEqual([
			['2026-03', 3_000_000_500, 1, 0],
			['2026-04', 0, 1, 1],
		]);
		expect(await costs(['provider'])).toEqual([['claude', 3_000_000_500, 2, 1]]);
		expect(await costs(['day', 'model'])).toEqual([
			['2026-03-07', 'claude-haiku', 500, 1, 0],
			['2026-03-07', 'claude-sonnet-4-5', 3_000_000_000, 1, 0],
			['2026-04-01', 'mystery', 0, 1, 1],
		]);
		expect(await costs(['model', 'provider'], '2026-03-07', '2026-03-07')).toHaveLength(2);
		expect(await costs(['day'], '2020-01-01', '2020-12-31')).toEqual([]);
	});

	test('conversations keep the newest of each field and their items in order', async () => {
		const folder = temporaryFolder();
		const service = await openService(folder);
		const writer = makeWriter(folder);
		const conversation = id.conversation();
		const items = [id.item(), id.item(), id.item(), id.item()] as const;
		await writer.append({
			type: 'conversation.changed',
			conversation,
			title: 'First',
			provider: 'claude',
			project: '/p',
		});
		await writer.append({ type: 'conversation.changed', conversation, title: 'Second', session: 's1' });
		await writer.append({ type: 'conversation.changed', conversation, session: null });
		for (const [order, item] of items.entries())
			await writer.append({ type: 'conversation.item', conversation, item, order, body: `{"n":${order}}` });
		await writer.append({ type: 'conversation.item', conversation, item: items[1], order: 1, body: null });
		await writer.append({ type: 'conversation.item', conversation, item: items[2], order: 2, body: 'changed' });
		expect(await service.read(context => findConversations(context, {}))).toMatchObject([
			{
				id: conversation,
				title: 'Second',
				project: '/p',
				provider: 'claude',
				session: null,
				itemCount: 3,
				isArchived: false,
			},
		]);
		const found = await service.read(context => findItems(context, { conversation, limit: 2 }));
		expect(found).toMatchObject({
			earlier: 1,
			items: [
				{ item: items[2], order: 2 },
				{ item: items[3], order: 3 },
			],
		});
		const before = await service.read(context => findItems(context, { conversation, before: 2, limit: 9 }));
		expect(before).toMatchObject({ earlier: 0, items: [{ item: items[0] }] });
	});

	test('sees what another window writes without being asked', async () => {
		const folder = temporaryFolder();
		const service = await openService(folder);
		const changes: LedgerChange[] = [];
		service.onDidChange(change => changes.push(change));
		const execution = id.execution();
		await makeWriter(folder).append(started(execution));
		await vi.waitFor(() => expect(changes).toEqual([{ ...noChange, executions: [execution] }]), 3000);
	});
});

/** A ledger of five executions, written by a host that is gone. */
async function filled(): Promise<{ folder: string; segment: string; count: () => Promise<number> }> {
	const folder = temporaryFolder();
	const writer = makeWriter(folder);
	for (let n = 0; n < 5; n++) await writer.append(started(id.execution()));
	await writer.close();
	const [name] = readdirSync(join(folder, 'journal')).filter(file => file.endsWith('.jsonl'));
	return {
		folder,
		segment: join(folder, 'journal', name!),
		count: async () => (await (await openService(folder)).read(context => findExecutions(context, {}))).length,
	};
}

describe('recovery', () => {
	test('of a torn tail, an empty line, zeros, a foreign line and one of a later version, reads the rest', async () => {
		const { folder, segment } = await filled();
		const good = readFileSync(segment, 'utf8').trimEnd().split('\n');
		const future = '{"v":2,"id":"h:1","at":1,"event":{"type":"x"}}';
		const { crc32 } = await import('node:zlib');
		const line = (json: string) => `${crc32(json).toString(16).padStart(8, '0')} ${json}`;
		const damaged = good[2]!.replace('Fix', 'Fax');
		const text = [
			good[0],
			'',
			good[1],
			damaged,
			'\0'.repeat(5000),
			'hello',
			good[3],
			line(future),
			line('{"v":1,"id":"h:1","at":1,"event":{"type":"execution.ended"}}'),
			line('{"v":1,"id":"h:1","at":1,"event":{"type":"brand.new"}}'),
			good[4],
			good[5]!.slice(0, 40),
		].join('\n');
		writeFileSync(segment, text);
		const service = await openService(folder);
		expect(await service.read(context => findExecutions(context, {}))).toHaveLength(3);
		const health = await service.health();
		expect(health).toMatchObject({ events: 4, future: 2, rejected: [{ lines: 5 }] });
		const kept = readFileSync(join(folder, 'rejected', readdirSync(join(folder, 'rejected'))[0]!), 'latin1');
		expect(kept).toContain(damaged.slice(9));
		expect(kept.trimEnd().split('\n')).toHaveLength(5);
		// A second window finds the same lines and keeps them once.
		await (await openService(folder)).health();
		expect(readFileSync(join(folder, 'rejected', readdirSync(join(folder, 'rejected'))[0]!), 'latin1')).toBe(kept);
		// The tail is completed: it was only slow.
		appendFileSync(segment, `${good[5]!.slice(40)}\n`);
		expect(await service.read(context => findExecutions(context, {}))).toHaveLength(4);
	});

	test.each([
		['missing', (path: string) => rmSync(path)],
		['truncated', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))],
		['empty', (path: string) => truncateSync(path, 0)],
		['foreign', (path: string) => writeFileSync(path, 'PK\u0003\u0004 something else\n'.repeat(99))],
		[
			'damaged',
			(path: string) => {
				const bytes = readFileSync(path);
				bytes[bytes.length - 100]! ^= 1;
				writeFileSync(path, bytes);
			},
		],
		[
			'a folder',
			(path: string) => {
				rmSync(path);
				mkdirSync(path);
			},
		],
	])('a snapshot that is %s is made again from the journal', async (_name, harm) => {
		const { folder, count } = await filled();
		await (await openService(folder)).snapshot();
		harm(join(folder, 'projection.snapshot'));
		expect(await count()).toBe(5);
	});

	test('a good snapshot is used, and what came after it is read', async () => {
		const { folder, segment, count } = await filled();
		const first = await openService(folder);
		await first.snapshot();
		// Proof that the first lines are not read again: they are unreadable now.
		const bytes = readFileSync(segment);
		writeFileSync(segment, Buffer.concat([Buffer.alloc(bytes.length - 1, 'x'), Buffer.from('\n')]));
		await makeWriter(folder).append(started(id.execution()));
		expect(await count()).toBe(6);
	});

	test("another journal's snapshot is not used", async () => {
		const [one, other] = [await filled(), await filled()];
		await (await openService(one.folder)).snapshot();
		writeFileSync(join(other.folder, 'projection.snapshot'), readFileSync(join(one.folder, 'projection.snapshot')));
		expect(await other.count()).toBe(5);
	});

	test('a segment cut short behind a snapshot, or under an open ledger, has everything read again', async () => {
		const { folder, segment, count } = await filled();
		const service = await openService(folder);
		await service.snapshot();
		const text = readFileSync(segment, 'utf8');
		truncateSync(segment, text.lastIndexOf('\n', text.length - 2) + 1);
		expect(await count()).toBe(4);
		expect(await service.read(context => findExecutions(context, {}))).toHaveLength(4);
	});

	test('what only looks like a segment is left alone', async () => {
		const { folder, count } = await filled();
		mkdirSync(join(folder, 'journal', 'odd-1.jsonl'));
		symlinkSync('odd-2.jsonl', join(folder, 'journal', 'odd-2.jsonl'));
		expect(await count()).toBe(5);
	});
});
