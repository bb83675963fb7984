import type { ModelToolCall, ToolOffer } from '../../providers/provider';

/** What a model without tool calling answers with instead. */
export interface StructuredAnswer {
	readonly say: string;
	readonly calls: readonly { readonly tool: string; readonly input: unknown }[];
}

/** The form of an answer in which a model without tool calling says what to call. */
export function structuredFormat(tools: readonly ToolOffer[]): {
	readonly name: string;
	readonly schema: Readonly<Record<string, unknown>>;
} {
	const call = {
		type: 'object',
		properties: { tool: { type: 'string', enum: tools.map(tool => tool.name) }, input: { type: 'object' } },
		required: ['tool', 'input'],
	};
	return {
		name: 'answer',
		schema: {
			type: 'object',
			properties: { say: { type: 'string' }, calls: { type: 'array', items: call } },
			required: ['say', 'calls'],
		},
	};
}

/** The tools as text, for a model that cannot be offered them in another way. */
export function structuredPrompt(tools: readonly ToolOffer[]): string {
	const list = tools.map(
		({ name, description, schema }) => `- ${name}: ${description}\n  input: ${JSON.stringify(schema)}`,
	);
	return `Answer with one JSON object and nothing else: {"say": "what you tell the user", "calls": [{"tool": "name", "input": {…}}]}. Leave "calls" empty when you need no tool; then "say" is your whole answer. The tools:\n${list.join('\n')}`;
}

/** Calls as such a model would have written them, for its history. */
export function callsAsJson(text: string, calls: readonly ModelToolCall[]): string {
	const list = calls.map(({ name, input, rawInput }) => ({ tool: name, input: input ?? rawInput }));
	return JSON.stringify({ say: text, calls: list });
}

/** Reads an answer in that form; any other text is what the model says. */
export function parseStructured(text: string): StructuredAnswer {
	const value = jsonObjectIn(text);
	if (value === undefined || (!('say' in value) && !('calls' in value))) return { say: text, calls: [] };
	const said = value['say'];
	const calls = Array.isArray(value['calls']) ? (value['calls'] as readonly unknown[]) : [];
	return {
		say: typeof said === 'string' ? said : '',
		calls: calls.flatMap(entry => {
			if (typeof entry !== 'object' || entry === null) return [];
			const { tool, input } = entry as Readonly<Record<string, unknown>>;
			return typeof tool === 'string' && tool !== '' ? [{ tool, input: input ?? {} }] : [];
		}),
	};
}

/** The object of a text that is JSON, or that has it in a code block or between other words. */
function jsonObjectIn(text: string): Readonly<Record<string, unknown>> | undefined {
	const from = text.indexOf('{');
	const to = text.lastIndexOf('}');
	if (from < 0 || to <= from) return undefined;
	try {
		return JSON.parse(text.slice(from, to + 1)) as Readonly<Record<string, unknown>>;
	} catch {
		// The model did not keep to the form: what it wrote is shown as it is.
		return undefined;
	}
}

/** Gives what the model says out of its JSON while that is still being written. */
export class SayStream {
	#text = '';
	#at = -1;
	#isOver = false;

	/** Takes a piece of the JSON and returns what it adds to what is said. */
	push(piece: string): string {
		if (this.#isOver) return '';
		this.#text += piece;
		if (this.#at < 0) {
			const start = /"say"\s*:\s*"/.exec(this.#text);
			if (!start) return '';
			this.#at = start.index + start[0].length;
		}
		let said = '';
		while (this.#at < this.#text.length) {
			const next = this.#character();
			if (next === undefined) break;
			said += next;
		}
		return said;
	}

	/** The next character, `undefined` when it is not complete or the string has ended. */
	#character(): string | undefined {
		const character = this.#text[this.#at];
		if (character === '"') {
			this.#isOver = true;
			this.#at = this.#text.length;
			return undefined;
		}
		if (character !== '\\') {
			this.#at++;
			return character;
		}
		const length = this.#text[this.#at + 1] === 'u' ? 6 : 2;
		const escape = this.#text.slice(this.#at, this.#at + length);
		if (escape.length < length) return undefined;
		this.#at += length;
		return unescaped(escape);
	}
}

function unescaped(escape: string): string {
	try {
		return JSON.parse(`"${escape}"`) as string;
	} catch {
		// Not an escape of JSON: shown as it was written.
		return escape;
	}
}
