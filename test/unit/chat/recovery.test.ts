import { expect, test, vi } from 'vitest';
import { asId, type ExecutionId, type ItemId } from '../../../src/core/base/ids';
import { recoverCosts } from '../../../src/core/chat/recovery';
import { importedRows } from '../../../src/core/chat/imported';
import { systemClock } from '../../../src/core/base/clock';
import type { SessionHistory } from '../../../src/core/chat/deps';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import type { ExecutionRow, Ledger } from '../../../src/core/ledger/queries';
import { World, assistant, toolResult } from '../../fakes/conversationWorld';
import type { HistoryMessage } from '../../../src/core/claude/history/protocol';

const usage = { input: 10, output: 42, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
const row = { model: 'claude-test', usage, cost: 123, basis: 'priced', isFinal: false } as const;
const at = new Date(2026, 4, 17, 23, 59).getTime();

async function recovered(status: ExecutionRow['status'], isFinal: boolean): Promise<readonly LedgerEvent[]> {
	const world = new World();
	const conversation = await world.conversations.create();
	conversation.send('Hello', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	const execution = { id: asId<ExecutionId>('e1'), status, provider: 'claude', startedAt: at } as ExecutionRow;
	const ledger = {
		query: (async () => ({ execution, steps: [], usage: [{ isFinal }] })) as unknown as Ledger['query'],
	};
	const asked = vi.fn<SessionHistory['usage']>(async () => [row]);
	const events: LedgerEvent[] = [];
	const cutOff = {
		cwd: '/project',
		session: 's1',
		rows: conversation.stored(),
		executions: [execution],
	};
	const history = { ...world.history, usage: asked };
	await recoverCosts(cutOff, { append: event => void events.push(event), ledger }, history);
	if (events.length > 0) expect(asked).toHaveBeenCalledWith('/project', 's1', world.session.sent[0]?.uuid);
	return events;
}

test('a turn that a killed window cut off gets its cost from the transcript, on the day it began', async () => {
	expect(await recovered('interrupted', false)).toEqual([
		{ type: 'usage.recorded', execution: 'e1', provider: 'claude', ...row, isFinal: true, day: '2026-05-17' },
	]);
});

test('a turn whose cost is final, or that was not cut off, is left alone', async () => {
	expect(await recovered('interrupted', true)).toEqual([]);
	expect(await recovered('failed', false)).toEqual([]);
});

test('a session from the terminal becomes rows: prompts, answers, tools with their results', () => {
	const messages = [
		{
			at: 1,
			message: { type: 'user', uuid: 'u1', message: { role: 'user', content: 'Hello' }, parent_tool_use_id: null },
		},
		{ at: 2, message: assistant('m1', { type: 'text', text: 'Hi' }) },
		{ at: 3, message: assistant('m1', { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'ls' } }) },
		{ at: 4, message: toolResult('t1', 'a.ts') },
		{ at: 5, message: { type: 'system', subtype: 'compact_boundary' } },
	] as readonly HistoryMessage[];
	const rows = importedRows(messages, systemClock).map(({ item }) => item);
	expect(rows).toMatchObject([
		{ id: asId<ItemId>('u1'), kind: 'user', text: 'Hello', state: 'sent' },
		{ kind: 'text', text: 'Hi', isStreaming: false },
		{ kind: 'tool', tool: 'Bash', state: 'done', output: 'a.ts' },
		{ kind: 'notice', code: 'compacted' },
	]);
});
