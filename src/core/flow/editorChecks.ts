import * as z from 'zod/mini';
import { ExpectedError, type ErrorAction } from '../base/errors';
import type { ExecutionId } from '../base/ids';
import type { Json } from '../base/json';
import type { Handlers } from '../rpc/rpc';
import type { FlowEditorContract } from './editorProtocol';

type Requests = FlowEditorContract['requests'];

const slug = z.string().check(z.minLength(1), z.maxLength(200), z.regex(/^[^\p{Cc}]*$/u));
const frame = z.string().check(z.maxLength(2000));
const execution = z.custom<ExecutionId>(value => typeof value === 'string' && /^[\w-]{1,100}$/.test(value));
const text = (most: number): z.ZodMiniType<string> => z.string().check(z.maxLength(most));
const valuePlace = z.object({
	run: execution,
	node: slug,
	frame,
	side: z.enum(['input', 'output']),
	port: slug,
});
const nodeList = z.array(slug).check(z.maxLength(100_000));
const scope = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('all') }),
	z.object({ kind: z.literal('toHere'), node: slug }),
	z.object({ kind: z.literal('fromHere'), node: slug }),
	z.object({ kind: z.literal('only'), node: slug }),
]);

/** What names a path, an address, a command, a run or a value; everything else goes through the model's own checks. */
const checks: { readonly [K in keyof Requests]?: z.ZodMiniType<Requests[K]['params']> } = {
	layout: z.object({ scope: z.enum(['all', 'selection', 'new']), nodes: nodeList }),
	focus: z.object({ part: z.enum(['graph', 'other']) }),
	extract: z.object({ nodes: nodeList }),
	importN8n: z.object({ text: text(20_000_000) }),
	copyForN8n: z.object({ nodes: nodeList }),
	writeClipboard: z.object({ text: text(20_000_000) }),
	openDefinition: z.object({ node: slug }),
	openText: z.object({ node: z.nullable(slug) }),
	editParam: z.object({ node: slug, name: slug }),
	choices: z.object({ of: z.enum(['model', 'tool', 'secret', 'path', 'flow']), query: text(1000) }),
	completions: z.object({ node: slug, param: slug, text: text(200_000), at: z.int().check(z.nonnegative()) }),
	preview: z.object({ node: slug, text: text(200_000), run: z.nullable(execution) }),
	applyFix: z.object({ problem: text(1000), fix: text(200) }),
	openLink: z.object({ href: text(4096) }),
	runAction: z.object({
		title: text(200),
		command: text(200),
		args: z.exactOptional(z.array(z.unknown()).check(z.maxLength(20))),
	}),
	ports: z.object({
		nodes: z
			.array(
				z.object({
					type: text(200),
					params: z.record(
						z.string(),
						z.custom<Json>(value => value !== undefined),
					),
				}),
			)
			.check(z.maxLength(100_000)),
	}),
	trigger: z.object({ node: slug, action: z.enum(['turnOn', 'turnOff', 'run', 'copyCurl']) }),
	run: z.object({ scope, withLastInputs: z.boolean() }),
	control: z.object({ run: execution, action: z.enum(['stop', 'pause', 'continue', 'stepOver', 'stepInto']) }),
	setPin: z.object({ node: slug, isOn: z.boolean() }),
	watch: z.object({ nodes: z.array(slug).check(z.maxLength(1000)) }),
	showRun: z.object({ run: z.nullable(execution) }),
	values: z.object({ run: execution, node: slug, frame: z.nullable(frame) }),
	blob: z.object({ run: execution, blob: z.string().check(z.regex(/^[\da-f]{64}$/)) }),
	openValue: valuePlace,
	diffValues: z.object({ a: valuePlace, b: valuePlace }),
	findValues: z.object({ run: execution, text: text(1000) }),
	compareRuns: z.object({ a: execution, b: execution }),
	replay: z.object({ run: execution }),
	addToTests: z.object({ run: execution }),
};

/** Offers of errors that a page may still take up. */
const mostOffered = 50;

/**
 * The same handlers, behind the checks of what the page sends. Of commands a page may run those alone that an error has
 * offered to it: a page decides nothing by naming another.
 */
export function checkedEditor(handlers: Handlers<FlowEditorContract>): Handlers<FlowEditorContract> {
	const offered = new Set<string>();
	const wrapped = Object.entries(handlers).map(([name, handler]) => {
		const check = checks[name as keyof Requests];
		return [
			name,
			async (params: unknown): Promise<unknown> => {
				const reading = check?.safeParse(params);
				if (reading?.success === false) throw badRequest(name);
				if (name === 'runAction' && !offered.has(keyOf(params as ErrorAction))) throw badRequest(name);
				try {
					return await (handler as (checked: unknown) => unknown)(reading ? reading.data : params);
				} catch (error) {
					if (error instanceof ExpectedError) for (const action of error.actions) remember(offered, keyOf(action));
					throw error;
				}
			},
		];
	});
	return Object.fromEntries(wrapped) as Handlers<FlowEditorContract>;
}

function keyOf({ command, args = [] }: ErrorAction): string {
	return JSON.stringify([command, args]);
}

function remember(offered: Set<string>, key: string): void {
	offered.delete(key);
	offered.add(key);
	for (const oldest of offered) {
		if (offered.size <= mostOffered) break;
		offered.delete(oldest);
	}
}

function badRequest(name: string): ExpectedError<'bad-request'> {
	return new ExpectedError('bad-request', `The editor sent something that '${name}' does not take.`);
}
