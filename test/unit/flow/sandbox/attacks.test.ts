import { expect, test } from 'vitest';
import { CancelledError, ExpectedError } from '../../../../src/core/base/errors';
import type { Json } from '../../../../src/core/base/json';
import type { SandboxOptions } from '../../../../src/core/flow/sandbox/sandbox';
import { evaluate, useSandbox } from './support';

const makeSandbox = useSandbox();
const limits = { computeMs: 300, totalMs: 3_000 };

/** The code it failed with, and that the sandbox goes on as if nothing had been. */
async function attack(source: string, options: Partial<SandboxOptions> = {}): Promise<string> {
	const sandbox = makeSandbox({ maxThreads: 1 });
	const start = Date.now();
	const outcome = await evaluate(sandbox, source, {}, { limits, ...options }).then(
		value => `gave ${JSON.stringify(value)?.slice(0, 200)}`,
		(error: unknown) => (ExpectedError.is(error) ? error.code : String(error)),
	);
	expect(Date.now() - start).toBeLessThan(20_000);
	expect(await evaluate(sandbox, 'return 1 + 1')).toBe(2);
	return outcome;
}

test.each([
	['a loop', 'while (true);'],
	['a loop that catches', 'while (true) { try { while (true); } catch {} finally { continue } }'],
	['a getter', 'return { get a() { for (;;); } }'],
	['toJSON', 'return { toJSON() { for (;;); } }'],
	['a thrown error’s getter', 'throw { get name() { for (;;); }, get message() { for (;;); } }'],
	['a regular expression', 'return /(a+)+$/.test("a".repeat(60) + "b")'],
	['a chain of promises', 'const go = () => Promise.resolve().then(go); return go()'],
	[
		'a flood of promises',
		'const go = () => { for (let i = 0; i < 10; i++) Promise.resolve().then(go) }; go(); await new Promise(() => {})',
	],
	['a proxy', 'return new Proxy({}, { ownKeys() { for (;;); } })'],
	['an iterator', 'return [...{ *[Symbol.iterator]() { while (true) yield* [] } }]'],
	['a thenable', 'return { then() { for (;;); } }'],
	['an async loop', 'while (true) await null'],
	['a sort', 'return [3, 2, 1].sort(() => { for (;;); })'],
	['microtasks', 'const go = () => queueMicrotask(go); go(); await new Promise(() => {})'],
])('endless: %s', async (_, source) => {
	expect(['script-timeout', 'script-memory', 'script-failed']).toContain(await attack(source));
});

test.each([
	['arrays', 'const all = []; while (true) all.push(new Array(10000).fill(1))'],
	['text', 'let text = "x"; while (true) text += text'],
	['one text', 'return "x".repeat(2 ** 29)'],
	['a buffer', 'return new ArrayBuffer(2 ** 31 - 1).byteLength'],
	['objects', 'let last = {}; while (true) last = { last, a: 1, b: 2, c: 3 }'],
	['closures', 'const all = []; while (true) { const big = [1, 2, 3]; all.push(() => big) }'],
	['promises', 'const all = []; while (true) all.push(new Promise(() => {}))'],
	['a number', 'let n = 3n; while (true) n = n * n'],
	['what is caught', 'const all = []; for (;;) { try { for (;;) all.push("x".repeat(1e6) + all.length) } catch {} }'],
	['log', 'const text = "x".repeat(1e6); for (;;) console.log(text)'],
	['timers', 'for (;;) setTimeout(() => {}, 1e9)'],
])('memory: %s', async (_, source) => {
	expect(['script-memory', 'script-timeout', 'script-failed', 'script-calls']).toContain(await attack(source));
});

test.each([
	['calls', 'const go = () => go() + 1; return go()'],
	['JSON', 'let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep]; return deep'],
	['source', 'return eval("[".repeat(1e5) + "]".repeat(1e5))'],
	['a pattern', 'return new RegExp("(".repeat(1e4) + ")".repeat(1e4)).test("")'],
	['a getter', 'const a = { get b() { return a.b } }; return a.b'],
	['a proxy', 'let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); return p.a'],
	['toString', 'const a = { toString() { return `${a}` } }; return `${a}`'],
	['a class chain', 'let C = class {}; for (let i = 0; i < 1e4; i++) C = class extends C {}; return new C()'],
])('depth: %s', async (_, source) => {
	const outcome = await attack(source);
	expect(outcome === 'gave undefined' || outcome.startsWith('script-') || outcome === 'gave {}').toBe(true);
});

test('too much output is refused', async () => {
	const options = { limits: { ...limits, outputCharacters: 1000 } };
	expect(await attack('return "x".repeat(1000)', options)).toBe('script-output');
	expect(await attack('return Array.from({ length: 5000 }, (_, i) => i)', options)).toBe('script-output');
});

test('the host is not flooded with requests', async () => {
	let asked = 0;
	const capabilities = { secrets: async (): Promise<Json> => Promise.resolve((asked += 1)) };
	const options = { capabilities, limits: { ...limits, computeMs: 10_000, totalMs: 15_000, calls: 100 } };
	expect(await attack('for (let i = 0; i < 101; i++) secret("a")', options)).toBe('script-calls');
	expect(await attack('for (;;) secret("a")', options)).toMatch(/^script-(?:calls|timeout)$/u);
	expect(await attack('const text = "x".repeat(1e6); for (let i = 0; i < 20; i++) secret(text)', options)).toBe(
		'script-calls',
	);
	expect(asked).toBeLessThanOrEqual(300);
});

