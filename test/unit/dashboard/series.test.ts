import { describe, expect, test } from 'vitest';
import { lastLines } from '../../../src/core/dashboard/topics/fileTail';
import { endProcess } from '../../../src/core/dashboard/topics/processes';
import { appended, seriesTopic } from '../../../src/core/dashboard/topics/series';

const series = { at: [1000, 2000, 3000], values: { cpu: [1, 2, 3] }, step: 1000, span: 3000 };

describe('a series that grows', () => {
	test('takes what is new and drops what is too old', () => {
		expect(appended(series, { at: [5000], values: { cpu: [5] } })).toEqual({
			at: [2000, 3000, 5000],
			values: { cpu: [2, 3, 5] },
			step: 1000,
			span: 3000,
		});
	});

	test('a device that comes or goes has no values for the other time', () => {
		expect(appended(series, { at: [4000], values: { gpu: [9] } })).toMatchObject({
			at: [1000, 2000, 3000, 4000],
			values: { cpu: [1, 2, 3, null], gpu: [null, null, null, 9] },
		});
	});

	test('what was told already is not told twice; after a long sleep nothing old is left', () => {
		expect(appended(series, { at: [3000], values: { cpu: [7] } })).toBe(series);
		expect(appended(series, { at: [60_000], values: { cpu: [8] } })).toMatchObject({
			at: [60_000],
			values: { cpu: [8] },
		});
	});

	test.each([
		[{ metrics: ['cpu.usage'], minutes: 0 }],
		[{ metrics: ['cpu.usage'], minutes: 1441 }],
		[{ metrics: [], minutes: 5 }],
		[{ metrics: ['password'], minutes: 5 }],
		[{ metrics: Array.from({ length: 9 }, () => 'cpu.usage'), minutes: 5 }],
		[null],
	])('a page cannot ask for %j', params => {
		expect(() => seriesTopic.read(params)).toThrow();
	});

	test.each([[{ pid: 0, startedAt: 1 }], [{ pid: '1', startedAt: 1 }], [{ pid: 2, startedAt: 'now' }]])(
		'a page cannot end %j',
		params => {
			expect(() => endProcess.read(params)).toThrow();
		},
	);
});

describe('the end of a file', () => {
	test('is its last lines, without colours', () => {
		expect(lastLines('one\r\ntwo\n\u001B[31mthree\u001B[0m\n', 2, false)).toEqual({
			lines: ['two', 'three'],
			isCut: true,
		});
		expect(lastLines('one\ntwo', 5, false)).toEqual({ lines: ['one', 'two'], isCut: false });
		expect(lastLines('', 5, false)).toEqual({ lines: [], isCut: false });
		expect(lastLines('\n', 5, false)).toEqual({ lines: [], isCut: false });
	});

	test('of a part, the first line is not whole', () => {
		expect(lastLines('f of it\nwhole\n', 5, true)).toEqual({ lines: ['whole'], isCut: true });
	});

	test('a line without end is cut', () => {
		expect(lastLines('x'.repeat(5000), 5, false).lines[0]).toHaveLength(2001);
	});
});
