import { describe, expect, test, vi } from 'vitest';
import type { CostRow, ExecutionRow, Ledger } from '../../../src/core/ledger/queries';
import type { CodePort, Diagnostic, MemoryPort } from '../../../src/core/tools/ports';
import { StandingClock, textOf } from './toolsForTest';
import { ToolWorld } from './worldForTools';

describe('calculating', () => {
	test.each([
		['2 + 3 * 4', '14'],
		['0.1 + 0.2', '0.3'],
		['2^10 % 1000', '24'],
		['sqrt(2) * sqrt(2)', '2'],
		['max(1, 2, 3) > 2 ? 10 : 20', '10'],
		['5!', '120'],
		['roundTo(PI, 3)', '3.142'],
		['9^9^9', 'Infinity'],
	])('%s is %s', async (expression, value) => {
		await using world = await ToolWorld.make();
		expect(textOf(await world.run('calculate', { expression }))).toBe(`${expression} = ${value}`);
	});

	test.each([
		'2 +',
		'x',
		'constructor',
		'__proto__',
		'toString()',
		'f(x) = x',
		'a = 3',
		'"text"',
		'map(sqrt, 3)',
		'sqrt.constructor("x")',
	])('%s is no calculation', async expression => {
		await using world = await ToolWorld.make();
		expect(await world.run('calculate', { expression })).toMatchObject({ isError: true });
	});
});

describe('the clock', () => {
	test('tells the time here and elsewhere', async () => {
		const clock = new StandingClock();
		await using world = await ToolWorld.make({ clock });
		const text = textOf(await world.run('time', { time_zone: 'Asia/Tokyo' }));
		expect(text).toContain('Thursday');
		expect(text).toContain('(Asia/Tokyo)\nUTC: 1970-01-01T00:16:40.000Z');
		expect(await world.run('time', { time_zone: 'Mars/Base' })).toMatchObject({ isError: true });
	});

	test('the machine describes itself without names', async () => {
		await using world = await ToolWorld.make();
		const text = textOf(await world.run('system_info', {}));
		expect(text).toMatch(/Memory: [\d.]+ GB of [\d.]+ GB free/u);
		expect(text).toMatch(/Disk of the working folder: [\d.]+ GB/u);
	});
});

describe('the person', () => {
	test('is asked what the model wants to know', async () => {
		await using world = await ToolWorld.make();
		const answers = { 'Which?': 'This' };
		expect(textOf(await world.run('ask_user', {}, { answers }))).toBe('Which?\n→ This');
		expect(await world.run('ask_user', {})).toMatchObject({ isError: true });
	});

	test('is not flooded with notifications', async () => {
		const notify = vi.fn<(text: string, level: string) => void>();
		const clock = new StandingClock();
		await using world = await ToolWorld.make({ people: { notify }, clock });
		for (let count = 0; count < 7; count++) await world.run('notify', { text: 'Done\u202e\nnow', level: 'warning' });
		expect(notify).toHaveBeenCalledTimes(5);
		expect(notify).toHaveBeenCalledWith('Done⟨U+202E⟩ now', 'warning', '');
		clock.advance(61_000);
		expect(await world.run('notify', { text: 'Again' })).toMatchObject({ isError: false });
	});
});

describe('memory', () => {
	const memory = (): MemoryPort => ({
		search: async () => [{ id: 'm1', text: 'Likes tabs', category: 'preference' }],
		remember: async fact => ({ ...fact, id: 'm2' }),
		forget: async (id, text) => (id !== 'm1' ? 'unknown' : text === 'Likes tabs' ? 'forgotten' : 'differs'),
	});

	test('is offered with its port alone', async () => {
		await using without = await ToolWorld.make();
		expect(without.names().filter(name => /memory|remember|forget/u.test(name))).toEqual([]);
		await using world = await ToolWorld.make({ memory: memory() });
		expect(textOf(await world.run('memory_search', { query: 'tabs' }))).toBe('[m1] preference: Likes tabs');
		expect(textOf(await world.run('remember', { text: 'Uses Vim', category: 'fact' }))).toBe('Remembered as [m2].');
		expect(textOf(await world.run('forget', { id: 'm1', text: 'Likes tabs' }))).toBe('Forgotten.');
		expect(await world.run('forget', { id: 'm1', text: 'Likes cats' })).toMatchObject({ isError: true });
		expect(await world.run('forget', { id: 'm9', text: 'x' })).toMatchObject({ isError: true });
	});

	test('never keeps a secret', async () => {
		const remember = vi.fn<MemoryPort['remember']>();
		await using world = await ToolWorld.make({ memory: { ...memory(), remember } });
		const text = `The token is ghp_${'a1B2'.repeat(9)}`;
		expect(await world.run('remember', { text, category: 'fact' })).toMatchObject({ isError: true });
		expect(remember).not.toHaveBeenCalled();
	});
});

