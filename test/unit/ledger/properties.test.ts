import * as fc from 'fast-check';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import {
	asId,
	type AlertId,
	type ApprovalId,
	type ConversationId,
	type ExecutionId,
	type HostId,
	type ItemId,
	type MemoryId,
	type StepId,
} from '../../../src/core/base/ids';
import { findAlerts, readMetrics, readServiceChanges, readServiceHours } from '../../../src/core/ledger/read/machine';
import { silentLogger } from '../../../src/core/base/logger';
import type { JournalEvent, LedgerEvent } from '../../../src/core/ledger/events';
import { ledgerFolders } from '../../../src/core/ledger/journal/layout';
import { encodeLine, type JournalLine } from '../../../src/core/ledger/journal/line';
import { openProjection } from '../../../src/core/ledger/openProjection';
import { findApprovals, findConversations, findItems } from '../../../src/core/ledger/read/conversations';
import { readCosts } from '../../../src/core/ledger/read/costs';
import { findExecutions, readExecution, type ReadContext } from '../../../src/core/ledger/read/executions';
import { findMemories } from '../../../src/core/ledger/read/memories';
import type { OpenDatabase } from '../../../src/core/storage/sqlDatabase';
import { engine } from './support';

let open: OpenDatabase;
beforeAll(async () => {
	open = await engine.get();
});

/* Few ids, so that events meet: two hosts, each with records of its own, and one conversation that both change. */
const base = Date.UTC(2026, 2, 7, 12);
const usage = fc.nat(5).map(n => ({
	input: n,
	output: 2 * n,
	cacheRead: 0,
	cacheWrite5m: 1,
	cacheWrite1h: 0,
	...(n % 2 === 1 ? { gpuJoules: 10 * n } : {}),
}));
const title = fc.constantFrom('alpha', 'beta', 'gamma');

function eventOf(host: string): fc.Arbitrary<JournalEvent> {
	const execution = fc.nat(2).map(n => asId<ExecutionId>(`${host}-execution-${n}`));
	const step = fc.nat(2).map(n => asId<StepId>(`${host}-step-${n}`));
	const conversation = fc.constantFrom('shared', host).map(name => asId<ConversationId>(name));
	const approval = fc.nat(2).map(n => asId<ApprovalId>(`${host}-approval-${n}`));
	const item = fc.nat(3).map(n => asId<ItemId>(`item-${n}`));
	return fc.oneof(
		execution.map((id): LedgerEvent => ({
			type: 'execution.started',
			execution: id,
			kind: 'chat',
			trigger: 'user',
			title: 'start',
			agent: `agent of ${id}`,
			project: '/p',
			provider: 'claude',
			model: null,
			conversation: null,
		})),
		fc.record({
			type: fc.constant('execution.updated' as const),
			execution,
			status: fc.constantFrom('running' as const, 'waiting' as const),
			title,
			model: title,
		}),
		fc.record({
			type: fc.constant('execution.ended' as const),
			execution,
			status: fc.constantFrom('succeeded' as const, 'stopped' as const),
			error: fc.constant(null),
		}),
		fc.tuple(execution, step).map(([id, child]): LedgerEvent => ({
			type: 'step.started',
			execution: id,
			step: child,
			parent: null,
			kind: 'tool',
			name: 'Bash',
			title: 'run',
			input: 'in',
		})),
		fc.record({
			type: fc.constant('step.ended' as const),
			execution,
			step,
			status: fc.constantFrom('succeeded' as const, 'failed' as const),
			output: fc.constant('out'),
			usage: fc.constant(null),
			cost: fc.constant(null),
		}),
		execution.chain(id =>
			fc.record({
				type: fc.constant('usage.recorded' as const),
				execution: fc.constant(id),
				provider: fc.constantFrom('claude', 'ollama'),
				model: title,
				usage,
				cost: fc.nat(1000),
				basis: fc.constantFrom('reported' as const, 'unpriced' as const),
				isFinal: fc.boolean(),
				// Fixed when the execution starts.
				day: fc.constant(`2026-0${1 + (id.charCodeAt(id.length - 1) % 3)}-07`),
			}),
		),
		fc.record({
			type: fc.constant('approval.requested' as const),
			approval,
			execution: fc.constant(null),
			conversation: fc.constant(null),
			tool: fc.constant('Bash'),
			tier: fc.constant('RED' as const),
			effect: fc.constant('rm'),
		}),
		approval.map((id): LedgerEvent => ({
			type: 'approval.decided',
			approval: id,
			decision: 'allowed',
			by: 'user',
			reason: null,
		})),
		fc.record({ type: fc.constant('conversation.changed' as const), conversation, title, session: fc.option(title) }),
		fc.record({
			type: fc.constant('memory.changed' as const),
			memory: fc.constantFrom('shared', host).map(name => asId<MemoryId>(name)),
			tier: fc.constantFrom('episodic' as const, 'permanent' as const),
			category: fc.constant('fact' as const),
			text: fc.option(title),
			source: fc.constant('user' as const),
			confidence: fc.constant(1),
			project: fc.constant(null),
			conversation: fc.constant(null),
			createdAt: fc.constant(base),
			usedAt: fc.constant(null),
		}),
		fc.record({
			type: fc.constant('metrics.recorded' as const),
			minute: fc.constantFrom(1, 2, 2000, 3000),
			values: fc.record({ 'cpu.usage': fc.tuple(fc.nat(9), fc.nat(9)) }),
		}),
		fc.record({
			type: fc.constant('health.recorded' as const),
			service: title,
			hour: fc.constantFrom(1, 2, 2000),
			seconds: fc.record({ healthy: fc.nat(3600) }),
			checks: fc.nat(9),
			failures: fc.constant(0),
			latencySum: fc.nat(9),
			latencyMax: fc.nat(9),
		}),
		fc.record({
			type: fc.constant('health.changed' as const),
			service: title,
			state: fc.constantFrom('healthy' as const, 'unhealthy' as const),
			previous: fc.constant('unknown' as const),
			reason: title,
			intent: fc.constant('unasked' as const),
		}),
		fc.record({
			type: fc.constant('alert.changed' as const),
			alert: fc.record({
				id: fc.constantFrom('shared', host).map(name => asId<AlertId>(name)),
				rule: title,
				severity: fc.constant('high' as const),
				state: fc.constantFrom('firing' as const, 'resolved' as const),
				title,
				cause: title,
				subject: fc.constant('cpu.usage'),
				startedAt: fc.constant(base),
				endedAt: fc.option(fc.constant(base)),
				until: fc.constant(null),
				by: fc.constant('rule'),
			}),
		}),
		fc.record({
			type: fc.constant('conversation.item' as const),
			conversation,
			item,
			order: fc.nat(3),
			body: fc.option(title),
		}),
	);
}

