import { expect, test } from 'vitest';
import {
	canFallBack,
	fallbacksFor,
	streamWithFallback,
	type FallbackNotice,
} from '../../../src/core/providers/fallback';
import { modelRefText, parseModelRef, type ModelRef } from '../../../src/core/providers/provider';
import { fails, heard, requestFor, says, ScriptedProvider, type Script } from './scripted';

function world(scripts: Readonly<Record<string, Script>>) {
	const providers = new Map(Object.entries(scripts).map(([id, script]) => [id, new ScriptedProvider(id, [script])]));
	const notices: FallbackNotice[] = [];
	const answered: string[] = [];
	const run = (first: string, ...chain: readonly string[]) =>
		heard(
			streamWithFallback(parseModelRef(first), requestFor(), {
				chain: chain.map(parseModelRef),
				find: id => providers.get(id),
				onFallback: notice => notices.push(notice),
				onModel: ref => answered.push(modelRefText(ref)),
			}),
		);
	return { providers, notices, answered, run };
}

test('the next of the chain answers, and what happened is said', async () => {
	const { providers, notices, answered, run } = world({ a: fails('offline'), b: fails('no-quota'), c: says('Hi') });
	expect(await run('a/one', 'b/two', 'c/three:4b')).toEqual(['start', 'Hi', 'end']);
	expect(answered).toEqual(['c/three:4b']);
	expect(notices.map(({ text }) => text)).toEqual([
		'a/one did not answer: It failed: offline. Going on with b/two, the next of your fallbacks.',
		'b/two did not answer: It failed: no-quota. Going on with c/three:4b, the next of your fallbacks.',
	]);
	expect(providers.get('c')?.requests).toMatchObject([{ model: 'three:4b' }]);
});

test('a model that answers is not replaced, and one that broke off neither', async () => {
	const { notices, run, providers } = world({ a: { ...says('Hel'), ...fails('cut-off') }, b: says('Hi') });
	expect(await run('a/one', 'b/two')).toEqual(['start', 'Hel', '! cut-off']);
	expect([notices, providers.get('b')?.requests]).toEqual([[], []]);
});

test.each(['bad-request', 'too-long', 'filtered', 'no-tools'] as const)(
	'%s is the request’s own fault and is told',
	async code => {
		const { run } = world({ a: fails(code), b: says('Hi') });
		expect(await run('a/one', 'b/two')).toEqual([`! ${code}`]);
	},
);

test('a fallback that lacks what the request needs is passed over', async () => {
	const { run } = world({ a: fails('resting'), b: fails('no-tools'), c: says('Hi') });
	expect(await run('a/one', 'b/two', 'c/three')).toEqual(['start', 'Hi', 'end']);
});

test('when none answers, the first failure is told', async () => {
	const { run } = world({ a: fails('wrong-key'), b: fails('offline') });
	expect(await run('a/one', 'b/two')).toEqual(['! wrong-key']);
	expect(await run('gone/one', 'b/two')).toEqual(['! offline']);
});

test('a chain asks nothing twice', () => {
	const ref = (text: string): ModelRef => parseModelRef(text);
	const chain = ['a/one', 'b/two', 'b/two', 'opus'].map(ref);
	expect(fallbacksFor(ref('a/one'), chain).map(modelRefText)).toEqual(['b/two', 'opus']);
});

test('a cancellation is no reason for another model', () => {
	expect(canFallBack('cancelled')).toBe(false);
	expect(canFallBack('timeout')).toBe(true);
});