describe('the ledger', () => {
	const usage = { input: 10, output: 5, cacheRead: 20, cacheWrite5m: 0, cacheWrite1h: 0 };
	const cost: CostRow = { key: ['opus'], cost: 1_500_000_000, usage, executions: 2, unpriced: 1 };
	const row = {
		startedAt: 0,
		endedAt: 5000,
		status: 'failed',
		kind: 'chat',
		model: 'opus',
		cost: null,
		title: 'Fix\nit',
		error: 'It broke.',
	} as ExecutionRow;

	test('answers two questions about this project', async () => {
		const query = vi.fn<(name: string, params: unknown) => Promise<unknown>>(async name =>
			name === 'costs' ? [cost] : [row],
		);
		await using world = await ToolWorld.make({ ledger: async () => ({ query }) as unknown as Pick<Ledger, 'query'> });
		const costs = { what: 'costs', by: ['model'], from_day: '2026-01-01', to_day: '2026-01-31' };
		expect(textOf(await world.run('query_ledger', costs))).toBe(
			'Costs of this project, 2026-01-01 to 2026-01-31, by model:\nopus: at least $1.50 (1 runs without a known price), 2 runs, 30 tokens in, 5 out',
		);
		expect(query.mock.calls[0]?.[1]).toEqual({
			fromDay: '2026-01-01',
			toDay: '2026-01-31',
			by: ['model'],
			project: world.folder,
		});
		expect(textOf(await world.run('query_ledger', { what: 'executions' }))).toBe(
			'1970-01-01 00:00Z | failed | chat | opus | 5 s | cost unknown | Fix it | error: It broke.',
		);
		expect(await world.run('query_ledger', { what: 'costs', from_day: '2026-13-45' })).toMatchObject({ isError: true });
	});
});

describe('what the editor knows', () => {
	const diagnostic: Diagnostic = { path: '', line: 3, column: 5, severity: 'error', message: 'No.', source: 'ts' };
	const place = { line: 1, column: 7, text: '  const a = 1;' };

	function codePort(folder: () => string): CodePort {
		const path = (): string => `${folder()}/a.ts`;
		return {
			diagnostics: () => [
				{ ...diagnostic, path: path(), severity: 'warning', message: 'Hm.' },
				{ ...diagnostic, path: path() },
				{ ...diagnostic, path: path(), severity: 'hint' },
			],
			symbolsOf: async () => [{ name: 'run', kind: 'method', container: 'App', path: path(), line: 2, endLine: 9 }],
			symbolsNamed: async () => [
				{ name: 'run', kind: 'method', container: '', path: path(), line: 2, endLine: 9 },
				{ name: 'KEY', kind: 'constant', container: '', path: `${folder()}/.env`, line: 1, endLine: 1 },
			],
			references: async ({ column }) =>
				column === 7 ? { definitions: [{ ...place, path: path() }], references: [] } : null,
			unsavedText: () => undefined,
		};
	}

	test('are problems, symbols and references', async () => {
		let folder = '';
		await using world = await ToolWorld.make({ code: codePort(() => folder) });
		folder = world.folder;
		await world.write('a.ts', 'const a = 1; b\n');
		expect(textOf(await world.run('diagnostics', {}))).toBe('a.ts:3:5 error: No. (ts)\na.ts:3:5 warning: Hm. (ts)');
		expect(textOf(await world.run('diagnostics', { severity: 'error' }))).toBe('a.ts:3:5 error: No. (ts)');
		expect(textOf(await world.run('symbols', { file_path: 'a.ts' }))).toBe('2-9\tmethod App.run');
		expect(textOf(await world.run('symbols', { query: 'r' }))).toBe('a.ts:2\tmethod run');
		expect(await world.run('symbols', {})).toMatchObject({ isError: true });
		const references = (symbol: string, line = 1) => world.run('references', { file_path: 'a.ts', line, symbol });
		expect(textOf(await references('a'))).toBe('Defined (1):\na.ts:1:7\tconst a = 1;\n\nUsed: nowhere');
		expect(textOf(await references('b'))).toContain('No language feature');
		expect(textOf(await references('zebra'))).toContain('does not stand in line 1');
		expect(await references('a', 7)).toMatchObject({ isError: true });
	});
});
