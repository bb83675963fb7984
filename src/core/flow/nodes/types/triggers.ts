import { z } from 'zod';
import { errorText } from '../../../base/errors';
import { nextTime, parseCron } from '../../triggers/cron';
import { isZone } from '../../triggers/zone';
import { defineNode } from '../nodeType';
import { choice, count, needed, texts } from '../params';
import { durationMs, port } from '../support';

const at = port('at', 'Time', 'text', { description: 'When the run began, as 2026-01-31T12:00:00Z' });

/** What each trigger that fires by itself may say about its runs. */
function runParams(overlap: readonly ['skip' | 'queue' | 'parallel', ...('skip' | 'queue' | 'parallel')[]]) {
	return {
		overlap: choice(
			'While it runs',
			'It fires while a run that it started goes on: that one is skipped, comes afterwards, or runs beside it.',
			overlap,
			{ isAdvanced: true },
		),
		maxPerHour: count(
			'Runs an hour',
			'More than so many are not started; what was not is told.',
			{ min: 1, max: 3600, default: 60 },
			{ isAdvanced: true },
		),
	};
}

/** A text that `problem` says nothing about. */
function checked(problem: (text: string) => string | null) {
	return z.string().superRefine((value, context) => {
		const message = problem(value);
		if (message !== null) context.addIssue({ code: 'custom', message });
	});
}

function thrown(read: () => unknown): string | null {
	try {
		read();
		return null;
	} catch (error) {
		return errorText(error);
	}
}

function duration(title: string, description: string, value: string, bounds: readonly [number, number]) {
	const [least, most] = bounds;
	const problem = (written: string): string | null =>
		thrown(() => {
			const ms = durationMs(written);
			if (ms !== null && (ms < least || ms > most)) throw new Error('It is too short or too long');
		});
	return checked(problem).default(value).meta({ title, description, widget: 'duration', isAdvanced: true });
}

const dayMs = 24 * 3_600_000;

export const manualTrigger = defineNode({
	type: 'trigger.manual',
	version: 1,
	title: 'Manual Trigger',
	category: 'Triggers',
	icon: 'play',
	summary: 'Starts when somebody presses Run',
	help: 'The beginning of a flow that is run by hand, by another flow, from the command line or as a tool. A flow does without it: nodes that wait for nothing start by themselves. **Run Now** on the node begins here alone, without the other triggers. Example: connect `at` to *Log* to write down when it was started.',
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
	summary: 'Starts at set times, once it is turned on',
	help: 'Starts the flow at the times that a cron line names (minute, hour, day of the month, month, day of the week), or every so often. It fires while VS Code has this workspace open, and after you turned it on here. Times that were missed meanwhile are left out, or made up for with one run. Where clocks are put forward, a time that is left out comes at that moment; where they are put back, it comes once. Example: `0 9 * * 1-5` is every working day at nine.',
	aliases: ['Cron', 'Interval', 'Timer', 'trigger-schedule'],
	params: z.object({
		cron: checked(line => thrown(() => parseCron(line)))
			.default('0 9 * * 1-5')
			.meta({ title: 'Times', description: 'Minute, hour, day of the month, month, day of the week.' }),
		every: checked(written =>
			thrown(() => {
				const ms = durationMs(written);
				if (ms !== null && (ms < 1000 || ms > 366 * dayMs)) throw new Error('Write it as 90 s, 15 min, 6 h or 2 d');
			}),
		)
			.default('')
			.meta({ title: 'Every', description: 'As 15 min or 6 h, in place of times.', widget: 'duration' }),
		timezone: checked(name => (name === '' || isZone(name) ? null : 'write it as Europe/Berlin or UTC'))
			.default('')
			.meta({
				title: 'Time zone',
				description: 'As Europe/Berlin; empty for that of this machine.',
				isAdvanced: true,
			}),
		catchUp: choice(
			'Missed times',
			'Times that passed while VS Code was closed or the machine slept: left out, or made up for with one run.',
			['none', 'once'],
			{ isAdvanced: true },
		),
		...runParams(['skip', 'queue', 'parallel']),
	}),
	ports: {
		inputs: [],
		outputs: [at, port('due', 'Due', 'text', { description: 'The time for which it was; earlier when it was missed' })],
	},
	effects: 'reads',
	isTrigger: true,
	doubts: ({ cron, every }) => {
		const ms = every === '' ? null : durationMs(every);
		if (ms !== null && ms < 60_000) return [{ param: 'every', message: 'That is more often than every minute.' }];
		if (ms !== null || nextTime(parseCron(cron), Date.UTC(2026, 0, 1), 'UTC') !== null) return [];
		return [{ param: 'cron', message: `“${cron}” is a day that never comes.` }];
	},
});