test('a promise that nothing settles ends at once', async () => {
	expect(await attack('await new Promise(() => {})')).toBe('script-stuck');
});

test('waiting is limited too', async () => {
	const capabilities = { secrets: async () => new Promise<Json>(() => undefined) };
	expect(await attack('await secret("a")', { capabilities, limits: { ...limits, totalMs: 200 } })).toBe(
		'script-timeout',
	);
});

test('there is nothing of the host to be found', async () => {
	const source = `
		const names = new Set();
		const walk = (value, depth) => {
			if (depth > 6 || value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) return;
			seen.add(value);
			for (const key of Reflect.ownKeys(value)) {
				names.add(String(key));
				let next;
				try { next = value[key] } catch { continue }
				walk(next, depth + 1);
			}
			walk(Object.getPrototypeOf(value), depth + 1);
		};
		const seen = new Set();
		walk(globalThis, 0);
		const hosts = ['process', 'require', 'module', 'Buffer', 'WebAssembly', 'import', 'Worker', 'XMLHttpRequest', 'std', 'os', 'bjson', 'scriptArgs', 'print', 'loadFile', '__dirname'];
		const escapes = [
			() => this.constructor.constructor('return typeof process')(),
			() => [].constructor.constructor('return typeof require')(),
			() => (async () => {}).constructor('return typeof globalThis.process')(),
			() => console.log.constructor('return typeof process')(),
			() => setTimeout.constructor.constructor('return typeof process')(),
			() => fetch.constructor('return typeof process')(),
			() => { try { null.a } catch (error) { return error.constructor.constructor('return typeof process')() } },
			() => typeof arguments?.callee?.caller,
		];
		const found = [];
		for (const escape of escapes) { try { found.push(await escape()) } catch (error) { found.push('threw') } }
		return { hosts: hosts.filter(name => names.has(name)), found };`;
	const seen = (await evaluate(makeSandbox(), source)) as { hosts: readonly string[]; found: readonly string[] };
	expect(seen.hosts).toEqual([]);
	expect(seen.found.filter(found => found !== 'undefined' && found !== 'threw')).toEqual([]);
});

test('modules of the host cannot be imported', async () => {
	for (const name of ['node:fs', 'fs', 'std', 'os', './sandbox.mjs', 'file:///etc/passwd', 'data:text/javascript,1']) {
		expect(await attack(`return await import(${JSON.stringify(name)})`)).toBe('script-failed');
	}
});

test('prototype tricks stay inside', async () => {
	const tricks = [
		'Object.prototype.isOk = true; Object.prototype.json = "1"; return 1',
		'Promise.prototype.then = function (f) { return f("v[]") }; return 1',
		'Array.prototype.map = String.prototype.slice = JSON.stringify = () => { throw 1 }; return { a: [1] }',
		'Object.defineProperty(Object.prototype, "then", { get() { throw 1 } }); return {}',
		'Promise = class { constructor() { throw 1 } }; return 1',
		'globalThis.Promise = undefined; globalThis.JSON = undefined; return 1',
		'Promise.resolve = () => { for (;;); }; return 1',
		'return JSON.parse(\'{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}\')',
		'}); globalThis.left = 1; (async function () {',
		'return "v" + "\\u0000" + "\\ud800"',
	];
	for (const trick of tricks) {
		const outcome = await attack(trick);
		expect(outcome.startsWith('gave ') || outcome.startsWith('script-')).toBe(true);
		expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
	}
});

test.each([
	['while it computes', 'while (true);'],
	['while it waits', 'await new Promise(done => setTimeout(done, 60000))'],
	['while it waits for the host', 'await secret("a")', true],
])('stopped %s, it ends at once', async (_, source, isAsking = false) => {
	const sandbox = makeSandbox({ maxThreads: 1 });
	const stop = new AbortController();
	let isHostStopped = false;
	const capabilities = {
		secrets: async (_name: Json, signal: AbortSignal) =>
			new Promise<Json>((_resolve, reject) => {
				signal.addEventListener('abort', () => {
					isHostStopped = true;
					reject(new CancelledError());
				});
				stop.abort();
			}),
	};
	const start = Date.now();
	const running = evaluate(
		sandbox,
		isAsking ? source : `console.log(1); ${source}`,
		{},
		{ capabilities, signal: stop.signal, onLog: () => stop.abort() },
	);
	await expect(running).rejects.toThrow(CancelledError);
	expect(Date.now() - start).toBeLessThan(10_000);
	expect(isHostStopped).toBe(isAsking);
	expect(await evaluate(sandbox, 'return 2')).toBe(2);
	await expect(evaluate(sandbox, 'return 1', {}, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
});

test('a thread that hangs in one native call is ended from outside', async () => {
	// Nothing in it asks whether it is to stop: a number of many digits, in one step.
	expect(await attack('let n = 7n ** 60000n; n = n ** 300n; return String(n).length')).toMatch(/^script-/u);
});