const journal: fc.Arbitrary<JournalLine[]> = fc
	.array(
		fc
			.constantFrom('ada', 'bob')
			.chain(host =>
				fc.record({ host: fc.constant(host), event: eventOf(host), jitter: fc.integer({ min: -5000, max: 5000 }) }),
			),
		{ minLength: 1, maxLength: 40 },
	)
	.map(entries =>
		entries.map(({ host, event, jitter }, n) => ({
			host: asId<HostId>(host),
			seq: n + 1,
			at: base + n * 1000 + jitter,
			event,
			blobs: {},
		})),
	);

/** Everything that any query would say. */
async function factsOf(files: Readonly<Record<string, readonly string[]>>, batches = 1): Promise<unknown> {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-property-'));
	try {
		const folders = ledgerFolders(folder);
		mkdirSync(folders.journal);
		const projection = openProjection(open, folders, '', silentLogger, true);
		for (let batch = 1; batch <= batches; batch++) {
			for (const [name, lines] of Object.entries(files)) {
				writeFileSync(
					join(folders.journal, name),
					lines.slice(0, Math.ceil((lines.length * batch) / batches)).join(''),
				);
			}
			await projection.tail.catchUp(() => undefined);
		}
		const facts = everything({
			...projection,
			names: projection.projection.names,
			liveHosts: new Set(),
			stepOwners: new Map(),
		});
		projection.database.dispose();
		return facts;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function everything(context: ReadContext): unknown {
	const executions = findExecutions(context, {}).toSorted((left, right) => (left.id < right.id ? -1 : 1));
	const range = { fromDay: '2020-01-01', toDay: '2030-12-31' };
	const conversations = findConversations(context, {}).toSorted((left, right) => (left.id < right.id ? -1 : 1));
	return {
		executions: executions.map(({ id }) => {
			const found = readExecution(context, id)!;
			return {
				...found,
				usage: found.usage.toSorted((left, right) =>
					left.provider + left.model < right.provider + right.model ? -1 : 1,
				),
			};
		}),
		costs: (['day', 'month', 'model', 'provider', 'agent', 'project'] as const).map(by =>
			readCosts(context, { ...range, by: [by] }),
		),
		total: readCosts(context, { ...range, by: [] }),
		conversations: conversations.map(row => ({
			...row,
			items: findItems(context, { conversation: row.id, limit: 99 }).items.map(({ item, order }) => ({ item, order })),
		})),
		memories: findMemories(context, { now: base }).toSorted((left, right) => (left.id < right.id ? -1 : 1)),
		found: findMemories(context, { now: base, text: 'beta' })
			.map(({ text }) => text)
			.toSorted(),
		metrics: readMetrics(context, { from: 0, to: 9999, metrics: ['cpu.usage'] }),
		hours: readServiceHours(context, { from: 0, to: 9999 }),
		changes: readServiceChanges(context, { limit: 99 }).toSorted((left, right) => left.at - right.at),
		alerts: findAlerts(context, {}).toSorted((left, right) => (left.id < right.id ? -1 : 1)),
		approvals: findApprovals(context, {})
			.map(({ row }) => row)
			.toSorted((left, right) => (left.id < right.id ? -1 : 1)),
	};
}

const byHost = (lines: readonly JournalLine[]): Record<string, string[]> => ({
	'ada-1.jsonl': lines.filter(line => line.host === asId('ada')).map(encodeLine),
	'bob-1.jsonl': lines.filter(line => line.host === asId('bob')).map(encodeLine),
});

test('events give the same rows in any order, in any batches, and however often they are read', async () => {
	await fc.assert(
		fc.asyncProperty(
			journal,
			fc.infiniteStream(fc.nat(1_000_000)),
			fc.integer({ min: 1, max: 6 }),
			async (lines, random, batches) => {
				const expected = await factsOf(byHost(lines));
				const weights = new Map(lines.map(line => [line, random.next().value as number]));
				const shuffled = lines.toSorted((left, right) => weights.get(left)! - weights.get(right)!);
				expect(await factsOf({ 'mixed-1.jsonl': shuffled.map(encodeLine) })).toEqual(expected);
				expect(await factsOf(byHost(lines), batches)).toEqual(expected);
				const twice = [...shuffled, ...lines, ...shuffled.slice(0, 5)].map(encodeLine);
				expect(await factsOf({ 'mixed-1.jsonl': twice, 'sealed-x.jsonl': shuffled.map(encodeLine) }, batches)).toEqual(
					expected,
				);
			},
		),
		{ numRuns: 40 },
	);
}, 60_000);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('the roll-ups are the sums of the executions', async () => {
	await fc.assert(
		fc.asyncProperty(journal, fc.integer({ min: 1, max: 6 }), async (lines, batches) => {
			// An execution that never started is not shown, but what it used is paid for.
			const started = new Set(
				lines.flatMap(({ event }) => (event.type === 'execution.started' ? [event.execution] : [])),
			);
			const shown = lines.filter(
				({ event }) => !('execution' in event) || event.execution === null || started.has(event.execution),
			);
			const facts = (await factsOf(byHost(shown), batches)) as {
				executions: { execution: { cost: number | null; usage: { input: number } } }[];
				total: { cost: number; usage: { input: number }; executions: number }[];
				costs: { cost: number; executions: number }[][];
			};
			const cost = sum(facts.executions.map(({ execution }) => execution.cost ?? 0));
			expect(facts.total[0]?.cost ?? 0).toBe(cost);
			expect(facts.total[0]?.usage.input ?? 0).toBe(
				sum(facts.executions.map(({ execution }) => execution.usage.input)),
			);
			for (const rows of facts.costs) expect(sum(rows.map(row => row.cost))).toBe(cost);
		}),
		{ numRuns: 40 },
	);
}, 60_000);

test('a tail torn at any byte costs only the line it tears', async () => {
	await fc.assert(
		fc.asyncProperty(
			journal,
			fc.double({ min: 0, max: 1, noNaN: true }),
			fc.constantFrom('', '\0'.repeat(700), '\n', 'x\n\n', '00000000 {}\n'),
			async (lines, where, garbage) => {
				const whole = Buffer.from(lines.map(encodeLine).join(''));
				// Never just before a line feed: that line is whole, and what follows may end it.
				const at = Math.floor(whole.length * where);
				const cut = whole[at] === 10 ? at - 1 : at;
				const rest = whole.subarray(0, cut).toString('utf8');
				const complete = rest.slice(0, rest.lastIndexOf('\n') + 1);
				expect(await factsOf({ 'ada-1.jsonl': [rest, garbage] })).toEqual(await factsOf({ 'ada-1.jsonl': [complete] }));
			},
		),
		{ numRuns: 40 },
	);
}, 60_000);
