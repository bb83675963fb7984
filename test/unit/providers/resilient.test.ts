import { describe, expect, test } from 'vitest';
import type { RetryNotice } from '../../../src/core/providers/provider';
import { ResilientProvider } from '../../../src/core/providers/resilient';
import { fails, heard, ManualClock, requestFor, says, ScriptedProvider, type Script } from './scripted';

function world(script: readonly Script[], isLocal = false) {
	const clock = new ManualClock();
	const inner = new ScriptedProvider('far', script, isLocal);
	const provider = new ResilientProvider(inner, { clock, random: () => 1 });
	return { clock, inner, provider };
}

const ask = (provider: ResilientProvider, model?: string) => heard(provider.stream(requestFor(model)));

describe('a failure before the first token', () => {
	test.each(['rate-limited', 'overloaded', 'offline', 'cut-off'] as const)(
		'%s is tried again, ever later',
		async code => {
			const { clock, inner, provider } = world([fails(code), fails(code), says('Hi')]);
			const waits = clock.skipWaits();
			const notices: RetryNotice[] = [];
			const request = requestFor('m', { onRetry: notice => notices.push(notice) });
			expect(await heard(provider.stream(request))).toEqual(['start', 'Hi', 'end']);
			expect([waits, inner.requests.length]).toEqual([[500, 1000], 3]);
			expect(notices).toEqual([
				{ attempt: 1, maxAttempts: 4, delayMs: 500, reason: `It failed: ${code}.` },
				{ attempt: 2, maxAttempts: 4, delayMs: 1000, reason: `It failed: ${code}.` },
			]);
		},
	);

	test.each([
		'wrong-key',
		'no-key',
		'no-model',
		'no-quota',
		'bad-request',
		'too-long',
		'filtered',
		'timeout',
		'redirected',
	] as const)('%s is told at once', async code => {
		const { inner, provider } = world([fails(code)]);
		expect(await ask(provider)).toEqual([`! ${code}`]);
		expect(inner.requests.length).toBe(1);
	});

	test('it gives up after four attempts', async () => {
		const { clock, inner, provider } = world([fails('rate-limited')]);
		clock.skipWaits();
		expect(await ask(provider)).toEqual(['! rate-limited']);
		expect(inner.requests.length).toBe(4);
	});

	test('the wait has jitter: half of it is by chance', async () => {
		const clock = new ManualClock();
		const waits = clock.skipWaits();
		const inner = new ScriptedProvider('far', [fails('overloaded'), says('Hi')]);
		await heard(new ResilientProvider(inner, { clock, random: () => 0 }).stream(requestFor()));
		expect(waits).toEqual([250]);
	});

	test('an abort ends the wait', async () => {
		const { clock, provider, inner } = world([fails('overloaded')]);
		const abort = new AbortController();
		const run = heard(provider.stream(requestFor('m', { signal: abort.signal, onRetry: () => abort.abort() })));
		expect(await run).toEqual(['! CancelledError: Cancelled']);
		expect([clock.waiting, inner.requests.length]).toEqual([0, 1]);
	});

	test('a server on this machine that is not running is told at once, however often', async () => {
		const { provider, inner } = world([fails('offline')], true);
		for (let i = 0; i < 8; i++) expect(await ask(provider)).toEqual(['! offline']);
		expect(inner.requests.length).toBe(8);
	});
});

test('nothing is repeated once a part of the answer has arrived', async () => {
	const { inner, provider } = world([{ ...says('Hel'), ...fails('cut-off') }]);
	expect(await ask(provider)).toEqual(['start', 'Hel', '! cut-off']);
	expect(inner.requests.length).toBe(1);
});

