import { z } from 'zod';
import { CancelledError } from '../../../base/errors';
import type { Json } from '../../../base/json';
import type { ModelMessage, ModelToolCall } from '../../../providers/provider';
import type { ToolOutcome } from '../../../tools/toolRunner';
import type { NodeContext } from '../context';
import { defineNode, type PortValues } from '../nodeType';
import { anything, choice, count, text, texts } from '../params';
import { after, failure, port, textAt } from '../support';
import { messagesOf, modelParams, modelSettings, type ModelParams } from './models';
import { answeredObject, schemaOf } from './schema';

export const claudeAgent = defineNode({
	type: 'agent.claude',
	version: 1,
	title: 'Claude Agent',
	category: 'Agents',
	icon: 'robot',
	summary: 'A task for the Claude CLI, with its tools, in this workspace',
	help: 'Gives the Claude CLI a task, with files to look at, the tools it may use and a permission mode; what it does passes the gate as in the chat. With a schema its answer is an object. Nodes that name the same session go on in one conversation. Example: prompt `Review this change and list what is wrong`, `context` from *Git Diff*, tools `Read`, `Grep`.',
	aliases: ['Claude Code', 'Agent', 'Sub-Agent', 'AI Agent', 'Prompt Node'],
	params: z.object({
		prompt: text('Prompt', 'The task.', { widget: 'multiline' }),
		model: text('Model', 'A model of Claude; empty for its default.', { widget: 'model' }),
		permissionMode: choice('Permission mode', '`plan` only looks; `acceptEdits` edits files without a question.', [
			'default',
			'plan',
			'acceptEdits',
		]),
		tools: texts('Tools', 'The ones it may use; empty for all.', { widget: 'tools' }),
		files: texts('Files', 'Paths that it is told about.', { widget: 'paths' }),
		schema: anything('Schema', 'A JSON schema for its answer.', { widget: 'schema' }),
		session: text('Session', 'A name that several nodes share to go on in one conversation; empty for a fresh one.', {
			isAdvanced: true,
		}),
		system: text('System prompt', 'Added to its own.', { widget: 'multiline', isAdvanced: true }),
	}),
	ports: {
		inputs: [
			port('prompt', 'Prompt', 'text'),
			port('context', 'Context', 'any', { description: 'Added to the prompt, marked as data' }),
			port('files', 'Files', 'list'),
			after,
		],
		outputs: [
			port('text', 'Answer', 'text'),
			port('object', 'Object', 'any', { description: 'With a schema' }),
			port('model', 'Model', 'text'),
			port('turns', 'Turns', 'number'),
		],
	},
	effects: 'writes',
	async run(inputs, params, context): Promise<PortValues> {
		const asked = [params.prompt, textAt(inputs, 'prompt')].filter(part => part !== '').join('\n\n');
		if (asked === '') throw failure('input', 'There is no task: write a prompt, or connect one.');
		const data = textAt(inputs, 'context');
		const schema = schemaOf(params.schema);
		const answer = await context.agent({
			prompt: data === '' ? asked : `${asked}\n\n<context>\n${data}\n</context>`,
			model: params.model,
			permissionMode: params.permissionMode,
			tools: params.tools,
			files: [...params.files, ...pathsAt(inputs)],
			session: params.session,
			systemPrompt: params.system,
			...(schema ? { schema } : {}),
		});
		const base = { text: answer.text, model: answer.model, turns: answer.turns };
		if (!schema) return base;
		const found = answeredObject(answer.object, answer.text, schema);
		if (typeof found === 'string') throw failure('answer', found);
		return { ...base, object: found.value };
	},
});

function pathsAt({ files }: PortValues): readonly string[] {
	if (files === undefined || files === null) return [];
	const list = Array.isArray(files) ? (files as readonly Json[]) : [files];
	const paths = list.filter(path => typeof path === 'string');
	if (paths.length < list.length) throw failure('input', '“files” needs a list of paths.');
	return paths;
}

