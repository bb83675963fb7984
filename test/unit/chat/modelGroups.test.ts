import { expect, test } from 'vitest';
import { choiceOfModel, modelGroups } from '../../../src/core/chat/modelGroups';
import { ProviderError } from '../../../src/core/providers/provider';
import { ScriptedProvider, model } from '../../fakes/scriptedProvider';

const provider = (id: string, isLocal: boolean) => new ScriptedProvider(id, () => ({}), isLocal);
const opus = { value: 'opus', label: 'Opus', description: 'Strong', efforts: [] };

test('Auto comes first, then Claude, then what runs on this machine, then the others', () => {
	const groups = modelGroups({ models: [opus], obstacle: null }, [
		{ provider: provider('groq', false), state: 'ready', models: [model('llama')] },
		{ provider: provider('claude', false), state: 'ready', models: [model('sonnet')] },
		{ provider: provider('ollama', true), state: 'ready', models: [model('qwen3:8b')] },
	]);
	expect(groups.map(group => group.provider)).toEqual(['auto', 'claude', 'ollama', 'groq']);
	expect(groups.flatMap(group => group.models.map(({ value }) => value))).toEqual([
		'auto',
		'opus',
		'ollama/qwen3:8b',
		'groq/llama',
	]);
});

test('what cannot be asked says why and what to do; it is never an empty list', () => {
	const action = { title: 'Set Key', command: 'quarterdeck.providers.setKey', args: ['groq'] };
	const groups = modelGroups(
		{
			models: [],
			obstacle: {
				code: 'cli-missing',
				title: 'Install the Claude CLI',
				text: '',
				actions: [{ title: 'Use Ollama', command: 'quarterdeck.chat.useModel', args: ['ollama/x'] }],
			},
		},
		[
			{
				provider: provider('groq', false),
				state: 'failed',
				error: new ProviderError('no-key', `${provider('groq', false).label} needs a key.`, { actions: [action] }),
			},
			{ provider: provider('ollama', true), state: 'ready', models: [] },
			{ provider: provider('vllm', true), state: 'ready', models: [] },
			// Who has no Copilot misses nothing.
			{ provider: provider('vscode', false), state: 'ready', models: [] },
		],
		id => id === 'ollama',
	);
	expect(groups.slice(1).map(group => [group.provider, group.problem])).toEqual([
		['claude', { text: 'Install the Claude CLI', actions: [] }],
		[
			'ollama',
			{
				text: 'has no models yet.',
				actions: [{ title: 'Download a Model', command: 'quarterdeck.providers.pull', args: ['ollama'] }],
			},
		],
		[
			'vllm',
			{
				text: 'has no models yet.',
				actions: [{ title: 'Test Again', command: 'quarterdeck.providers.test', args: ['vllm'] }],
			},
		],
		['groq', { text: 'needs a key.', actions: [action] }],
	]);
});

test('Claude can be chosen before it has named its models', () => {
	const [, claude] = modelGroups({ models: [], obstacle: null }, []);
	expect(claude?.models.map(({ value }) => value)).toEqual(['default']);
});

test('a model tells its window and what it can, and has efforts only where it thinks', () => {
	const abilities = { tools: false, images: true, thinking: true, structured: null };
	expect(
		choiceOfModel('ollama', model('qwen3:8b', { description: '8B, Q4', abilities, contextTokens: 40_960 })),
	).toEqual({
		value: 'ollama/qwen3:8b',
		label: 'qwen3:8b',
		description: '8B, Q4, 40k context, no tool calling of its own, sees images',
		efforts: ['default', 'low', 'medium', 'high'],
	});
	expect(choiceOfModel('x', model('plain')).efforts).toEqual([]);
});
