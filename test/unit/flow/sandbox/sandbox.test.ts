import { expect, test } from 'vitest';
import { ExpectedError } from '../../../../src/core/base/errors';
import type { Json } from '../../../../src/core/base/json';
import { evaluate, liveThreads, useSandbox } from './support';

const makeSandbox = useSandbox();

async function failureOf(
	work: Promise<unknown>,
): Promise<{ readonly code: string; readonly message: string; readonly details: unknown }> {
	const error: unknown = await work.then(
		value => expect.fail(`It gave ${JSON.stringify(value)}`),
		(reason: unknown) => reason,
	);
	if (!ExpectedError.is(error)) throw error;
	return { code: error.code, message: error.message, details: error.details };
}

test.each<[string, Json | undefined]>([
	['return a + b.length', 4],
	['return values["not-a-name"]', true],
	['return { list: [1, { b }], nothing: undefined }', { list: [1, { b: 'abc' }] }],
	['', undefined],
	['return 0', 0],
	['return ""', ''],
	['return false', false],
	['return null', null],
	['return await Promise.all([1, Promise.resolve(2)])', [1, 2]],
	['await new Promise(done => setTimeout(done, 5)); return "later"', 'later'],
	['const id = setTimeout(() => { throw 1 }, 1); clearTimeout(id); return 1', 1],
	['return [..."žluťoučký 🐎"].length', 11],
	['return new Date(0)', '1970-01-01T00:00:00.000Z'],
	['return { ["__proto__"]: 1, a: 2 }', { a: 2 }],
	['// a comment at the end', undefined],
])('%s', async (source, expected) => {
	expect(await evaluate(makeSandbox(), source, { a: 1, b: 'abc', 'not-a-name': true, class: 1 })).toEqual(expected);
});

test('errors name the line as the user wrote it', async () => {
	const sandbox = makeSandbox();
	const thrown = await failureOf(
		evaluate(sandbox, 'const x = 1;\nfunction deep() {\n  return x.y.z;\n}\nreturn deep();'),
	);
	expect(thrown).toMatchObject({
		code: 'script-failed',
		message: expect.stringMatching(/^The script failed in line 3: TypeError: /u) as string,
		details: { line: 3, stack: expect.stringMatching(/deep \(script\.js:3:\d+\)[^]*script\.js:5:\d+/u) as string },
	});
	expect(await failureOf(evaluate(sandbox, 'const a = 1;\nreturn a +* 2;'))).toMatchObject({
		code: 'script-syntax',
		message: expect.stringMatching(/^The script cannot be read in line 2: /u) as string,
	});
	expect(await failureOf(evaluate(sandbox, 'await 1;\n\nthrow new RangeError("too far")'))).toMatchObject({
		message: 'The script failed in line 3: RangeError: too far',
	});
	expect(await failureOf(evaluate(sandbox, 'throw { some: "thing" }'))).toMatchObject({
		message: 'The script failed: {"some":"thing"}',
	});
});

test('what is no JSON is refused with a reason', async () => {
	const sandbox = makeSandbox();
	for (const source of ['const a = {}; a.a = a; return a', 'return () => 1', 'return 10n', 'return Symbol()']) {
		expect((await failureOf(evaluate(sandbox, source))).code).toBe('script-output');
	}
});

test('the log is captured and cut', async () => {
	const lines: string[] = [];
	const source =
		'console.log("a", 1, { b: [2] }, undefined, new Error("e").message); for (let i = 0; i < 9; i++) console.warn(i)';
	await evaluate(makeSandbox(), source, {}, { onLog: text => lines.push(text), limits: { logLines: 3 } });
	expect(lines).toEqual(['a 1 {"b":[2]} undefined e', '0', '1', '… what it logs after this is left out.']);
});

test('the host is asked only for what was granted', async () => {
	const sandbox = makeSandbox();
	const capabilities = {
		fetch: async (request: Json) => ({ url: 'u', status: 201, headers: { 'x-a': 'b' }, body: JSON.stringify(request) }),
		files: async (request: Json) => Promise.reject(new Error(`No ${JSON.stringify(request)}`)),
	};
	const source = `const answer = await fetch('https://a.example', { method: 'POST', body: 'x' });
		let refused = '';
		try { await files.read('a.txt') } catch (error) { refused = error.message }
		let missing = '';
		try { await secret('key') } catch (error) { missing = error.message }
		return [answer.status, answer.ok, answer.headers.get('X-A'), await answer.json(), refused, missing]`;
	expect(await evaluate(sandbox, source, {}, { capabilities })).toEqual([
		201,
		true,
		'b',
		{ url: 'https://a.example', method: 'POST', headers: {}, body: 'x' },
		'No {"action":"read","path":"a.txt"}',
		expect.stringContaining('“secrets” is a capability that this script does not have'),
	]);
	expect(await evaluate(sandbox, 'try { fetch("x") } catch (error) { return error.message }')).toContain('fetch');
});

test('many requests at once all get their own answer', async () => {
	const capabilities = { secrets: async (name: Json) => Promise.resolve(`${JSON.stringify(name)}!`) };
	const source = 'return await Promise.all(Array.from({ length: 200 }, (_, i) => secret(i)))';
	const answers = await evaluate(makeSandbox(), source, {}, { capabilities });
	expect(answers).toEqual(Array.from({ length: 200 }, (_, index) => `"${index}"!`));
});

test('clock and chance can be the same in every run', async () => {
	const sandbox = makeSandbox();
	const source =
		'return [Date.now(), new Date().getTime(), new Date(5).getTime(), new Date() instanceof Date, Math.random(), Math.random()]';
	const run = (seed: number): Promise<Json | undefined> =>
		evaluate(sandbox, source, {}, { determinism: { now: 1000, seed } });
	const first = await run(7);
	expect(first).toEqual([1000, 1000, 5, true, expect.any(Number), expect.any(Number)]);
	expect(await run(7)).toEqual(first);
	expect(await run(8)).not.toEqual(first);
});

test('programs run at the same time, and the threads end when nobody needs them', async () => {
	await expect.poll(() => liveThreads.size, { timeout: 20_000 }).toBe(0);
	const sandbox = makeSandbox({ maxThreads: 2, idleMs: 1 });
	const source = 'await new Promise(done => setTimeout(done, 20)); return n';
	const runs = Array.from({ length: 7 }, async (_, n) => evaluate(sandbox, source, { n }));
	expect(liveThreads.size).toBe(2);
	expect(await Promise.all(runs)).toEqual([0, 1, 2, 3, 4, 5, 6]);
	await expect.poll(() => liveThreads.size, { timeout: 20_000 }).toBe(0);
	expect(await evaluate(sandbox, 'return 1')).toBe(1);
});

test('nothing leaks from call to call, in a thousand calls', async () => {
	await expect.poll(() => liveThreads.size, { timeout: 20_000 }).toBe(0);
	const sandbox = makeSandbox({ maxThreads: 1 });
	const source =
		'const seen = [globalThis.left, Array.prototype.left, JSON.parse === Math.max]; globalThis.left = 1; Array.prototype.left = 2; JSON.parse = Math.max; return [n, seen]';
	for (let n = 0; n < 1000; n++) {
		expect(await evaluate(sandbox, source, { n })).toEqual([n, [null, null, false]]);
	}
	expect(liveThreads.size).toBe(1);
});
