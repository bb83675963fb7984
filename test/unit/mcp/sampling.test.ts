import { describe, expect, test } from 'vitest';
import { noUsage } from '../../../src/core/ledger/events';
import type { McpSampling } from '../../../src/core/mcp/ports';
import { runSampling, samplingModel, samplingRequest, samplingText } from '../../../src/core/providers/mcpSampling';
import type { ModelEvent, Provider, ProviderModel } from '../../../src/core/providers/provider';
import type { ProviderModels } from '../../../src/core/providers/registry';

const { signal } = new AbortController();
const request: McpSampling = {
	systemPrompt: 'Be brief.',
	maxTokens: 100_000,
	temperature: 0.2,
	messages: [
		{ role: 'user', content: { type: 'text', text: 'What is in it?' } },
		{ role: 'user', content: { type: 'image', mimeType: 'image/png', data: 'AAAA' } },
		{ role: 'assistant', content: { type: 'text', text: 'A boat.' } },
	],
};

function providerOf(events: readonly ModelEvent[]): Provider {
	return {
		id: 'fake',
		label: 'Fake',
		isLocal: true,
		stream: async function* stream() {
			yield* events;
		},
		models: () => Promise.resolve([]),
		health: () => Promise.reject(new Error('not asked')),
	};
}

const end = (reason: 'stop' | 'length' | 'filtered'): ModelEvent => ({
	type: 'end',
	reason,
	usage: noUsage,
	reportedUsd: null,
});

describe('a server asks a model', () => {
	test('its request in our words, with no more output than is reasonable', () => {
		expect(samplingRequest(request, 'm', signal)).toEqual({
			model: 'm',
			messages: [
				{ role: 'system', text: 'Be brief.' },
				{ role: 'user', parts: [{ type: 'text', text: 'What is in it?' }] },
				{ role: 'user', parts: [{ type: 'image', mediaType: 'image/png', data: 'AAAA' }] },
				{ role: 'assistant', text: 'A boat.', thinking: '', toolCalls: [] },
			],
			temperature: 0.2,
			maxOutputTokens: 32_000,
			signal,
		});
	});

	test('tools and sound are refused with a sentence', () => {
		const tools = [{ name: 'x', inputSchema: { type: 'object' as const } }];
		expect(() => samplingRequest({ ...request, tools }, 'm', signal)).toThrow(/cannot have tools called/);
		const sound = { role: 'user' as const, content: { type: 'audio' as const, mimeType: 'audio/wav', data: 'AA' } };
		expect(() => samplingRequest({ ...request, messages: [sound] }, 'm', signal)).toThrow(/“audio”/);
	});

	test('the answer is whole, with the model that gave it and why it ended', async () => {
		const events: ModelEvent[] = [
			{ type: 'start', model: 'm-2026' },
			{ type: 'thinking', text: 'hm' },
			{ type: 'text', text: 'A ' },
			{ type: 'text', text: 'ferry' },
			end('length'),
		];
		const { answer, usage } = await runSampling(providerOf(events), samplingRequest(request, 'm', signal));
		expect(answer).toEqual({
			role: 'assistant',
			content: { type: 'text', text: 'A ferry' },
			model: 'm-2026',
			stopReason: 'maxTokens',
		});
		expect(usage).toEqual(noUsage);
	});

	test('an answer that was filtered or cut off is a failure, never half an answer', async () => {
		const asked = samplingRequest(request, 'm', signal);
		await expect(runSampling(providerOf([end('filtered')]), asked)).rejects.toThrow(/refused/);
		await expect(runSampling(providerOf([{ type: 'text', text: 'A' }]), asked)).rejects.toThrow(
			/before it was complete/,
		);
	});

	test('a person reads all of it', () => {
		expect(samplingText(request)).toBe(
			'System: Be brief.\n\nUser: What is in it?\n\nUser: (image)\n\nAssistant: A boat.',
		);
	});

	test('the conversation’s own model is proposed, then the usual one, then whatever is up', () => {
		const entry = (id: string, models: readonly string[], isLocal: boolean): ProviderModels => ({
			provider: { ...providerOf([]), id, label: id.toUpperCase(), isLocal },
			state: 'ready',
			models: models.map(name => ({ id: name, label: name }) as ProviderModel),
		});
		const listed = [entry('house', ['large'], false), entry('ollama', ['qwen3:4b'], true)];
		const model = (...wanted: string[]): string => samplingModel(wanted, listed).model;
		expect(samplingModel(['ollama/qwen3:4b', 'default'], listed)).toEqual({
			model: 'ollama/qwen3:4b',
			label: 'qwen3:4b (OLLAMA)',
			isLocal: true,
		});
		expect(model('auto', 'house/large')).toBe('house/large');
		// Without Claude nobody is proposed who cannot answer.
		expect(model('default')).toBe('ollama/qwen3:4b');
		expect(samplingModel(['default'], []).model).toBe('default');
	});
});