export const agentLoop = defineNode({
	type: 'agent.loop',
	version: 1,
	title: 'Agent Loop',
	category: 'Agents',
	icon: 'debug-restart',
	summary: 'A model of any provider that works with tools until it is done',
	help: 'Gives a model instructions and tools, runs the calls that it makes through the gate, and goes on until it answers without a call, or a limit is reached. Tools are named or matched: `quarterdeck_read_file`, `mcp__github__*`. Example: instructions `Find where this error comes from`, tools `quarterdeck_search`, `quarterdeck_read_file`.',
	aliases: ['Agent Executor', 'agent-executor', 'Tool Agent', 'ReAct', 'AI Agent'],
	params: z.object({
		instructions: text('Instructions', 'The task.', { widget: 'multiline' }),
		system: text('System prompt', 'Who the model is to be.', { widget: 'multiline' }),
		tools: texts('Tools', 'Names or patterns; without one it only answers.', { widget: 'tools' }),
		maxToolCalls: count('Most calls', 'Of tools, together.', { min: 0, max: 1000, default: 10 }),
		maxTurns: count('Most turns', 'Answers of the model.', { min: 1, max: 1000, default: 20 }, { isAdvanced: true }),
		...modelParams,
	}),
	ports: {
		inputs: [
			port('prompt', 'Instructions', 'text'),
			port('context', 'Context', 'any'),
			port('memory', 'Messages before', 'list'),
			port('image', 'Images', 'any'),
			after,
		],
		outputs: [
			port('text', 'Answer', 'text'),
			port('calls', 'Calls', 'list', { description: '`{ tool, input, status, result }` of each' }),
			port('isDone', 'Done', 'boolean', { description: 'false when a limit ended it' }),
			port('turns', 'Turns', 'number'),
		],
	},
	effects: 'writes',
	run: (inputs, params, context) => new Loop(params, context).run(inputs),
});

interface LoopParams extends ModelParams {
	readonly instructions: string;
	readonly system: string;
	readonly tools: readonly string[];
	readonly maxToolCalls: number;
	readonly maxTurns: number;
}

/** A model and its tools, turn by turn. */
class Loop {
	readonly #params: LoopParams;
	readonly #context: NodeContext;
	readonly #calls: Json[] = [];

	constructor(params: LoopParams, context: NodeContext) {
		this.#params = params;
		this.#context = context;
	}

	async run(inputs: PortValues): Promise<PortValues> {
		const { instructions, system, tools: patterns, maxTurns, maxToolCalls } = this.#params;
		const messages: ModelMessage[] = [...messagesOf(inputs, { prompt: instructions, system })];
		const tools = patterns.length === 0 ? [] : await this.#context.offers(patterns);
		if (patterns.length > 0 && tools.length === 0) {
			throw failure('not-found', `There is no tool that fits ${patterns.join(', ')}. Is its server running?`);
		}
		let said = '';
		for (let turn = 1; turn <= maxTurns; turn++) {
			this.#stopIfOver();
			// At the limit it is asked once more without tools, so that what was found is not lost.
			const hasCalls = this.#calls.length < maxToolCalls && turn < maxTurns;
			const offered = hasCalls && tools.length > 0 ? { tools } : {};
			const answer = await this.#context.complete({ ...modelSettings(this.#params), messages, ...offered });
			said = answer.text;
			if (answer.calls.length === 0) return this.#result(said, hasCalls || tools.length === 0, turn);
			if (!hasCalls) break;
			messages.push({ role: 'assistant', text: answer.text, thinking: answer.thinking, toolCalls: answer.calls });
			for (const call of answer.calls) messages.push(await this.#call(call));
		}
		return this.#result(said, false, maxTurns);
	}

	#result(said: string, isDone: boolean, turns: number): PortValues {
		if (!isDone) this.#context.log('A limit ended the work before the model said that it is done.');
		return { text: said, calls: this.#calls, isDone, turns };
	}

	#stopIfOver(): void {
		if (this.#context.signal.aborted) throw new CancelledError();
	}

	async #call(call: ModelToolCall): Promise<ModelMessage> {
		this.#stopIfOver();
		const { name, input, rawInput } = call;
		if (this.#calls.length >= this.#params.maxToolCalls)
			return toolMessage(call, 'No more calls are left. Answer with what you have.', true);
		if (input === null) return toolMessage(call, `The arguments are no JSON object: ${rawInput.slice(0, 500)}`, true);
		this.#context.progress(`${name} ${rawInput.slice(0, 200)}`);
		const outcome = await this.#context.callTool(name, input);
		this.#stopIfOver();
		if (outcome.status === 'stopped' || outcome.isStop) throw new CancelledError();
		this.#calls.push({
			tool: name,
			input: input as Json,
			status: outcome.status,
			result: outcome.value ?? textOf(outcome),
		});
		return toolMessage(call, textOf(outcome), outcome.isError);
	}
}

function textOf(outcome: ToolOutcome): string {
	return outcome.content.map(part => (part.type === 'text' ? part.text : '[image]')).join('\n');
}

function toolMessage({ id, name }: ModelToolCall, said: string, isError: boolean): ModelMessage {
	return { role: 'tool', callId: id, name, parts: [{ type: 'text', text: said }], isError };
}
