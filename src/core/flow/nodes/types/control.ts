import { z } from 'zod';
import type { Json } from '../../../base/json';
import { containerPorts } from '../../engine/containerPorts';
import { defineNode, type JoinPolicy, type PortValues, type Ports } from '../nodeType';
import { anything, asJson, choice, count, expression, flag, needed, text } from '../params';
import { failure, isRecord, kindOf, neededPort, port, durationMs, wait } from '../support';

export const ifNode = defineNode({
	type: 'control.if',
	version: 1,
	title: 'If',
	category: 'Control',
	icon: 'git-compare',
	summary: 'One way when a condition is true, another when not',
	help: 'Works out the condition and passes the value on at `true` or at `false`; what hangs on the other side does not run. As in JavaScript, false, 0, an empty text and null are not true. Example: `input.value.score >= 0.8 && input.value.tags.includes("safe")`.',
	aliases: ['If/Else', 'if-else', 'Condition', 'Branch', 'logic-if-else', 'Conditional'],
	params: z.object({
		condition: expression('Condition', 'An expression over `input.value` and all else.', 'input.value'),
		whenTrue: anything('Passed on when true', 'Instead of the value.', { isAdvanced: true }),
		whenFalse: anything('Passed on when false', 'Instead of the value.', { isAdvanced: true }),
	}),
	ports: {
		inputs: [port('value', 'Value', 'any')],
		outputs: [port('true', 'True', 'any'), port('false', 'False', 'any')],
	},
	effects: 'pure',
	run({ value }, { condition, whenTrue, whenFalse }, context): PortValues {
		const isTrue = Boolean(context.evaluate(condition, {}));
		const other = isTrue ? whenTrue : whenFalse;
		const passed = other === undefined ? (value ?? null) : asJson(other);
		return isTrue ? { true: passed } : { false: passed };
	},
});

const caseSchema = z.object({
	name: needed('Name', 'Of the port.'),
	when: expression('When', 'An expression: `input.value === "bug"`.'),
});

export const switchNode = defineNode({
	type: 'control.switch',
	version: 1,
	title: 'Switch',
	category: 'Control',
	icon: 'list-selection',
	summary: 'One way of several',
	help: 'Looks at its cases from the top and passes the value on at the first whose condition is true, or at all of them; without one it leaves at `default`. Example: case `bug` with `input.value.kind === "bug"`, case `question` with `input.value.kind === "question"`.',
	aliases: ['Router', 'Case', 'Match', 'Conditional Branch'],
	params: z.object({
		cases: z.array(caseSchema).default([]).meta({ title: 'Cases', description: 'In their order.' }),
		matches: choice('Takes', 'The first case that is true, or all of them.', ['first', 'all']),
	}),
	ports: ({ cases }): Ports => ({
		inputs: [port('value', 'Value', 'any')],
		outputs: [...new Set([...caseNames(cases), 'default'])].map(name => port(name, name, 'any')),
	}),
	effects: 'pure',
	run({ value }, { cases, matches }, context): PortValues {
		const passed = value ?? null;
		const taken: Record<string, Json> = {};
		for (const { name, when } of cases) {
			if (!context.evaluate(when, {})) continue;
			taken[name] = passed;
			if (matches === 'first') break;
		}
		return Object.keys(taken).length === 0 ? { default: passed } : taken;
	},
});

/** The document may hold anything there: ports are made of what can be read. */
function caseNames(cases: unknown): readonly string[] {
	if (!Array.isArray(cases)) return [];
	return cases.flatMap((entry: unknown) =>
		isRecord(entry) && typeof entry['name'] === 'string' && entry['name'] !== '' ? [entry['name']] : [],
	);
}