export const webhookTrigger = defineNode({
	type: 'trigger.webhook',
	version: 1,
	title: 'Webhook Trigger',
	category: 'Triggers',
	icon: 'radio-tower',
	summary: 'Starts when a program on this machine calls an address, once it is turned on',
	help: 'Starts the flow when its address on this machine is called with the token that belongs to it. Nobody else on the network can reach it, and web pages are refused. **Copy as curl** gives the call with its token. Example: path `deploy-done`, then connect `body` to an *If* that looks at `value.status`.',
	aliases: ['HTTP In', 'Webhook', 'trigger-webhook', 'Form Trigger', 'Chat Trigger'],
	params: z.object({
		path: needed('Path', 'The last part of the address: letters, digits and dashes.').superRefine((value, context) => {
			if (value !== '' && !/^[\w-]{1,100}$/.test(value))
				context.addIssue({ code: 'custom', message: 'letters, digits, - and _ only, at most 100' });
		}),
		method: choice('Method', 'The one that is answered.', ['POST', 'GET', 'PUT', 'PATCH', 'DELETE']),
		answer: choice(
			'Answer',
			'At once, with the number of the run; or when the flow is done, with its output.',
			['accepted', 'output'],
			{ isAdvanced: true },
		),
		answerWithin: duration(
			'Answer within',
			'The longest that a caller waits for the output; afterwards it gets the number of the run.',
			'30 s',
			[1000, 600_000],
		),
		...runParams(['queue', 'skip', 'parallel']),
	}),
	ports: {
		inputs: [],
		outputs: [
			port('body', 'Body', 'any'),
			port('headers', 'Headers', 'object', { description: 'By their names in small letters; without the token' }),
			port('query', 'Query', 'object'),
			port('method', 'Method', 'text'),
		],
	},
	effects: 'reads',
	isTrigger: true,
});

export const fileChangeTrigger = defineNode({
	type: 'trigger.fileChange',
	version: 1,
	title: 'File Change Trigger',
	category: 'Triggers',
	icon: 'file-symlink-file',
	summary: 'Starts when files of the workspace change, once it is turned on',
	help: 'Starts the flow when files that fit a pattern are made, changed or deleted; changes that come close together start it once. What changes while a node of its own run writes does not start it again, nor does anything below `.git`, `.quarterdeck` or `node_modules`. Example: `docs/**/*.md`, then *For Each* over `paths`.',
	aliases: ['Watch', 'Local File Trigger', 'On Save'],
	params: z.object({
		pattern: needed('Files', 'A pattern of paths in the workspace: `src/**/*.ts`.'),
		events: z
			.array(z.enum(['created', 'changed', 'deleted']))
			.default(['created', 'changed'])
			.meta({ title: 'Events', description: 'What counts.' }),
		rest: duration('Rest', 'It starts when nothing has changed for so long.', '500 ms', [50, 600_000]),
		...runParams(['queue', 'skip', 'parallel']),
	}),
	ports: {
		inputs: [],
		outputs: [
			port('path', 'Path', 'file', { description: 'The first file, relative to the workspace' }),
			port('paths', 'Paths', 'list', { description: 'At most 1,000' }),
			port('event', 'Event', 'text', { description: 'created, changed or deleted: what happened to the first' }),
			port('count', 'Count', 'number', { description: 'How many files there were' }),
		],
	},
	effects: 'reads',
	isTrigger: true,
});

export const gitTrigger = defineNode({
	type: 'trigger.git',
	version: 1,
	title: 'Git Trigger',
	category: 'Triggers',
	icon: 'git-commit',
	summary: 'Starts with a commit, a checkout or a pull, once it is turned on',
	help: 'Starts the flow when the repository of the workspace gets a commit, changes its branch, or takes over what others committed (pull, merge, rebase, reset). Example: event `commit` on the branch `main`, then *Git Diff* from `{{ input.before }}`.',
	aliases: ['Git Hook', 'On Commit', 'Push'],
	params: z.object({
		events: z
			.array(z.enum(['commit', 'checkout', 'pull']))
			.default(['commit'])
			.meta({ title: 'Events', description: 'What counts.' }),
		branches: texts('Branches', 'Only on these; empty for all.'),
		...runParams(['queue', 'skip', 'parallel']),
	}),
	ports: {
		inputs: [],
		outputs: [
			port('event', 'Event', 'text', { description: 'commit, checkout or pull' }),
			port('branch', 'Branch', 'text', { description: 'Empty where no branch is checked out' }),
			port('commit', 'Commit', 'text', { description: 'The one that is checked out now' }),
			port('before', 'Before', 'text', { description: 'The one that was checked out before; empty for the first' }),
			port('message', 'Message', 'text', { description: 'The first line of what Git wrote about it' }),
		],
	},
	effects: 'reads',
	isTrigger: true,
});
