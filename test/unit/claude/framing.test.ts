import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, toFrame } from '../../../src/core/claude/framing';
import { cpuTime } from '../cpuTime';

/** Everything a reader gives for the bytes, cut into chunks at `cuts`. */
function readAll(bytes: Buffer, cuts: readonly number[] = []): { frames: unknown[]; garbage: string[] } {
	const frames: unknown[] = [];
	const garbage: string[] = [];
	const reader = new FrameReader({ onFrame: frame => frames.push(frame), onGarbage: line => garbage.push(line) });
	const ends = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].sort((left, right) => left - right);
	let start = 0;
	for (const end of [...ends, bytes.length]) {
		reader.push(bytes.subarray(start, end));
		start = end;
	}
	reader.end();
	return { frames, garbage };
}

const cuts = fc.array(fc.nat(), { maxLength: 40 });
const frame = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());

describe('frames', () => {
	test('what is written is read back, wherever the chunks end', () => {
		fc.assert(
			fc.property(fc.array(frame, { maxLength: 8 }), cuts, (frames, at) => {
				const bytes = Buffer.from(frames.map(toFrame).join(''));
				expect(readAll(bytes, at)).toEqual({ frames: JSON.parse(JSON.stringify(frames)) as unknown, garbage: [] });
			}),
		);
	});

	test('any bytes are read the same in one chunk and in many, and never throw', () => {
		const bytes = fc
			.uint8Array({ maxLength: 400 })
			.map(array => Buffer.from(array.map(byte => (byte % 7 === 0 ? 10 : byte))));
		fc.assert(
			fc.property(bytes, cuts, (input, at) => {
				expect(readAll(input, at)).toEqual(readAll(input));
			}),
		);
	});

	test('a written frame is one line, whatever it holds', () => {
		fc.assert(
			fc.property(frame, value => {
				const text = toFrame(value);
				expect(text.indexOf('\n')).toBe(text.length - 1);
				expect(text.startsWith('{')).toBe(true);
			}),
		);
		expect(toFrame({ a: 'x\n\u2028\r\ny' })).toBe('{"a":"x\\n\u2028\\r\\ny"}\n');
	});

	test('lines that are no objects are reported and skipped', () => {
		const input = ['{"a":1}', 'warning: something', '', '\r', '[1]', 'null', '{"torn":', '  {"b":2}\r', '7'].join('\n');
		expect(readAll(Buffer.from(input))).toEqual({
			frames: [{ a: 1 }, { b: 2 }],
			garbage: ['warning: something', '[1]', 'null', '{"torn":', '7'],
		});
		expect(readAll(Buffer.from(`${'x'.repeat(5000)}\n`)).garbage[0]?.length).toBe(300);
	});

	test('lines that only together make sense are not joined', () => {
		const lines = ['{"a":[{}', '{}]}', '{"b":1}', '{"f":1}'];
		const bytes = Buffer.from(`${lines.join('\n')}\n`);
		const expected = { frames: [{ b: 1 }, { f: 1 }], garbage: ['{"a":[{}', '{}]}'] };
		expect([readAll(bytes), readAll(bytes, [...bytes.keys()])]).toEqual([expected, expected]);
	});

	test('bytes that are not UTF-8 cost one character, not the line', () => {
		const bytes = Buffer.concat([Buffer.from('{"a":"x'), Buffer.from([0xff, 0xc3]), Buffer.from('y"}\n{"b":"ü"}\n')]);
		expect(readAll(bytes, [7, 8, 9, 17, 18]).frames).toEqual([{ a: 'x\uFFFD\uFFFDy' }, { b: 'ü' }]);
	});

	test('a line of 50 MB in chunks of 64 KB is read in linear time', () => {
		const bytes = Buffer.from(`{"a":"${'x'.repeat(50 * 1024 * 1024)}"}\n`);
		let length = 0;
		const reader = new FrameReader({
			onFrame: value => (length = String(value['a']).length),
			onGarbage: () => undefined,
		});
		const took = cpuTime(() => {
			for (let at = 0; at < bytes.length; at += 65_536) reader.push(bytes.subarray(at, at + 65_536));
		});
		expect(length).toBe(50 * 1024 * 1024);
		// Quadratic time would be minutes; the exact figure is the benchmark's.
		expect(took).toBeLessThan(3000);
	});
});
