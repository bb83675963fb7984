import { z } from 'zod';
import { ExpectedError, errorText } from '../../base/errors';
import type { FlowModelRequest, ModelAnswer } from '../nodes/context';
import type { Sandbox } from '../sandbox/sandbox';
import { describeFile, type CustomFile } from './customFile';
import { customPath } from './newNode';

/** A model, as flows ask it. */
export type AskModel = (request: FlowModelRequest) => Promise<Pick<ModelAnswer, 'text' | 'object'>>;

/** A node that a model wrote; it is shown as a diff and saved only by the user. */
export interface WrittenNode {
	readonly file: CustomFile;
	/** What the model says about it. */
	readonly explanation: string;
}

const answerShape = z.object({ name: z.string(), source: z.string(), explanation: z.string().default('') });

const format = {
	name: 'custom_node',
	schema: {
		type: 'object',
		additionalProperties: false,
		required: ['name', 'source', 'explanation'],
		properties: {
			name: { type: 'string', description: 'the node’s type: small letters, digits and dashes' },
			source: { type: 'string', description: 'the whole file' },
			explanation: { type: 'string', description: 'two sentences for the user: what it does, what it reaches and why' },
		},
	},
};

/** Attempts, the first included: a model mends its own mistake once or twice, or not at all. */
const attempts = 3;

/**
 * Has a model write a node from a description. What it writes is described in the sandbox; what is no node goes back to
 * the model with the reason.
 * @param types the text of `quarterdeck.d.ts`
 * @param current the file to change, where there is one
 */
export async function describeToNode(
	deps: {
		readonly sandbox: Pick<Sandbox, 'run'>;
		readonly ask: AskModel;
		readonly model: string;
		readonly types: string;
	},
	description: string,
	signal: AbortSignal,
	current?: string,
): Promise<WrittenNode> {
	const messages: FlowModelRequest['messages'][number][] = [
		{ role: 'system', text: instructions(deps.types) },
		{ role: 'user', parts: [{ type: 'text', text: task(description, current) }] },
	];
	let problem = '';
	for (let attempt = 0; attempt < attempts; attempt++) {
		signal.throwIfAborted();
		const answer = await deps.ask({ model: deps.model, messages: [...messages], format });
		try {
			const { name, source, explanation } = readAnswer(answer);
			const file = await describeFile(deps.sandbox, customPath(name), source, signal);
			if (file.description.type === name) return { file, explanation };
			throw new ExpectedError('custom-shape', `“type” must be the name: “${name}”.`);
		} catch (error) {
			if (!ExpectedError.is(error)) throw error;
			problem = errorText(error);
		}
		const text = `That is not usable: ${problem}\nAnswer again with the whole file.`;
		messages.push({ role: 'assistant', text: answer.text, thinking: '', toolCalls: [] });
		messages.push({ role: 'user', parts: [{ type: 'text', text }] });
	}
	throw new ExpectedError('custom-shape', `The model wrote no usable node in ${attempts} attempts: ${problem}`);
}

function readAnswer({ object, text }: Pick<ModelAnswer, 'text' | 'object'>): z.output<typeof answerShape> {
	try {
		return answerShape.parse(object ?? JSON.parse(text));
	} catch (cause) {
		throw new ExpectedError('custom-shape', 'The answer is not the JSON that was asked for.', { cause });
	}
}

function task(description: string, current: string | undefined): string {
	if (current === undefined) return `Write a node that does this:\n\n${description}`;
	return `Change this node:\n\n\`\`\`js\n${current}\n\`\`\`\n\nso that it does this:\n\n${description}`;
}

function instructions(types: string): string {
	return `You write nodes for a flow editor: one JavaScript file each, with a default export of the type QuarterdeckNode.

The file runs in a sandbox: plain ECMAScript, no import, no require, no process, no DOM, no network and no files, except by the capabilities it declares. Declare only what it needs. Use tabs. Write no secrets into the file: name them in "capabilities" as "secret:NAME" and read them with context.secret("NAME"). Fail by throwing an Error with a sentence for the user. Treat every input as something that may be missing or of another kind.

${types}`;
}
