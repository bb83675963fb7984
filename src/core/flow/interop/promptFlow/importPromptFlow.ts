import type { Json } from '../../../base/json';
import type { NodeId, ValueKind } from '../../model/flow';
import { slugOf } from '../../model/slugs';
import { FlowBuilder, keptNode, nodeReference, plainText, withoutSecrets, type Imported } from '../flowBuilder';
import { isObject, listAt, numberAt, objectAt, set, textAt, type JsonObject } from '../json';

/** Whether this is the content of a `flow.dag.yaml`, read as YAML. */
export function isPromptFlow(value: unknown): value is JsonObject {
	if (!isObject(value) || !Array.isArray(value['nodes'])) return false;
	return (value['nodes'] as readonly Json[]).every(
		node =>
			isObject(node) &&
			typeof node['name'] === 'string' &&
			(node['type'] !== undefined || node['source'] !== undefined),
	);
}

const kinds: Readonly<Record<string, ValueKind>> = {
	string: 'text',
	int: 'number',
	double: 'number',
	bool: 'boolean',
	list: 'list',
	object: 'object',
	image: 'image',
};
const reference = /^\$\{(?<path>[^{}]+)\}$/u;

export interface PromptFlowFiles {
	/** Text of a file beside the flow, such as a prompt's; `undefined` when it is not there. */
	read(path: string): string | undefined;
}

/** Translates the graph of a Prompt flow. Prompts are read from the files beside it. */
export function importPromptFlow(value: JsonObject, name: string, files: PromptFlowFiles): Imported {
	return new PromptFlowImport(value, name, files).run();
}

class PromptFlowImport {
	readonly #builder = new FlowBuilder('Prompt flow');
	readonly #inputs = new Map<string, string>();
	readonly #ids = new Map<string, NodeId>();
	readonly #ports = new Map<string, string>();
	readonly #value: JsonObject;
	readonly #name: string;
	readonly #files: PromptFlowFiles;

	constructor(value: JsonObject, name: string, files: PromptFlowFiles) {
		this.#value = value;
		this.#name = name;
		this.#files = files;
	}

