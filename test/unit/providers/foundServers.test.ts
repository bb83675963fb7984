import { expect, test } from 'vitest';
import { readRemembered, rememberServers } from '../../../src/core/providers/foundServers';
import type { ProviderConfig } from '../../../src/core/providers/config';

const ollama: ProviderConfig = { id: 'ollama', kind: 'ollama', baseUrl: 'http://127.0.0.1:11434' };
const studio: ProviderConfig = {
	id: 'lmstudio',
	kind: 'openai',
	preset: 'lmstudio',
	baseUrl: 'http://127.0.0.1:1234/v1',
};
const unknown: ProviderConfig = {
	id: 'server-on-port-8000',
	kind: 'openai',
	preset: 'other',
	baseUrl: 'http://127.0.0.1:8000/v1',
};
const day = 86_400_000;

test('a server that was stopped is still known, and so can be said to be down', () => {
	const before = rememberServers([], [ollama, studio, unknown], 0);
	expect(rememberServers(before, [studio], day)).toEqual([
		{ config: studio, at: day },
		{ config: ollama, at: 0 },
	]);
});

test('one that was not seen for two weeks is forgotten', () => {
	const before = rememberServers([], [ollama, studio], 0);
	expect(rememberServers(rememberServers(before, [studio], 10 * day), [], 15 * day)).toEqual([
		{ config: studio, at: 10 * day },
	]);
});

test('another server in its place, or of its name, takes it', () => {
	const before = rememberServers([], [ollama, studio], 0);
	const elsewhere: ProviderConfig = { ...ollama, baseUrl: 'http://127.0.0.1:9999' };
	const llama: ProviderConfig = {
		id: 'llamacpp',
		kind: 'openai',
		preset: 'llamacpp',
		baseUrl: 'http://127.0.0.1:1234/v1',
	};
	expect(rememberServers(before, [elsewhere, llama], 1).map(({ config }) => config)).toEqual([elsewhere, llama]);
});

test('what was kept is read back, and nothing that would send prompts to another machine', () => {
	const kept = JSON.parse(JSON.stringify(rememberServers([], [ollama], 5))) as unknown;
	expect(readRemembered(kept)).toEqual([{ config: ollama, at: 5 }]);
	expect(
		readRemembered([{ config: { ...ollama, baseUrl: 'http://example.com' }, at: 5 }, 'x', { config: ollama }]),
	).toEqual([]);
	expect(readRemembered(undefined)).toEqual([]);
});
