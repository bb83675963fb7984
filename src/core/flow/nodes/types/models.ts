import { z } from 'zod';
import type { Json } from '../../../base/json';
import type { ModelMessage } from '../../../providers/provider';
import type { ModelAnswer, NodeContext } from '../context';
import { defineNode, type PortValues } from '../nodeType';
import { anything, count, maybeNumber, text } from '../params';
import { after, asText, failure, isRecord, port, present, textAt } from '../support';
import { answeredObject, asObjectSchema, schemaOf, schemaOfExample } from './schema';

/** Parameters that every node with a model has. */
export const modelParams = {
	model: text('Model', '`provider/model`; empty for your default for flows.', { widget: 'model' }),
	temperature: maybeNumber('Temperature', '0 for the same answer each time; empty for the model’s own.', 0, 2, {
		isAdvanced: true,
	}),
	maxTokens: maybeNumber('Most tokens', 'Of the answer; empty for the model’s own.', 1, 1_000_000, {
		isAdvanced: true,
	}),
	effort: z
		.enum(['low', 'medium', 'high'])
		.optional()
		.meta({ title: 'Effort', description: 'How long a thinking model thinks.', isAdvanced: true }),
};

/** Their values. */
export interface ModelParams {
	readonly model: string;
	readonly temperature?: number | undefined;
	readonly maxTokens?: number | undefined;
	readonly effort?: 'low' | 'medium' | 'high' | undefined;
}

/** What of the parameters goes into a request. `0` is a temperature. */
export function modelSettings({ model, temperature, maxTokens, effort }: ModelParams): {
	readonly model: string;
	readonly temperature?: number;
	readonly maxOutputTokens?: number;
	readonly effort?: 'low' | 'medium' | 'high';
} {
	return { model, ...present({ temperature, maxOutputTokens: maxTokens, effort }) };
}

interface Asked {
	readonly system: string;
	readonly prompt: string;
}

/** The conversation that a node begins with: what is remembered, then the question with its context and images. */
export function messagesOf(inputs: PortValues, { system, prompt }: Asked): readonly ModelMessage[] {
	const asked = [prompt, textAt(inputs, 'prompt')].filter(part => part !== '').join('\n\n');
	if (asked === '') throw failure('input', 'There is nothing to ask: write a prompt, or connect one.');
	const context = textAt(inputs, 'context');
	const whole = context === '' ? asked : `${asked}\n\n<context>\n${context}\n</context>`;
	const systemText = [system, textAt(inputs, 'system')].filter(part => part !== '').join('\n\n');
	const parts = [{ type: 'text' as const, text: whole }, ...imagesOf(inputs['image'])];
	return [
		...(systemText === '' ? [] : [{ role: 'system' as const, text: systemText }]),
		...memoryOf(inputs['memory']),
		{ role: 'user', parts },
	];
}

/** Earlier messages as `{ role, content }`, as every chat interface writes them. */
function memoryOf(memory: Json | undefined): readonly ModelMessage[] {
	if (memory === undefined || memory === null) return [];
	if (!Array.isArray(memory)) throw failure('input', '“memory” needs a list of messages: { role, content }.');
	return (memory as readonly Json[]).flatMap((message): readonly ModelMessage[] => {
		if (!isRecord(message)) throw failure('input', 'A message of “memory” is an object: { role, content }.');
		const content = message['content'] ?? message['text'] ?? '';
		const said = asText(content);
		if (message['role'] === 'assistant') return [{ role: 'assistant', text: said, thinking: '', toolCalls: [] }];
		if (message['role'] === 'system') return [{ role: 'system', text: said }];
		return [{ role: 'user', parts: [{ type: 'text', text: said }] }];
	});
}

function imagesOf(
	image: Json | undefined,
): readonly { readonly type: 'image'; readonly mediaType: string; readonly data: string }[] {
	if (image === undefined || image === null || image === '') return [];
	const list = Array.isArray(image) ? (image as readonly Json[]) : [image];
	return list.map(entry => {
		const found = isRecord(entry) ? entry : dataUrl(entry);
		const { mediaType, data } = found ?? {};
		if (typeof mediaType === 'string' && typeof data === 'string') return { type: 'image', mediaType, data };
		throw failure('input', 'An image is what *Read File* gives for one, or a data: address.');
	});
}

function dataUrl(value: Json): { readonly mediaType: string; readonly data: string } | undefined {
	const groups =
		typeof value === 'string'
			? /^data:(?<type>image\/[\w.+-]+);base64,(?<data>[\w+/=]+)$/u.exec(value)?.groups
			: undefined;
	return groups ? { mediaType: groups['type'] ?? '', data: groups['data'] ?? '' } : undefined;
}

function usageOf({ usage }: ModelAnswer): Json {
	return usage === null ? null : { ...usage };
}

