import { describe, expect, test } from 'vitest';
import { argumentHint, promptCommand, promptInput, resourceParts } from '../../../src/core/mcp/promptText';

describe('prompts and resources of servers in the chat', () => {
	test('a command has no blanks and says what it wants', () => {
		const argument = (name: string, isRequired: boolean) => ({ name, description: '', isRequired });
		const prompt = { name: 'city guide', arguments: [argument('city', true), argument('days', false)] };
		expect(promptCommand('my server', prompt)).toBe('my-server:city-guide');
		expect(argumentHint(prompt)).toBe('<city> [days]');
	});

	test('one message is said as it is; a dialogue says who speaks; the rest goes with it', () => {
		const user = (text: string) => ({ role: 'user' as const, content: { type: 'text' as const, text } });
		expect(promptInput({ messages: [user('Hello'), user('World')] })).toEqual({ text: 'Hello\n\nWorld', parts: [] });
		const { text, parts } = promptInput({
			messages: [
				user('Look'),
				{ role: 'assistant', content: { type: 'text', text: 'At what?' } },
				{ role: 'user', content: { type: 'image', mimeType: 'image/png', data: 'AAAA' } },
				{ role: 'user', content: { type: 'resource', resource: { uri: 'a://b', text: 'inside' } } },
				{ role: 'user', content: { type: 'audio', mimeType: 'audio/wav', data: 'AA' } },
			],
		});
		expect(text).toBe('User: Look\n\nAssistant: At what?');
		expect(parts).toEqual([
			{ kind: 'image', label: 'Image', mediaType: 'image/png', data: 'AAAA' },
			{ kind: 'text', label: 'a://b', text: 'inside' },
			{ kind: 'text', label: 'audio', text: '(audio, which is not sent to models)' },
		]);
	});

	test('what a resource holds is attached; what no model takes is said', () => {
		const contents = [
			{ uri: 'a://1', text: 'one' },
			{ uri: 'a://2', mimeType: 'image/jpeg', blob: 'AAAA' },
			{ uri: 'a://3', mimeType: 'application/zip', blob: 'AAAA' },
		];
		expect(resourceParts('name', { contents }).map(part => part.kind)).toEqual(['text', 'image', 'text']);
	});
});
