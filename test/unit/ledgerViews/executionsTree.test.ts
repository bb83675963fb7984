import { describe, expect, test } from 'vitest';
import {
	executionNode,
	executionOfNode,
	executionsTree,
	type ExecutionsTreeInput,
} from '../../../src/core/ledger/views/executionsTree';
import { escapeMarkdown, failureNodes, oneLine } from '../../../src/core/ledger/views/viewNode';
import { execution, hour, now } from './fixtures';

const input = (change: Partial<ExecutionsTreeInput>): ExecutionsTreeInput => ({
	rows: [],
	hasMore: false,
	isFiltered: false,
	now,
	isRunningHere: () => false,
	commands: { open: 'open', more: 'more' },
	...change,
});

describe('the executions tree', () => {
	test('groups by day, newest first, with counts and sums', () => {
		const rows = [
			execution('a', { startedAt: now - 26 * hour }),
			execution('b', { startedAt: now - 1 * hour, cost: null, basis: 'unpriced' }),
			execution('c', { startedAt: now - 2 * hour }),
			execution('d', { startedAt: now - 24 * 40 * hour, cost: null, basis: null }),
		];
		const tree = executionsTree(input({ rows }));
		expect(
			tree.map(({ id, label, description, isExpanded, children }) => ({
				id,
				label,
				description,
				isExpanded,
				children: children?.map(child => child.label),
			})),
		).toEqual([
			{
				id: 'day:2026-11-05',
				label: 'Today',
				description: '2 runs · ≥ $0.1234 · 1 unpriced',
				isExpanded: true,
				children: ['Run b', 'Run c'],
			},
			{
				id: 'day:2026-11-04',
				label: 'Yesterday',
				description: '1 run · $0.1234',
				isExpanded: false,
				children: ['Run a'],
			},
			{ id: 'day:2026-09-26', label: 'Sep 26', description: '1 run', isExpanded: false, children: ['Run d'] },
		]);
	});

	test('a cut tree offers more, and its last day claims no sum', () => {
		const tree = executionsTree(input({ rows: [execution('a')], hasMore: true }));
		expect(tree.map(node => [node.label, node.description, node.command?.id])).toEqual([
			['Today', '', undefined],
			['Show more…', '', 'more'],
		]);
	});

	test('matches are all in view, whatever was folded before', () => {
		const rows = [execution('a'), execution('b', { startedAt: now - 60 * hour })];
		expect(executionsTree(input({ rows, isFiltered: true })).map(node => [node.id, node.isExpanded])).toEqual([
			['found:2026-11-05', true],
			['found:2026-11-03', true],
		]);
	});

	test('nothing is an empty tree', () => expect(executionsTree(input({}))).toEqual([]));

	test('a finished row', () => {
		const { label, description, contextValue, icon, command } = executionNode(execution('a'), input({}));
		expect({ label, description, contextValue, icon, command }).toEqual({
			label: 'Run a',
			description: '1 min 12 s · $0.1234 · claude-sonnet-5 · 14:00',
			contextValue: 'execution succeeded resumable',
			icon: { id: 'pass', color: 'testing.iconPassed' },
			command: { id: 'open', args: ['a'] },
		});
	});

	test('a row that runs here can be stopped, one of another window cannot', () => {
		const row = execution('a', { status: 'running', startedAt: now - 12_400, endedAt: null, cost: null, basis: null });
		const here = executionNode(row, input({ isRunningHere: () => true }));
		expect([here.contextValue, here.description]).toEqual([
			'execution running stoppable',
			'12 s · claude-sonnet-5 · 14:59',
		]);
		expect(executionNode(row, input({})).contextValue).toBe('execution running');
	});

	test('a waiting row says so and leads to its conversation', () => {
		const row = execution('a', { status: 'waiting', endedAt: null });
		const node = executionNode(row, input({ isRunningHere: () => true }));
		expect([node.contextValue, node.description]).toEqual([
			'execution waiting stoppable resumable',
			'waits for you · $0.1234 · claude-sonnet-5 · 14:00',
		]);
	});

	test('a run of a flow can be gone on with when it was cut off', () => {
		const of = (status: 'interrupted' | 'succeeded'): string =>
			executionNode(execution('a', { kind: 'flow', status, conversation: null }), input({})).contextValue;
		expect([of('interrupted'), of('succeeded')]).toEqual(['execution interrupted resumable', 'execution succeeded']);
	});

	test('titles and errors cannot draw links in the tooltip', () => {
		const row = execution('a', { title: '[click](command:evil)\nsecond', status: 'failed', error: '<img src=x>' });
		const { label, tooltip } = executionNode(row, input({}));
		expect(label).toBe('[click](command:evil) second');
		expect(tooltip).toContain('\\[click\\]\\(command:evil\\) second');
		expect(tooltip).toContain('\\<img src=x\\>');
	});

	test('node ids lead back to executions', () => {
		expect([executionOfNode('execution:a:b'), executionOfNode('day:2026-11-05')]).toEqual(['a:b', undefined]);
	});
});

test('a failure is never an empty tree', () => {
	expect(
		failureNodes('The disk is gone', { output: 'out', retry: 'again' }).map(node => [
			node.label,
			node.description,
			node.command?.id,
		]),
	).toEqual([
		['The ledger could not be read', 'The disk is gone', undefined],
		['Try Again', '', 'again'],
		['Show Output', '', 'out'],
	]);
});

test('one line', () => expect([oneLine(' a\n b '), oneLine('abcdef', 4)]).toEqual(['a b', 'abc…']));
test('escaping', () => expect(escapeMarkdown('a*b|c\nd')).toBe('a\\*b\\|c d'));
