import { z } from 'zod';
import { defineNode } from '../nodeType';
import { choice, needed, text, texts } from '../params';
import { port } from '../support';

const at = port('at', 'Time', 'text', { description: 'When the run began, as 2026-01-31T12:00:00Z' });

export const manualTrigger = defineNode({
	type: 'trigger.manual',
	version: 1,
	title: 'Manual Trigger',
	category: 'Triggers',
	icon: 'play',
	summary: 'Starts when somebody presses Run',
	help: 'The beginning of a flow that is run by hand, by another flow, from the command line or as a tool. A flow does without it: nodes that wait for nothing start by themselves. Example: connect `at` to *Log* to write down when it was started.',
	aliases: ['Start', 'When clicking Test workflow', 'Inject', 'trigger-manual', 'Execute Workflow Trigger'],
	params: z.object({}),
	ports: { inputs: [], outputs: [at] },
	effects: 'reads',
	isTrigger: true,
});

export const scheduleTrigger = defineNode({
	type: 'trigger.schedule',
	version: 1,
	title: 'Schedule Trigger',
	category: 'Triggers',
	icon: 'clock',
	summary: 'Starts at set times',
	help: 'Starts the flow at the times that a cron line names: minute, hour, day of the month, month, day of the week. Example: `0 9 * * 1-5` is every working day at nine.',
	aliases: ['Cron', 'Interval', 'Timer', 'trigger-schedule'],
	params: z.object({
		cron: text('Times', 'Minute, hour, day of the month, month, day of the week.', { default: '0 9 * * 1-5' }),
		timezone: text('Time zone', 'As Europe/Berlin; empty for that of this machine.', { isAdvanced: true }),
	}),
	ports: { inputs: [], outputs: [at] },
	effects: 'reads',
	isTrigger: true,
	isOffered: false,
});

export const webhookTrigger = defineNode({
	type: 'trigger.webhook',
	version: 1,
	title: 'Webhook Trigger',
	category: 'Triggers',
	icon: 'radio-tower',
	summary: 'Starts when a program on this machine calls an address',
	help: 'Starts the flow when its address on this machine is called with the token that belongs to it. Example: path `deploy-done`, then connect `body` to an *If* that looks at `value.status`.',
	aliases: ['HTTP In', 'Webhook', 'trigger-webhook', 'Form Trigger', 'Chat Trigger'],
	params: z.object({
		path: needed('Path', 'The last part of the address: letters, digits and dashes.'),
		method: choice('Method', 'The one that is answered.', ['POST', 'GET', 'PUT', 'PATCH', 'DELETE']),
	}),
	ports: {
		inputs: [],
		outputs: [
			port('body', 'Body', 'any'),
			port('headers', 'Headers', 'object'),
			port('query', 'Query', 'object'),
			port('method', 'Method', 'text'),
		],
	},
	effects: 'reads',
	isTrigger: true,
	isOffered: false,
});

export const fileChangeTrigger = defineNode({
	type: 'trigger.fileChange',
	version: 1,
	title: 'File Change Trigger',
	category: 'Triggers',
	icon: 'file-symlink-file',
	summary: 'Starts when files of the workspace change',
	help: 'Starts the flow when files that fit a pattern are made, changed or deleted; changes that come close together start it once. Example: `docs/**/*.md`, then *For Each* over `paths`.',
	aliases: ['Watch', 'Local File Trigger', 'On Save'],
	params: z.object({
		pattern: needed('Files', 'A pattern of paths in the workspace: `src/**/*.ts`.'),
		events: z
			.array(z.enum(['created', 'changed', 'deleted']))
			.default(['created', 'changed'])
			.meta({ title: 'Events', description: 'What counts.' }),
	}),
	ports: {
		inputs: [],
		outputs: [
			port('path', 'Path', 'file', { description: 'The first file, relative to the workspace' }),
			port('paths', 'Paths', 'list'),
			port('event', 'Event', 'text', { description: 'created, changed or deleted' }),
		],
	},
	effects: 'reads',
	isTrigger: true,
	isOffered: false,
});

export const gitTrigger = defineNode({
	type: 'trigger.git',
	version: 1,
	title: 'Git Trigger',
	category: 'Triggers',
	icon: 'git-commit',
	summary: 'Starts with a commit, a checkout or a pull',
	help: 'Starts the flow when the repository of the workspace gets a commit or changes its branch. Example: event `commit` on the branch `main`, then *Git Diff* from `{{ input.commit }}^`.',
	aliases: ['Git Hook', 'On Commit', 'Push'],
	params: z.object({
		events: z
			.array(z.enum(['commit', 'checkout']))
			.default(['commit'])
			.meta({ title: 'Events', description: 'What counts.' }),
		branches: texts('Branches', 'Only on these; empty for all.'),
	}),
	ports: {
		inputs: [],
		outputs: [
			port('event', 'Event', 'text'),
			port('branch', 'Branch', 'text'),
			port('commit', 'Commit', 'text'),
			port('message', 'Message', 'text'),
		],
	},
	effects: 'reads',
	isTrigger: true,
	isOffered: false,
});
