import { describe, expect, test } from 'vitest';
import type { ExecutionId } from '../../../../src/core/base/ids';
import { asId } from '../../../../src/core/base/ids';
import { completeRow } from '../../../../src/core/flow/datasets/complete';
import { readDataset } from '../../../../src/core/flow/datasets/readDataset';
import { rowOfRun, withRow } from '../../../../src/core/flow/datasets/rowOfRun';
import type { RunEvent, RunScope, StoredValue } from '../../../../src/core/flow/engine/events';
import type { TimedEvent } from '../../../../src/core/flow/engine/readJournal';
import { emptyFlow, type Flow } from '../../../../src/core/flow/model/flow';

type Ended = Extract<RunEvent, { type: 'run.ended' }>;

function runOf(
	ended: Pick<Ended, 'status' | 'outputs' | 'error'>,
	scope: RunScope = { kind: 'all' },
): Parameters<typeof rowOfRun>[0] {
	const started: RunEvent = {
		type: 'run.started',
		execution: asId<ExecutionId>('e'),
		flow: 'hash',
		inputs: { diff: 'a\nb' },
		cached: [],
		scope,
	};
	const events: readonly TimedEvent[] = [started, { type: 'run.ended', ...ended } as const].map(event => ({
		event,
		at: 1,
	}));
	return { events, valueOf: (stored: StoredValue) => ('value' in stored ? stored.value : undefined) };
}

describe('a row of a run', () => {
	test('gives what the run was given and wants what came out of it', () => {
		const row = rowOfRun(
			runOf({ status: 'succeeded', outputs: { said: { value: 'yes', bytes: 5 } }, error: null }),
			'Ada',
		);
		expect(readDataset(withRow('', row))).toMatchObject({
			problems: [],
			rows: [
				{
					title: 'Ada',
					inputs: { diff: 'a\nb' },
					assertions: [{ output: 'said', check: { kind: 'equals', value: 'yes' } }],
				},
			],
		});
	});

	test('of one that failed wants the failure', () => {
		const row = rowOfRun(runOf({ status: 'failed', outputs: {}, error: 'No network.' }), 'x');
		expect(readDataset(row).rows[0]).toMatchObject({ fails: 'No network.', assertions: [] });
	});

	test('is made of no run that was stopped, of none of a part, and of no value that is gone', () => {
		expect(() => rowOfRun(runOf({ status: 'stopped', outputs: {}, error: null }), 'x')).toThrow('came to its end');
		const part = { kind: 'only', node: 'a' } as const;
		expect(() => rowOfRun(runOf({ status: 'succeeded', outputs: {}, error: null }, part), 'x')).toThrow('whole flow');
		const gone = { said: { blob: 'b', bytes: 1, preview: '' } };
		expect(() => rowOfRun(runOf({ status: 'succeeded', outputs: gone, error: null }), 'x')).toThrow(
			"'said' is not kept",
		);
	});

	test('stands on a line of its own', () => {
		expect([withRow('', 'r'), withRow('a\n', 'r'), withRow('a', 'r')]).toEqual(['r\n', 'r\n', '\nr\n']);
	});
});

describe('what may stand in a row', () => {
	const flow: Flow = {
		...emptyFlow('review', 'Review'),
		inputs: { diff: { type: 'text', description: 'What changed' }, count: { type: 'number' } },
		nodes: {
			fetch: { type: 'http.request@1', name: 'Fetch' },
			out: { type: 'flow.output@1', params: { name: 'said' } },
		},
		edges: [{ from: 'fetch', output: 'body', to: 'out', input: 'value' }],
	};
	const at = (marked: string): readonly string[] => {
		const cursor = marked.indexOf('|');
		return completeRow(marked.replace('|', ''), cursor, flow).map(({ label }) => label);
	};

	test.each([
		['{"|"}', ['name', 'inputs', 'mocks', 'assertions', 'fails', 'skip']],
		['{"inputs": {"|"}}', ['diff', 'count']],
		['{"mocks": {"|"}}', ['fetch', 'out']],
		['{"mocks": {"fetch": {"|"}}}', ['body']],
		['{"assertions": [{"output": "|"}]}', ['said']],
		['{"name": "|"}', []],
	])('%s', (marked, words) => expect(at(marked)).toEqual(words));

	test('an assertion has its kinds, and what is half there is replaced', () => {
		expect(at('{"assertions": [{"|"}]}')).toContain('judge');
		const line = '{"na"}';
		const [name] = completeRow(line, 4, flow);
		expect(name).toMatchObject({ insert: '"name": "$0"', from: 1, length: 4 });
		const renamed = completeRow('{"na": 1}', 4, flow)[0];
		expect(renamed).toMatchObject({ insert: '"name"' });
	});
});