export const mergeNode = defineNode({
	type: 'control.merge',
	version: 1,
	title: 'Merge',
	category: 'Control',
	icon: 'git-merge',
	summary: 'Brings branches together',
	help: 'Waits for the branches that lead here and makes one value of what they bring: the first value, a list of all, lists joined into one, objects put into one, or lists paired entry by entry. Branches that were not taken do not count. Example: after an *If*, `first` goes on with whichever side ran.',
	aliases: ['Join', 'Coalesce', 'Aggregator', 'Wait for All', 'Combine'],
	params: z.object({
		mode: choice('Makes', 'Of the values, in the order of their edges.', [
			'list',
			'first',
			'concat',
			'object',
			'pairs',
		]),
		waitFor: choice('Waits for', 'All branches that can still come, any, the first alone, or some.', [
			'all',
			'any',
			'first',
			'some',
		]),
		atLeast: count('How many', 'For `some`.', { min: 1, max: 1000, default: 2 }, { isAdvanced: true }),
	}),
	ports: {
		inputs: [neededPort('values', 'Values', 'any')].map(values => ({ ...values, isMany: true })),
		outputs: [port('value', 'Value', 'any')],
	},
	effects: 'pure',
	join: ({ waitFor, atLeast }): JoinPolicy => (waitFor === 'some' ? { atLeast } : (waitFor ?? 'all')),
	run({ values }, { mode }) {
		const list = Array.isArray(values) ? (values as readonly Json[]) : values === undefined ? [] : [values];
		return { value: merged(list, mode) };
	},
});

function merged(values: readonly Json[], mode: 'list' | 'first' | 'concat' | 'object' | 'pairs'): Json {
	switch (mode) {
		case 'list':
			return values;
		case 'first':
			return values[0] ?? null;
		case 'concat':
			return values.flatMap(value => (Array.isArray(value) ? (value as readonly Json[]) : [value]));
		case 'object': {
			const other = values.find(value => !isRecord(value));
			if (other !== undefined) throw failure('input', `Objects are put into one here, and ${kindOf(other)} came.`);
			return values.reduce<Readonly<Record<string, Json>>>(
				(all, value) => (isRecord(value) ? { ...all, ...value } : all),
				{},
			);
		}
		default: {
			const lists = values.map(value => (Array.isArray(value) ? (value as readonly Json[]) : [value]));
			const length = Math.max(0, ...lists.map(list => list.length));
			return Array.from({ length }, (_, index) => lists.map(list => list[index] ?? null));
		}
	}
}

const onItemError = choice(
	'When an entry fails',
	'`stop` ends the node; `skip` leaves its result out; `null` puts null in its place.',
	['stop', 'skip', 'null'],
);

export const mapNode = defineNode({
	type: 'control.map',
	version: 1,
	title: 'Map',
	category: 'Control',
	icon: 'layers',
	summary: 'Runs what is inside for every entry of a list, several at once',
	help: 'A container: what stands inside runs once for each entry, with `item`, `index` and `count`, so many at a time; the results come out as a list in the order of the entries. Example: a list of files, inside *Read File* and an agent, 4 at once.',
	aliases: ['Iteration', 'Parallel', 'Split Out', 'Batch'],
	params: z.object({
		concurrency: count('At once', 'Entries that are worked on at the same time.', { min: 1, max: 1000, default: 4 }),
		onItemError,
	}),
	ports: containerPorts.map,
	effects: 'reads',
	container: 'map',
});

export const forEachNode = defineNode({
	type: 'control.forEach',
	version: 1,
	title: 'For Each',
	category: 'Control',
	icon: 'list-ordered',
	summary: 'Runs what is inside for every entry of a list, one after another',
	help: 'A container: what stands inside runs for each entry in turn and sees the result of the one before as `previous`. Example: chapters that are summarised one by one, each with the summary so far.',
	aliases: ['Loop Over Items', 'Split In Batches', 'Loop', 'Iterate'],
	params: z.object({ onItemError }),
	ports: containerPorts.forEach,
	effects: 'reads',
	container: 'forEach',
});

export const whileNode = defineNode({
	type: 'control.while',
	version: 1,
	title: 'While',
	category: 'Control',
	icon: 'sync',
	summary: 'Runs what is inside until a condition no longer holds',
	help: 'A container: the value goes into the first pass, and what a pass gives at `next` is the value of the following one, as long as the condition is true. Example: condition `index === 0 || value.failed > 0`, inside an agent that mends tests and a command that runs them.',
	aliases: ['Loop', 'Repeat', 'Do Until', 'Loop Controller'],
	params: z.object({
		condition: expression(
			'While',
			'An expression over `value` and `index`, worked out before each pass; empty for always.',
		),
		maxIterations: count('At most', 'Passes.', { min: 1, max: 10_000, default: 20 }),
	}),
	ports: containerPorts.while,
	effects: 'reads',
	container: 'while',
});

