import type { Json } from '../../../../src/core/base/json';

type Node = Record<string, Json>;

let count = 0;

/** A node as n8n writes it, from the documented shape. */
export function node(name: string, type: string, parameters: Record<string, Json> = {}, more: Node = {}): Node {
	count += 1;
	const full = type.includes('.') ? type : `n8n-nodes-base.${type}`;
	return {
		id: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
		name,
		type: full,
		typeVersion: 1,
		position: [count * 40, (count % 5) * 80],
		parameters,
		...more,
	};
}

/** Connections from lines: `A -> B`, `A 1 -> B 0`, `Model ai_languageModel -> Agent`. */
export function connections(...lines: readonly string[]): Record<string, Record<string, Json[][]>> {
	const all: Record<string, Record<string, Json[][]>> = {};
	for (const line of lines) {
		const [, from = '', output = '0', type = 'main', to = '', index = '0'] =
			/^(.+?)(?: (\d))?(?: (ai_\w+))? -> (.+?)(?: (\d))?$/.exec(line) ?? [];
		const outputs = ((all[from] ??= {})[type] ??= []);
		while (outputs.length <= Number(output)) outputs.push([]);
		outputs[Number(output)]!.push({ node: to, type, index: Number(index) });
	}
	return all;
}

const bool = (leftValue: string, operation: string, type: string, rightValue: Json = ''): Json => ({
	id: 'c',
	leftValue,
	rightValue,
	operator: { type, operation },
});
const conditions = (combinator: string, ...list: readonly Json[]): Json => ({
	combinator,
	conditions: list,
	options: { version: 2 },
});

const lc = '@n8n/n8n-nodes-langchain.';

