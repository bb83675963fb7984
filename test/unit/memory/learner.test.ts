import { describe, expect, test } from 'vitest';
import { newId, type ConversationId, type MemoryId } from '../../../src/core/base/ids';
import { silentLogger } from '../../../src/core/base/logger';
import type { MemoryRow } from '../../../src/core/ledger/queries';
import { Learner } from '../../../src/core/memory/learner';
import type { NewFact } from '../../../src/core/memory/facts';
import type { Memory } from '../../../src/core/memory/memory';
import type { ModelEvent, ModelRequest, Provider } from '../../../src/core/providers/provider';

/** A memory that only notes what it is told, and a model that answers with one text. */
function world(answer: string | (() => AsyncIterable<ModelEvent>)) {
	const remembered: NewFact[] = [];
	const requests: ModelRequest[] = [];
	const memory = {
		find: () => Promise.resolve([]),
		remember: (fact: NewFact) => {
			remembered.push(fact);
			return Promise.resolve({ ...fact, id: newId<MemoryId>() } as unknown as MemoryRow);
		},
	} as unknown as Memory;
	const provider = {
		stream: (request: ModelRequest) => {
			requests.push(request);
			return typeof answer === 'string' ? speak(answer) : answer();
		},
	} as unknown as Provider;
	const learner = new Learner({
		memory,
		log: silentLogger,
		model: () => Promise.resolve({ provider, model: 'small' }),
	});
	return { learner, remembered, requests };
}

async function* speak(text: string): AsyncIterable<ModelEvent> {
	yield { type: 'text', text: await Promise.resolve(text) };
	yield { type: 'end', reason: 'stop', usage: null, reportedUsd: null };
}

const exchange = {
	conversation: newId<ConversationId>(),
	project: '/work',
	prompt: 'From now on answer me in German, please.',
	answer: 'Gern.',
};
const { signal } = new AbortController();
const found = (...facts: object[]): string =>
	JSON.stringify({ facts: facts.map(fact => ({ category: 'fact', lasting: true, confidence: 0.9, ...fact })) });

describe('learning from an exchange', () => {
	test('facts are kept with where they hold, at most three', async () => {
		const { learner, remembered } = world(
			`\`\`\`json\n${found(
				{ text: 'Answers in German', category: 'preference' },
				{ text: 'The build takes nine minutes', lasting: false },
				{ text: 'Third of them all' },
				{ text: 'Fourth of them all' },
			)}\n\`\`\``,
		);
		expect(await learner.learn(exchange, signal)).toHaveLength(3);
		expect(remembered).toMatchObject([
			{ text: 'Answers in German', tier: 'permanent', project: null, source: 'learned' },
			{ text: 'The build takes nine minutes', tier: 'episodic', project: '/work' },
			{ text: 'Third of them all' },
		]);
	});

	test('guesses and secrets are left out, and no secret is shown to the model', async () => {
		const key = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
		const { learner, remembered, requests } = world(
			found({ text: 'Maybe it is Rust', confidence: 0.3 }, { text: `The token is ${key}` }),
		);
		await learner.learn({ ...exchange, prompt: `My token is ${key}, please remember it` }, signal);
		expect(remembered).toEqual([]);
		expect(JSON.stringify(requests[0]?.messages)).not.toContain(key);
	});

	test.each(['no JSON at all', '{"facts":[{"text":1}]}', '{'])(
		'an answer that is none changes nothing: %s',
		async text => {
			const { learner, remembered } = world(text);
			expect(await learner.learn(exchange, signal)).toEqual([]);
			expect(remembered).toEqual([]);
		},
	);

	test('a short prompt is not worth a call, and a second exchange does not wait for the first', async () => {
		const { learner, requests } = world(found());
		await learner.learn({ ...exchange, prompt: 'go on' }, signal);
		expect(requests).toHaveLength(0);
		await Promise.all([learner.learn(exchange, signal), learner.learn(exchange, signal)]);
		expect(requests).toHaveLength(1);
	});
});