	run(): Imported {
		for (const [name, input] of Object.entries(objectAt(this.#value, 'inputs'))) {
			const about = objectAt(input);
			const type = kinds[textAt(about, 'type')] ?? 'any';
			const { default: value } = about;
			this.#inputs.set(
				name,
				this.#builder.input(name, { type, ...(value === undefined || value === null ? {} : { default: value }) }),
			);
		}
		const nodes = listAt(this.#value, 'nodes').filter(isObject);
		for (const node of nodes) this.#ids.set(textAt(node, 'name'), this.#builder.newId(textAt(node, 'name')));
		for (const node of nodes) this.#ports.set(textAt(node, 'name'), this.#portOf(node));
		for (const [index, node] of nodes.entries()) this.#translate(node, index);
		for (const [name, output] of Object.entries(objectAt(this.#value, 'outputs')))
			this.#output(name, objectAt(output), nodes.length);
		const { nodes: _nodes, inputs: _inputs, ...rest } = this.#value;
		return this.#builder.finish(this.#name, '', { flow: withoutSecrets(rest, () => undefined) });
	}

	#portOf(node: JsonObject): string {
		return { llm: 'text', prompt: 'text' }[textAt(node, 'type')] ?? 'output';
	}

	#translate(node: JsonObject, index: number): void {
		const name = textAt(node, 'name');
		const id = this.#ids.get(name)!;
		const at = { x: 360 * (index + 1), y: 160 * (index % 3) };
		const common = { ...(name === id ? {} : { name }), origin: { promptflow: withoutSecrets(node, () => undefined) } };
		const { reporter } = this.#builder;
		const type = textAt(node, 'type');
		const template = this.#template(node);
		if ((type === 'llm' || type === 'prompt') && template !== undefined) {
			const params = type === 'llm' ? this.#llm(node, template) : { template };
			this.#builder.add(id, { type: type === 'llm' ? 'llm.chat@1' : 'text.template@1', params, ...common }, at);
			reporter.add('translated', `“${name}” (${type}).`, id);
		} else {
			const inputs = Object.keys(objectAt(node, 'inputs')).map(input => slugOf(input, 'input'));
			this.#builder.add(id, { ...keptNode('Prompt flow', type, { inputs, outputs: ['output'] }), ...common }, at);
			const source = textAt(objectAt(node, 'source'), 'path');
			const why =
				type === 'python'
					? `runs Python (${source}), which has no counterpart here: write it as JavaScript, or run it as a shell command`
					: `(${type}) has no counterpart here`;
			reporter.add('kept', `“${name}” ${why}. Its data is kept; a run that reaches it fails.`, id);
			for (const [input, given] of Object.entries(objectAt(node, 'inputs')))
				this.#connect(given, id, slugOf(input, 'input'));
		}
		if (isObject(node['activate'])) this.#activate(node['activate'], id);
	}

	/** A node that runs only when another gave a value hangs on an If. */
	#activate(activate: JsonObject, id: NodeId): void {
		const when = this.#expression(textAt(activate, 'when'));
		if (when === undefined) return;
		const gate = this.#builder.newId(`when-${id}`);
		this.#builder.add(gate, {
			type: 'control.if@1',
			params: { condition: `${when} === ${JSON.stringify(activate['is'] ?? true)}` },
		});
		this.#builder.edge(gate, 'true', id, 'after');
		this.#builder.reporter.add(
			'translated',
			`It runs only when ${textAt(activate, 'when')} is ${JSON.stringify(activate['is'] ?? true)}.`,
			id,
		);
	}

	#llm(node: JsonObject, template: string): JsonObject {
		const inputs = objectAt(node, 'inputs');
		const { system, prompt } = roles(template);
		const model = textAt(inputs, 'deployment_name') || textAt(inputs, 'model');
		const connection = textAt(node, 'connection');
		if (connection !== '')
			this.#builder.reporter.add(
				'flagged',
				`Its connection “${connection}” is not part of the flow: choose a model of your providers.`,
				this.#ids.get(textAt(node, 'name')),
			);
		return set({
			prompt,
			system: system === '' ? undefined : system,
			model:
				model === ''
					? undefined
					: `${/azure/iu.test(connection + textAt(node, 'provider')) ? 'azure' : 'openai'}/${model}`,
			temperature: numberAt(inputs, 'temperature'),
			maxTokens: numberAt(inputs, 'max_tokens'),
		});
	}

	/** The text of a prompt with its Jinja places as expressions of ours. */
	#template(node: JsonObject): string | undefined {
		const path = textAt(objectAt(node, 'source'), 'path');
		const text = path === '' ? undefined : this.#files.read(path);
		const id = this.#ids.get(textAt(node, 'name'));
		if (text === undefined) {
			this.#builder.reporter.add('flagged', `Its prompt ${path} could not be read.`, id);
			return undefined;
		}
		if (/\{%/u.test(text))
			this.#builder.reporter.add(
				'flagged',
				`Its prompt has commands of Jinja ({% … %}), which stay as they are: write them anew.`,
				id,
			);
		const inputs = objectAt(node, 'inputs');
		const parts = text.split(/\{\{([^{}]*)\}\}/u);
		return parts
			.map((part, at) => (at % 2 === 0 ? plainText(part) : `{{ ${this.#place(part.trim(), inputs)} }}`))
			.join('');
	}

	#place(written: string, inputs: JsonObject): string {
		const [, name = '', rest = ''] = /^([A-Za-z_]\w*)(.*)$/u.exec(written) ?? [];
		const given = inputs[name];
		const found =
			typeof given === 'string' ? (this.#expression(given) ?? JSON.stringify(given)) : JSON.stringify(given ?? null);
		return rest.startsWith('.') || rest.startsWith('[') ? `${found}${rest}` : found;
	}

	/** `${inputs.question}` or `${node.output}` as an expression of ours. */
	#expression(text: string): string | undefined {
		const path = reference.exec(text)?.groups?.['path'];
		if (path === undefined) return undefined;
		const [first = '', second = '', ...rest] = path.split('.');
		const more = rest.map(part => `.${part}`).join('');
		if (first === 'inputs') return `flow.${this.#inputs.get(second) ?? second}${more}`;
		const id = this.#ids.get(first);
		return id === undefined ? undefined : `${nodeReference(id, this.#ports.get(first) ?? 'output')}${more}`;
	}

	#connect(given: Json, id: NodeId, input: string): void {
		const path = typeof given === 'string' ? reference.exec(given)?.groups?.['path'] : undefined;
		const [first = ''] = path?.split('.') ?? [];
		const from = this.#ids.get(first);
		if (from !== undefined) this.#builder.edge(from, this.#ports.get(first) ?? 'output', id, input);
	}

	#output(name: string, output: JsonObject, column: number): void {
		const text = textAt(output, 'reference');
		const expression = this.#expression(text);
		if (expression === undefined) {
			this.#builder.reporter.add(
				'dropped',
				`The output “${name}” names ${text === '' ? 'nothing' : text}, which is not there.`,
			);
			return;
		}
		const id = this.#builder.newId(`output ${name}`);
		this.#builder.add(id, { type: 'flow.output@1', params: { name } }, { x: 360 * (column + 1), y: 0 });
		const path = reference.exec(text)?.groups?.['path'] ?? '';
		const [first = '', , ...rest] = path.split('.');
		const from = this.#ids.get(first);
		if (from !== undefined && rest.length === 0)
			this.#builder.edge(from, this.#ports.get(first) ?? 'output', id, 'value');
		else {
			const value = this.#builder.newId(`value of ${name}`);
			this.#builder.add(value, { type: 'data.value@1', params: { value: `{{ ${expression} }}` } });
			this.#builder.edge(value, 'value', id, 'value');
		}
	}
}

/** Prompts of chats are written as `system:` and `user:` at the beginning of lines. */
function roles(template: string): { readonly system: string; readonly prompt: string } {
	const parts = template.split(/^\s*#*\s*(system|user|assistant)\s*:\s*$/imu);
	if (parts.length === 1) return { system: '', prompt: template };
	const said = (role: string): string =>
		parts
			.flatMap((part, at) => (at % 2 === 1 && part.toLowerCase() === role ? [(parts[at + 1] ?? '').trim()] : []))
			.join('\n\n');
	return { system: said('system'), prompt: said('user') || (parts[0] ?? '').trim() };
}