/** One workflow for each thing that n8n can say. */
export const n8nFixtures: Readonly<Record<string, Record<string, Json>>> = {
	'a line of fields': {
		name: 'Fields',
		nodes: [
			node('Start', 'manualTrigger'),
			node(
				'Edit Fields',
				'set',
				{
					assignments: {
						assignments: [
							{ id: 'a', name: 'total', value: '={{ $json.price * $json.count }}', type: 'number' },
							{ id: 'b', name: 'who', value: 'me {{ not }}', type: 'string' },
						],
					},
					includeOtherFields: true,
					options: {},
				},
				{ typeVersion: 3.4 },
			),
			node('Nothing', 'noOp', {}, { notes: 'A place to stop', notesInFlow: true }),
		],
		connections: connections('Start -> Edit Fields', 'Edit Fields -> Nothing'),
		settings: { executionOrder: 'v1', timezone: 'Europe/Berlin' },
		tags: [{ id: '1', name: 'mine' }],
	},
	'a request with a decision': {
		name: 'Request',
		nodes: [
			node(
				'Every morning',
				'scheduleTrigger',
				{ rule: { interval: [{ field: 'days', triggerAtHour: 7, triggerAtMinute: 30 }] } },
				{ typeVersion: 1.2 },
			),
			node(
				'Fetch',
				'httpRequest',
				{
					method: 'POST',
					url: '=https://api.example.com/{{ $json.id }}',
					sendHeaders: true,
					headerParameters: { parameters: [{ name: 'Accept', value: 'application/json' }] },
					sendBody: true,
					specifyBody: 'json',
					jsonBody: '={{ { "id": $json.id } }}',
					options: { timeout: 10000 },
				},
				{ typeVersion: 4.2, retryOnFail: true, maxTries: 4, waitBetweenTries: 2000, onError: 'continueErrorOutput' },
			),
			node(
				'Large?',
				'if',
				{
					conditions: conditions(
						'and',
						bool('={{ $json.size }}', 'gt', 'number', 10),
						bool('={{ $json.name }}', 'contains', 'string', 'x'),
					),
				},
				{ typeVersion: 2.2 },
			),
			node('Yes', 'noOp'),
			node('No', 'noOp'),
			node('Failed', 'stopAndError', { errorMessage: '=It failed: {{ $json.error }}' }),
		],
		connections: connections(
			'Every morning -> Fetch',
			'Fetch -> Large?',
			'Fetch 1 -> Failed',
			'Large? -> Yes',
			'Large? 1 -> No',
		),
		settings: { executionOrder: 'v1' },
	},
	'a switch with a merge': {
		name: 'Switch',
		nodes: [
			node(
				'Hook',
				'webhook',
				{ path: 'in-coming', httpMethod: 'POST', responseMode: 'responseNode' },
				{ webhookId: 'w-1', typeVersion: 2 },
			),
			node(
				'Kind',
				'switch',
				{
					rules: {
						values: [
							{
								conditions: conditions('and', bool('={{ $json.body.kind }}', 'equals', 'string', 'bug')),
								renameOutput: true,
								outputKey: 'bug',
							},
							{
								conditions: conditions(
									'or',
									bool('={{ $json.body.kind }}', 'equals', 'string', 'idea'),
									bool('={{ $json.body.kind }}', 'notExists', 'string'),
								),
							},
						],
					},
					options: {},
				},
				{ typeVersion: 3.2 },
			),
			node(
				'A',
				'set',
				{ assignments: { assignments: [{ id: '1', name: 'a', value: 1, type: 'number' }] } },
				{ typeVersion: 3.4 },
			),
			node(
				'B',
				'set',
				{ assignments: { assignments: [{ id: '1', name: 'b', value: true, type: 'boolean' }] } },
				{ typeVersion: 3.4 },
			),
			node('Together', 'merge', { mode: 'append', numberInputs: 2 }, { typeVersion: 3 }),
			node('Answer', 'respondToWebhook', { respondWith: 'json', responseBody: '={{ $json }}' }, { typeVersion: 1.1 }),
		],
		connections: connections(
			'Hook -> Kind',
			'Kind -> A',
			'Kind 1 -> B',
			'A -> Together 0',
			'B -> Together 1',
			'Together -> Answer',
		),
		settings: {},
	},
	'a loop over items': {
		name: 'Loop',
		nodes: [
			node('Go', 'manualTrigger'),
			node('List', 'code', { jsCode: 'return [1, 2, 3].map(n => ({ json: { n } }));' }, { typeVersion: 2 }),
			node('Loop Over Items', 'splitInBatches', { options: {} }, { typeVersion: 3 }),
			node(
				'Double',
				'set',
				{ assignments: { assignments: [{ id: '1', name: 'twice', value: '={{ $json.n * 2 }}', type: 'number' }] } },
				{ typeVersion: 3.4 },
			),
			node('Wait a little', 'wait', { amount: 2, unit: 'seconds' }, { typeVersion: 1.1 }),
			node('After', 'noOp'),
		],
		connections: connections(
			'Go -> List',
			'List -> Loop Over Items',
			'Loop Over Items 1 -> Double',
			'Double -> Wait a little',
			'Wait a little -> Loop Over Items',
			'Loop Over Items -> After',
		),
		settings: { executionOrder: 'v1' },
	},
	'a loop that leaks': {
		name: 'Leak',
		nodes: [
			node('Go', 'manualTrigger'),
			node('Loop', 'splitInBatches', { options: {} }, { typeVersion: 3 }),
			node('In', 'noOp'),
			node('Out', 'noOp'),
		],
		connections: connections('Go -> Loop', 'Loop 1 -> In', 'In -> Loop', 'In -> Out', 'Loop -> Out'),
		settings: {},
	},
	'an agent with parts': {
		name: 'Agent',
		nodes: [
			node('Chat', `${lc}chatTrigger`, { options: {} }, { typeVersion: 1.1 }),
			node(
				'Helper',
				`${lc}agent`,
				{
					promptType: 'define',
					text: '=Answer: {{ $json.chatInput }}',
					options: { systemMessage: 'You are short.', maxIterations: 7 },
				},
				{ typeVersion: 2 },
			),
			node(
				'Model',
				`${lc}lmChatOpenAi`,
				{ model: { __rl: true, mode: 'list', value: 'gpt-4.1-mini' }, options: { temperature: 0 } },
				{ typeVersion: 1.2, credentials: { openAiApi: { id: 'x', name: 'My OpenAI' } } },
			),
			node('Issues', `${lc}mcpClientTool`, { sseEndpoint: 'http://127.0.0.1:9000/sse' }),
			node('Last words', `${lc}memoryBufferWindow`, {}),
			node('Wiki', `${lc}toolWikipedia`, {}),
		],
		connections: connections(
			'Chat -> Helper',
			'Model ai_languageModel -> Helper',
			'Issues ai_tool -> Helper',
			'Wiki ai_tool -> Helper',
			'Last words ai_memory -> Helper',
		),
		settings: {},
	},
	'a chain with a parser': {
		name: 'Chain',
		nodes: [
			node('Go', 'manualTrigger'),
			node(
				'Judge',
				`${lc}chainLlm`,
				{
					promptType: 'define',
					text: 'Judge this.',
					messages: { messageValues: [{ message: 'Be strict.' }] },
					hasOutputParser: true,
				},
				{ typeVersion: 1.7 },
			),
			node(
				'Claude',
				`${lc}lmChatAnthropic`,
				{ model: { __rl: true, mode: 'list', value: 'claude-sonnet-4-5' }, options: {} },
				{ typeVersion: 1.3 },
			),
			node(
				'Shape',
				`${lc}outputParserStructured`,
				{ schemaType: 'fromJson', jsonSchemaExample: '{"score": 1}' },
				{ typeVersion: 1.3 },
			),
		],
		connections: connections('Go -> Judge', 'Claude ai_languageModel -> Judge', 'Shape ai_outputParser -> Judge'),
		settings: {},
	},
	'nodes that nobody knows': {
		name: 'Unknown',
		nodes: [
			node(
				'On message',
				'slackTrigger',
				{ trigger: ['message'] },
				{ credentials: { slackApi: { id: '9', name: 'Team' } } },
			),
			node(
				'Sheet',
				'googleSheets',
				{
					operation: 'append',
					documentId: { __rl: true, value: 'abc', mode: 'id' },
					columns: { mappingMode: 'autoMapInputData' },
				},
				{ typeVersion: 4.5, alwaysOutputData: true, executeOnce: true },
			),
			node('Tell', 'slack', { text: '={{ $json.text }}' }, { typeVersion: 2.3, disabled: true }),
		],
		connections: connections('On message -> Sheet', 'Sheet -> Tell'),
		settings: { executionOrder: 'v1', errorWorkflow: 'other' },
	},
	'expressions of all kinds': {
		name: 'Expressions',
		nodes: [
			node('Go', 'manualTrigger'),
			node(
				'First One',
				'set',
				{ assignments: { assignments: [{ id: '1', name: 'user', value: '{"name":"Ann"}', type: 'object' }] } },
				{ typeVersion: 3.4 },
			),
			node(
				'Uses',
				'set',
				{
					assignments: {
						assignments: [
							{ id: '1', name: 'a', value: "={{ $('First One').item.json.user.name }}", type: 'string' },
							{ id: '2', name: 'b', value: '={{ $node["First One"].json.user.name.toUpperCase() }}', type: 'string' },
							{
								id: '3',
								name: 'c',
								value: '=Run {{ $execution.id }} of {{ $workflow.name }} at {{ $now }}',
								type: 'string',
							},
							{ id: '4', name: 'd', value: '={{ $input.first().json["user"]?.name ?? "nobody" }}', type: 'string' },
							{ id: '5', name: 'e', value: '={{ $now.minus({ days: 1 }).toFormat("yyyy") }}', type: 'string' },
						],
					},
				},
				{ typeVersion: 3.4 },
			),
		],
		connections: connections('Go -> First One', 'First One -> Uses'),
		settings: {},
	},
	lists: {
		name: 'Lists',
		nodes: [
			node('Go', 'manualTrigger'),
			node('Split', 'splitOut', { fieldToSplitOut: 'rows', options: {} }),
			node(
				'Keep',
				'filter',
				{ conditions: conditions('and', bool('={{ $json.open }}', 'true', 'boolean')) },
				{ typeVersion: 2.2 },
			),
			node('Order', 'sort', { sortFieldsUi: { sortField: [{ fieldName: 'created', order: 'descending' }] } }),
			node('Once', 'removeDuplicates', { compare: 'selectedFields', fieldsToCompare: 'id' }, { typeVersion: 2 }),
			node('Ten', 'limit', { maxItems: 10 }),
			node('One', 'aggregate', { aggregate: 'aggregateAllItemData', destinationFieldName: 'data' }),
		],
		connections: connections(
			'Go -> Split',
			'Split -> Keep',
			'Keep -> Order',
			'Order -> Once',
			'Once -> Ten',
			'Ten -> One',
		),
		settings: {},
	},
	'notes, groups and pinned data': {
		name: 'Notes',
		nodes: [
			node('Go', 'manualTrigger', {}, { id: 'go' }),
			node('Sticky Note', 'stickyNote', {
				content: '## Why\n\nBecause {{ of }} this',
				width: 320,
				height: 200,
				color: 4,
			}),
			node('Get', 'httpRequest', { url: 'https://example.com' }, { id: 'get', typeVersion: 4.2, continueOnFail: true }),
		],
		connections: connections('Go -> Get'),
		pinData: { Get: [{ json: { ok: true } }] },
		nodeGroups: [{ id: 'g', name: 'Both', nodeIds: ['go', 'get'] }],
		settings: {},
	},
	'a clipboard with old versions': {
		nodes: [
			node('Old If', 'if', {
				conditions: {
					string: [{ value1: '={{$json["name"]}}', operation: 'contains', value2: 'a' }],
					number: [{ value1: '={{$json["n"]}}', operation: 'larger', value2: 3 }],
				},
				combineOperation: 'any',
			}),
			node('Old Set', 'set', {
				keepOnlySet: true,
				values: { string: [{ name: 'x', value: 'y' }], number: [{ name: 'n', value: 5 }] },
				options: {},
			}),
			node('Run it', 'executeCommand', { command: 'ls' }),
			node(
				'Other',
				'executeWorkflow',
				{ workflowId: { __rl: true, value: '12', mode: 'list', cachedResultName: 'Clean Up' } },
				{ typeVersion: 1.2 },
			),
		],
		connections: connections('Old If -> Old Set', 'Old If 1 -> Run it', 'Run it -> Other'),
	},
	'a secret in a header': {
		name: 'Secret',
		nodes: [
			node('Go', 'manualTrigger'),
			node(
				'Call',
				'httpRequest',
				{
					url: 'https://api.example.com',
					sendHeaders: true,
					headerParameters: {
						parameters: [{ name: 'Authorization', value: 'Bearer ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8' }],
					},
				},
				{ typeVersion: 4.2 },
			),
		],
		connections: connections('Go -> Call'),
		settings: {},
	},
};