export const llmNode = defineNode({
	type: 'llm.chat',
	version: 1,
	title: 'LLM',
	category: 'Agents',
	icon: 'comment-discussion',
	summary: 'One question to a model, one answer',
	help: 'Asks a model of any provider: Ollama, an OpenAI-compatible server, VS Code’s own or Claude. The prompt of the parameter comes first, what is connected behind it. `messages` is the conversation so far, to be connected to `memory` of another. Example: prompt `Say in one sentence what this change does`, `context` from *Git Diff*.',
	aliases: [
		'LLM Chat',
		'Chat Model',
		'OpenAI',
		'Ollama',
		'Basic LLM Chain',
		'ai-llm-chat',
		'ai-text-generation',
		'Completion',
	],
	params: z.object({
		prompt: text('Prompt', 'What is asked.', { widget: 'multiline' }),
		system: text('System prompt', 'Who the model is to be.', { widget: 'multiline' }),
		...modelParams,
	}),
	ports: {
		inputs: [
			port('prompt', 'Prompt', 'text'),
			port('context', 'Context', 'any', { description: 'Added to the prompt, marked as data' }),
			port('system', 'System prompt', 'text'),
			port('memory', 'Messages before', 'list'),
			port('image', 'Images', 'any'),
			after,
		],
		outputs: [
			port('text', 'Answer', 'text'),
			port('messages', 'Messages', 'list'),
			port('usage', 'Tokens', 'object'),
			port('model', 'Model', 'text'),
		],
	},
	effects: 'reads',
	async run(inputs, { prompt, system, ...params }, context) {
		const messages = messagesOf(inputs, { prompt, system });
		const answer = await context.complete({ ...modelSettings(params), messages });
		const said = messages.flatMap((message): readonly Json[] =>
			message.role === 'user' || message.role === 'assistant' || message.role === 'system'
				? [{ role: message.role, content: 'text' in message ? message.text : textParts(message.parts) }]
				: [],
		);
		return {
			text: answer.text,
			messages: [...said, { role: 'assistant', content: answer.text }],
			usage: usageOf(answer),
			model: answer.model,
		};
	},
});

function textParts(parts: Extract<ModelMessage, { role: 'user' }>['parts']): string {
	return parts.map(part => (part.type === 'text' ? part.text : '[image]')).join('\n');
}

export const structuredLlm = defineNode({
	type: 'llm.structured',
	version: 1,
	title: 'Structured LLM',
	category: 'Agents',
	icon: 'symbol-structure',
	summary: 'An answer that is an object of your shape',
	help: 'Asks a model for JSON that fits a schema, given as a JSON schema or taken from an example. An answer that does not fit is sent back with what is wrong, a few times. Example: example `{"severity": "high", "files": ["a.ts"]}`, prompt `Judge this change`.',
	aliases: ['Structured Output', 'Extract', 'JSON Mode', 'structured-llm', 'Parameter Extractor', 'Output Parser'],
	params: z.object({
		prompt: text('Prompt', 'What is asked.', { widget: 'multiline' }),
		system: text('System prompt', 'Who the model is to be.', { widget: 'multiline' }),
		schema: anything('Schema', 'A JSON schema; empty to take it from an example.', { widget: 'schema' }),
		example: anything('Example', 'A value as you want it.'),
		attempts: count(
			'Attempts',
			'How often an answer that does not fit is asked for again.',
			{ min: 1, max: 10, default: 3 },
			{ isAdvanced: true },
		),
		...modelParams,
	}),
	ports: {
		inputs: [
			port('prompt', 'Prompt', 'text'),
			port('context', 'Context', 'any'),
			port('example', 'Example', 'any', { description: 'Instead of the parameter' }),
			port('image', 'Images', 'any'),
			after,
		],
		outputs: [port('object', 'Object', 'any'), port('text', 'Answer', 'text'), port('usage', 'Tokens', 'object')],
	},
	effects: 'reads',
	run: (inputs, params, context) => askForObject(inputs, params, context),
});

interface StructuredParams extends ModelParams, Asked {
	readonly schema?: unknown;
	readonly example?: unknown;
	readonly attempts: number;
}

async function askForObject(
	inputs: PortValues,
	{ prompt, system, schema: given, example, attempts, ...params }: StructuredParams,
	context: NodeContext,
): Promise<PortValues> {
	const shown = inputs['example'] ?? (example as Json | undefined);
	const wanted =
		schemaOf(given) ?? (shown === undefined || shown === '' ? undefined : schemaOfExample(exampleValue(shown)));
	if (!wanted) throw failure('input', 'Say what the answer is to look like: a JSON schema or an example.');
	const { schema, isWrapped } = asObjectSchema(wanted);
	const messages: ModelMessage[] = [...messagesOf(inputs, { prompt, system })];
	let problem = '';
	for (let attempt = 0; attempt < attempts; attempt++) {
		const answer = await context.complete({ ...modelSettings(params), messages, format: { name: 'answer', schema } });
		const found = answeredObject(answer.object, answer.text, schema);
		if (typeof found !== 'string') {
			const value = isWrapped && isRecord(found.value) ? (found.value['value'] ?? null) : found.value;
			return { object: value, text: answer.text, usage: usageOf(answer) };
		}
		problem = found;
		context.log(`Answer ${attempt + 1} is asked for again: ${problem}`);
		messages.push(
			{ role: 'assistant', text: answer.text, thinking: '', toolCalls: [] },
			{
				role: 'user',
				parts: [{ type: 'text', text: `${problem} Answer again with JSON that fits, and nothing else.` }],
			},
		);
	}
	throw failure('answer', `${problem} It was asked for ${attempts} ${attempts === 1 ? 'time' : 'times'}.`);
}

function exampleValue(example: Json): Json {
	if (typeof example !== 'string') return example;
	try {
		return JSON.parse(example) as Json;
	} catch {
		throw failure('input', 'The example is no JSON.');
	}
}
