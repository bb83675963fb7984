// Node types as a host would tell of them: enough of each kind to look at and to test with.
import type { NodeTypeView } from '../../../src/core/flow/editorProtocol';
import { containerPorts } from '../../../src/core/flow/engine/containerPorts';
import type { Port } from '../../../src/core/flow/nodes/nodeType';

export const port = (name: string, kind: Port['kind'] = 'any', change: Partial<Port> = {}): Port => ({
	name,
	title: name.charAt(0).toUpperCase() + name.slice(1),
	kind,
	...change,
});

export function nodeType(type: string, change: Partial<NodeTypeView> = {}): NodeTypeView {
	return {
		type,
		version: 1,
		title: type,
		category: 'Data',
		icon: 'symbol-misc',
		summary: `What ${type} does`,
		help: '',
		aliases: [],
		schema: { type: 'object', properties: {} },
		ports: { inputs: [port('input')], outputs: [port('output')] },
		effects: 'pure',
		isTrigger: false,
		isNote: false,
		isContainer: false,
		...change,
	};
}

const text = (title: string, more: object = {}): object => ({ type: 'string', title, ...more });

export const catalog: readonly NodeTypeView[] = [
	nodeType('trigger.manual', {
		title: 'Start by hand',
		category: 'Triggers',
		icon: 'play-circle',
		summary: 'Begins a run when you press Run.',
		ports: { inputs: [], outputs: [port('start', 'object')] },
		isTrigger: true,
	}),
	nodeType('http.request', {
		title: 'HTTP request',
		category: 'Network',
		icon: 'globe',
		summary: 'Calls an address.',
		help: 'Calls an address and gives the answer.\n\n```\nGET https://example.org/{{ flow.page }}\n```',
		aliases: ['Fetch', 'Web request'],
		schema: {
			type: 'object',
			required: ['url'],
			properties: {
				method: { type: 'string', enum: ['GET', 'POST', 'PUT', 'DELETE'], default: 'GET', title: 'Method' },
				url: text('Address', { description: 'Where to call.' }),
				headers: { type: 'object', additionalProperties: { type: 'string' }, title: 'Headers' },
				token: text('Token', { widget: 'secret', description: 'Name of a secret.' }),
				timeoutMs: { type: 'integer', title: 'Time limit', widget: 'duration', default: 30_000, isAdvanced: true },
				follow: { type: 'boolean', title: 'Follow redirects', default: true, isAdvanced: true },
			},
		},
		ports: {
			inputs: [port('input')],
			outputs: [port('body', 'text'), port('status', 'number'), port('headers', 'object')],
		},
		effects: 'reads',
	}),
	nodeType('agent.claude', {
		title: 'Claude agent',
		category: 'Agents',
		icon: 'hubot',
		summary: 'Gives a task to the Claude CLI.',
		schema: {
			type: 'object',
			required: ['prompt'],
			properties: {
				prompt: text('Prompt', { widget: 'multiline', description: 'What it shall do.' }),
				model: text('Model', { widget: 'model', default: '' }),
				permissionMode: { type: 'string', enum: ['default', 'acceptEdits', 'plan'], default: 'default', title: 'Mode' },
				tools: { type: 'array', items: { type: 'string' }, title: 'Tools', widget: 'tools' },
				files: { type: 'array', items: { type: 'string' }, title: 'Files', widget: 'paths', isAdvanced: true },
			},
		},
		ports: {
			inputs: [port('input'), port('files', 'file', { isMany: true })],
			outputs: [port('text', 'text'), port('object', 'object')],
		},
		effects: 'writes',
	}),
	nodeType('llm', {
		title: 'LLM',
		category: 'Agents',
		icon: 'sparkle',
		summary: 'Asks a model once.',
		aliases: ['Chat model', 'Completion'],
		schema: {
			type: 'object',
			properties: {
				prompt: text('Prompt', { widget: 'multiline' }),
				model: text('Model', { widget: 'model' }),
				temperature: { type: 'number', minimum: 0, maximum: 2, title: 'Temperature' },
			},
		},
		ports: { inputs: [port('input', 'text', { isRequired: true })], outputs: [port('text', 'text')] },
		effects: 'reads',
	}),
	nodeType('code.javascript', {
		title: 'JavaScript',
		icon: 'code',
		summary: 'Runs JavaScript in a sandbox.',
		schema: {
			type: 'object',
			properties: { source: text('Code', { widget: 'code', language: 'javascript', isRaw: true }) },
		},
		ports: { inputs: [port('input')], outputs: [port('result')] },
	}),
	nodeType('control.if', {
		title: 'If',
		category: 'Control',
		icon: 'git-compare',
		summary: 'Goes one of two ways.',
		schema: { type: 'object', properties: { condition: text('Condition', { widget: 'expression', isRaw: true }) } },
		ports: { inputs: [port('input')], outputs: [port('true'), port('false')] },
	}),
	nodeType('control.switch', {
		title: 'Switch',
		category: 'Control',
		icon: 'list-tree',
		summary: 'Goes one of many ways.',
		schema: { type: 'object', properties: { cases: { type: 'array', items: { type: 'string' }, title: 'Cases' } } },
		ports: null,
	}),
	nodeType('control.map', {
		title: 'Map',
		category: 'Control',
		icon: 'symbol-array',
		summary: 'Does its body for every item, several at once.',
		schema: {
			type: 'object',
			properties: { concurrency: { type: 'integer', minimum: 1, default: 4, title: 'At once' } },
		},
		ports: containerPorts.map,
		isContainer: true,
	}),
	nodeType('text.template', {
		title: 'Template',
		category: 'Text',
		icon: 'symbol-string',
		summary: 'Writes a text with expressions in it.',
		schema: { type: 'object', properties: { template: text('Text', { widget: 'multiline' }) } },
		ports: { inputs: [port('input')], outputs: [port('text', 'text')] },
	}),
	nodeType('file.read', {
		title: 'Read file',
		category: 'Files',
		icon: 'file',
		summary: 'Reads a file of the workspace.',
		schema: { type: 'object', properties: { path: text('Path', { widget: 'path' }) } },
		ports: { inputs: [port('input')], outputs: [port('text', 'text'), port('file', 'file')] },
		effects: 'reads',
	}),
	nodeType('git.diff', {
		title: 'Git diff',
		category: 'Git',
		icon: 'git-commit',
		summary: 'What has changed since a commit.',
		ports: { inputs: [port('input')], outputs: [port('diff', 'text'), port('files', 'list')] },
		effects: 'reads',
	}),
	nodeType('people.approval', {
		title: 'Approval',
		category: 'People',
		icon: 'person',
		summary: 'Waits until somebody agrees.',
		ports: { inputs: [port('input')], outputs: [port('approved'), port('refused'), port('timeout')] },
	}),
	nodeType('flow.call', {
		title: 'Sub-flow',
		category: 'Flow',
		icon: 'type-hierarchy',
		summary: 'Runs another flow.',
		schema: { type: 'object', properties: { path: text('Flow', { widget: 'flow' }) } },
		ports: null,
	}),
	nodeType('flow.output', {
		title: 'Output',
		category: 'Flow',
		icon: 'arrow-right',
		summary: 'What the flow gives.',
		ports: { inputs: [port('value', 'any', { isRequired: true })], outputs: [] },
	}),
	nodeType('note', {
		title: 'Note',
		category: 'Flow',
		icon: 'note',
		summary: 'Markdown for people.',
		schema: { type: 'object', properties: { text: text('Text', { widget: 'multiline' }) } },
		ports: { inputs: [], outputs: [] },
		isNote: true,
	}),
];