describe('what a server says about when to come back', () => {
	test('is kept to', async () => {
		const { clock, provider } = world([fails('rate-limited', 7_000), says('Hi')]);
		const waits = clock.skipWaits();
		expect(await ask(provider)).toEqual(['start', 'Hi', 'end']);
		expect(waits).toEqual([7_000]);
	});

	test('is told when it is long, and no request is spent until then', async () => {
		const { clock, inner, provider } = world([fails('rate-limited', 90_000), says('Hi')]);
		expect(await ask(provider)).toEqual(['! rate-limited']);
		expect(await ask(provider)).toEqual(['! rate-limited']);
		expect(inner.requests.length).toBe(1);
		clock.advance(90_000);
		expect(await ask(provider)).toEqual(['start', 'Hi', 'end']);
	});

	test('is said in the sentence, where it is not waited for', async () => {
		const { provider } = world([fails('rate-limited', 600_000)]);
		const error: unknown = await provider
			.stream(requestFor())
			.next()
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({
			message: 'It failed: rate-limited. It asks to be left alone for 10 minutes.',
			retryAfterMs: 600_000,
		});
	});

	test('holds for other requests to the same model, and not for other models', async () => {
		const { clock, inner, provider } = world([fails('rate-limited', 90_000), says('Hi')]);
		await ask(provider, 'small');
		clock.advance(60_000);
		expect(await ask(provider, 'large')).toEqual(['start', 'Hi', 'end']);
		const waits = clock.skipWaits();
		expect(await ask(provider, 'small')).toEqual(['start', 'Hi', 'end']);
		expect([waits, inner.requests.map(({ model }) => model)]).toEqual([[30_000], ['small', 'large', 'small']]);
	});
});

describe('the circuit breaker', () => {
	/** Five failures, each told at once. */
	async function opened() {
		const made = world([fails('timeout')]);
		for (let i = 0; i < 5; i++) await ask(made.provider);
		return made;
	}

	test('opens after five failures in five minutes, and says how long', async () => {
		const { clock, inner, provider } = await opened();
		clock.advance(17_000);
		const error: unknown = await provider
			.stream(requestFor())
			.next()
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({
			code: 'resting',
			message: 'FAR failed again and again and is left alone for 43 more seconds. The last time: It failed: timeout.',
			retryAfterMs: 43_000,
		});
		expect(inner.requests.length).toBe(5);
	});

	test('five failures over a longer time do not open it', async () => {
		const { clock, provider } = world([fails('timeout')]);
		for (let i = 0; i < 10; i++) {
			expect(await ask(provider)).toEqual(['! timeout']);
			clock.advance(61_000 + 15_000);
		}
		expect(provider.breakerState).toBe('closed');
	});

	test.each(['wrong-key', 'bad-request', 'no-model', 'rate-limited'] as const)('%s does not open it', async code => {
		const { clock, provider } = world([fails(code)]);
		clock.skipWaits();
		for (let i = 0; i < 8; i++) expect(await ask(provider)).toEqual([`! ${code}`]);
		expect(provider.breakerState).toBe('closed');
	});

	test('after a minute one request at a time may try, and three good ones close it', async () => {
		const { clock, inner, provider } = await opened();
		clock.advance(60_000);
		inner.script = [says('Hi')];
		expect(provider.breakerState).toBe('half-open');
		const trying = provider.stream(requestFor());
		const first = trying.next();
		expect(await ask(provider)).toEqual(['! resting']);
		expect((await first).value).toMatchObject({ type: 'start' });
		await trying.return(undefined);
		expect(provider.breakerState).toBe('half-open');
		for (let i = 0; i < 2; i++) expect(await ask(provider)).toEqual(['start', 'Hi', 'end']);
		expect(provider.breakerState).toBe('closed');
	});

	test('a try that fails opens it again', async () => {
		const { clock, provider } = await opened();
		clock.advance(60_000);
		expect(await ask(provider)).toEqual(['! timeout']);
		expect(await ask(provider)).toEqual(['! resting']);
		clock.advance(60_000);
		expect(provider.breakerState).toBe('half-open');
	});

	test('a try that was cancelled leaves the place to the next', async () => {
		const { clock, inner, provider } = await opened();
		clock.advance(60_000);
		inner.script = [{ error: new Error('cancelled') }];
		await ask(provider);
		inner.script = [says('Hi')];
		expect(await ask(provider)).toEqual(['start', 'Hi', 'end']);
	});

	test('a good test by the user closes it', async () => {
		const { inner, provider } = await opened();
		inner.isUp = false;
		await provider.health(new AbortController().signal);
		expect(provider.breakerState).toBe('open');
		inner.isUp = true;
		await provider.health(new AbortController().signal);
		expect(provider.breakerState).toBe('closed');
	});

	test('a retry that opens it is the last', async () => {
		const { clock, inner, provider } = world([fails('overloaded')]);
		clock.skipWaits();
		expect(await ask(provider)).toEqual(['! overloaded']);
		expect(await ask(provider)).toEqual(['! overloaded']);
		expect(inner.requests.length).toBe(5);
		expect(await ask(provider)).toEqual(['! resting']);
	});
});
