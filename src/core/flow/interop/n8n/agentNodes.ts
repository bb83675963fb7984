import type { Json } from '../../../base/json';
import { slugOf } from '../../model/slugs';
import { isObject, listAt, numberAt, objectAt, set, textAt, type JsonObject } from '../json';
import type { Mapping, Translation } from './mapping';
import type { N8nNode } from './shape';

/** n8n's model nodes by the name of a provider here. */
const providers: Readonly<Record<string, string>> = {
	lmChatOpenAi: 'openai',
	lmChatAnthropic: 'claude',
	lmChatOllama: 'ollama',
	lmChatGoogleGemini: 'gemini',
	lmChatGroq: 'groq',
	lmChatMistralCloud: 'mistral',
	lmChatDeepSeek: 'deepseek',
	lmChatOpenRouter: 'openrouter',
	lmChatXAiGrok: 'xai',
	lmChatAzureOpenAi: 'azure',
	lmOllama: 'ollama',
};

function modelName({ parameters }: N8nNode): string {
	const { model } = parameters;
	const name = isObject(model)
		? textAt(model, 'value')
		: typeof model === 'string'
			? model
			: textAt(parameters, 'modelName');
	return name.replace(/^models\//u, '');
}

/** The model that hangs on an agent or a chain, as parameters. */
function modelParams(x: Translation): JsonObject {
	const [model, ...others] = x.parts('ai_languageModel');
	if (!model) return {};
	if (others.length > 0) x.drop('Only the first of its models is asked.');
	const provider = providers[model.kind];
	if (provider === undefined)
		x.flag(`Its model “${model.name}” (${model.kind}) is of a provider that is not known here: choose one.`);
	const options = objectAt(model.parameters, 'options');
	const name = modelName(model);
	return set({
		model: provider === undefined || name === '' ? undefined : provider === 'claude' ? name : `${provider}/${name}`,
		temperature: numberAt(options, 'temperature'),
		maxTokens: numberAt(options, 'maxTokens') ?? numberAt(options, 'maxTokensToSample'),
	});
}

function prompt(x: Translation): string {
	const { parameters, scope, text } = x;
	const isGiven = textAt(parameters, 'promptType', parameters['text'] === undefined ? 'auto' : 'define') === 'define';
	return isGiven ? text(parameters['text']) : `{{ ${scope.json}.chatInput }}`;
}

function systemText({ parameters, text }: Translation): string | undefined {
	const messages = listAt(parameters, 'messages', 'messageValues')
		.filter(isObject)
		.map(entry => text(entry['message']));
	const system = text(objectAt(parameters, 'options')['systemMessage']);
	const all = [system, ...messages].filter(part => part !== '');
	return all.length === 0 ? undefined : all.join('\n\n');
}

/** Tools by their names here. What is no MCP server has none: it stays with the node and is said. */
function tools(x: Translation): readonly string[] | undefined {
	const names = x.parts('ai_tool').flatMap(tool => {
		if (tool.kind === 'mcpClientTool') {
			x.flag(
				`Its tools of “${tool.name}” come from an MCP server: add that one to your servers under the name ${slugOf(tool.name)}.`,
			);
			return [`mcp__${slugOf(tool.name)}__*`];
		}
		if (tool.kind === 'calculatorTool' || tool.kind === 'toolCalculator') return ['quarterdeck_calculate'];
		x.drop(`Its tool “${tool.name}” (${tool.kind}) has no counterpart; it is kept with the node.`);
		return [];
	});
	return names.length === 0 ? undefined : names;
}

/** The schema of an output parser that hangs on the node. */
function parserSchema(x: Translation): JsonObject {
	const [parser] = x.parts('ai_outputParser');
	if (!parser) return {};
	const { parameters } = parser;
	const isExample =
		textAt(parameters, 'schemaType', 'fromJson') === 'fromJson' && textAt(parameters, 'jsonSchemaExample') !== '';
	const written = isExample
		? textAt(parameters, 'jsonSchemaExample')
		: textAt(parameters, 'inputSchema', textAt(parameters, 'jsonSchema'));
	try {
		return { [isExample ? 'example' : 'schema']: JSON.parse(written) as Json };
	} catch {
		x.flag(`The schema of “${parser.name}” is no JSON.`);
		return {};
	}
}

function isStructured(parts: readonly N8nNode[]): boolean {
	return parts.some(({ kind }) => kind === 'outputParserStructured');
}

function common(x: Translation): JsonObject {
	if (x.parts('ai_memory').length > 0)
		x.drop('Its memory does not exist here: connect “messages” of an earlier answer to “memory”.');
	return set({ system: systemText(x), ...modelParams(x) });
}

/** Agents and chains. What hangs on them by `ai_…` edges becomes their parameters. */
export const agentMappings: Readonly<Record<string, Mapping>> = {
	agent: {
		type: 'agent.loop@1',
		inputs: ['after'],
		outputs: ['text'],
		params(x) {
			if (isStructured(x.parts('ai_outputParser')))
				x.drop('Its output parser does not exist here: add a Structured LLM behind it.');
			const most = numberAt(objectAt(x.parameters, 'options'), 'maxIterations');
			return set({ instructions: prompt(x), tools: tools(x), maxTurns: most, ...common(x) });
		},
	},
	chainLlm: {
		type: 'llm.chat@1',
		inputs: ['after'],
		outputs: ['text'],
		params: x => set({ prompt: prompt(x), ...common(x) }),
	},
	structuredChain: {
		type: 'llm.structured@1',
		inputs: ['after'],
		outputs: ['object'],
		params: x => set({ prompt: prompt(x), ...parserSchema(x), ...common(x) }),
	},
	informationExtractor: {
		type: 'llm.structured@1',
		inputs: ['after'],
		outputs: ['object'],
		params(x) {
			const { parameters, text } = x;
			const example = textAt(parameters, 'jsonSchemaExample');
			const schema = textAt(parameters, 'inputSchema');
			try {
				const wanted =
					example === '' ? { schema: JSON.parse(schema) as Json } : { example: JSON.parse(example) as Json };
				return set({ prompt: text(parameters['text']), ...wanted, ...common(x) });
			} catch {
				return undefined;
			}
		},
	},
};

/** The kind by which a node is looked up: a chain with a parser of objects is another node here. */
export function kindOf(node: N8nNode, parts: (type: string) => readonly N8nNode[]): string {
	return node.kind === 'chainLlm' && isStructured(parts('ai_outputParser')) ? 'structuredChain' : node.kind;
}