export const tryNode = defineNode({
	type: 'control.try',
	version: 1,
	title: 'Try',
	category: 'Control',
	icon: 'shield',
	summary: 'Catches what fails inside',
	help: 'A container: when something inside fails, the rest inside is stopped and the error comes out of `error` as `{ message, code, node }`; else `result` has the value. Example: a fetch inside, and on `error` a *Notify*.',
	aliases: ['Catch', 'Error Handler', 'Error Trigger'],
	params: z.object({}),
	ports: containerPorts.try,
	effects: 'reads',
	container: 'try',
});

export const raceNode = defineNode({
	type: 'control.race',
	version: 1,
	title: 'Race',
	category: 'Control',
	icon: 'rocket',
	summary: 'The first result wins; the rest is stopped',
	help: 'A container: branches inside run side by side, the first value that reaches `result` comes out with the name of its node, and everything else inside is stopped. It fails when all have failed. Example: the same question to two models.',
	aliases: ['First Wins', 'Any', 'Fastest'],
	params: z.object({}),
	ports: containerPorts.race,
	effects: 'reads',
	container: 'race',
});

export const delayNode = defineNode({
	type: 'control.delay',
	version: 1,
	title: 'Delay',
	category: 'Control',
	icon: 'watch',
	summary: 'Waits, then passes the value on',
	help: 'Waits for a time or until a moment. Stop ends the wait at once. Example: `30 s` between two looks at a build.',
	aliases: ['Wait', 'Sleep', 'Pause'],
	params: z.object({
		for: text('For', '`500 ms`, `10 s`, `5 min`, `1 h`; a bare number is milliseconds.', {
			default: '1 s',
			widget: 'duration',
		}),
		until: text('Until', 'A moment, as 2026-01-31T12:00:00Z; instead of a time.', { isAdvanced: true }),
	}),
	ports: { inputs: [port('value', 'Value', 'any')], outputs: [port('value', 'Value', 'any')] },
	effects: 'reads',
	async run({ value }, params, context) {
		await wait(context, waitMs(params, context.clock.now()));
		return { value: value ?? null };
	},
});

function waitMs(params: { readonly for: string; readonly until: string }, now: number): number {
	if (params.until === '') return durationMs(params.for) ?? 0;
	const moment = Date.parse(params.until);
	if (Number.isNaN(moment)) throw failure('input', `“${params.until}” is no moment. Write it as 2026-01-31T12:00:00Z.`);
	return Math.max(0, moment - now);
}

export const stopNode = defineNode({
	type: 'control.fail',
	version: 1,
	title: 'Stop with Error',
	category: 'Control',
	icon: 'error',
	summary: 'Fails with a sentence of yours',
	help: 'Ends the run, or the *Try* around it, with a message. Example: `{{ input.value.missing }} has no owner`.',
	aliases: ['Stop and Error', 'Throw', 'Abort'],
	params: z.object({ message: needed('Message', 'What went wrong, and what to do.', { widget: 'multiline' }) }),
	ports: { inputs: [port('value', 'Value', 'any')], outputs: [] },
	effects: 'pure',
	run(_, { message }) {
		throw failure('failed', message);
	},
});

export const passNode = defineNode({
	type: 'control.pass',
	version: 1,
	title: 'Pass',
	category: 'Control',
	icon: 'arrow-right',
	summary: 'Passes the value on as it is',
	help: 'Does nothing but hand its value on: a place to bring edges together, to set a breakpoint, or to keep a value that others read as `{{ nodes.pass.value }}`. With *only when there* an empty value ends the branch. Example: between an *If* and three nodes that all need the same.',
	aliases: ['No Operation', 'NoOp', 'Passthrough', 'Reroute'],
	params: z.object({
		isOnlyWhenThere: flag('Only when there', 'Null and empty texts, lists and objects are not passed on.'),
	}),
	ports: { inputs: [port('value', 'Value', 'any')], outputs: [port('value', 'Value', 'any')] },
	effects: 'pure',
	run({ value }, { isOnlyWhenThere }): PortValues {
		const passed = value ?? null;
		return isOnlyWhenThere && isEmpty(passed) ? {} : { value: passed };
	},
});

/** `0` and false are values. */
function isEmpty(value: Json): boolean {
	if (value === null || value === '') return true;
	if (Array.isArray(value)) return value.length === 0;
	return isRecord(value) && Object.keys(value).length === 0;
}
