import * as z from 'zod/mini';
import { ExpectedError } from '../base/errors';
import { documentLimit } from '../documents/kinds';
import type { ApprovalId, ConversationId, ExecutionId, ItemId } from '../base/ids';
import type { Handlers } from '../rpc/rpc';
import type { AttachmentView } from './items';
import { efforts, imageDataLimit, permissionModes, promptLimit } from './limits';
import type { ChatContract } from './protocol';

type Requests = ChatContract['requests'];

/** Text on one line: no character that could end it, hide something or reach a terminal. */
const noControls = /^[^\p{Cc}\u2028\u2029]*$/u;

const id = <Id extends string>(): z.ZodMiniType<Id> =>
	z.custom<Id>(value => typeof value === 'string' && value.length <= 200 && value !== '' && noControls.test(value));
const longText = (most: number, sentence?: string): z.ZodMiniType<string> =>
	z.string().check(z.maxLength(most, sentence === undefined ? undefined : { error: sentence }));
const prompt = longText(
	promptLimit,
	'The message is longer than a million characters. Put the text into a file and add that with @.',
);
const path = z.string().check(z.minLength(1), z.maxLength(4096), z.regex(/^[^\0]*$/));
const label = z.string().check(z.maxLength(4096));
const line = z.int().check(z.nonnegative());
const anyText = longText(20_000_000);
const search = longText(10_000);
const language = z.string().check(z.maxLength(100), z.regex(noControls));
const part = z.enum(['input', 'output']);

const byConversation = { conversation: id<ConversationId>() };
const byId = z.object(byConversation);
const byItem = z.object({ ...byConversation, item: id<ItemId>() });
const byApproval = z.object({ approval: id<ApprovalId>() });
const byExecution = z.object({ execution: id<ExecutionId>() });

const bytes = z.exactOptional(z.number().check(z.minimum(0)));

const attachment: z.ZodMiniType<AttachmentView> = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('file'), path, label, bytes }),
	z.object({
		kind: z.literal('selection'),
		path,
		label,
		startLine: line,
		endLine: line,
		text: longText(promptLimit, 'The selection is longer than a million characters. Attach the file instead.'),
	}),
	z.object({ kind: z.literal('symbol'), path, label, startLine: line, endLine: line }),
	z.object({
		kind: z.literal('image'),
		label,
		mediaType: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
		data: z
			.string()
			.check(
				z.maxLength(imageDataLimit, { error: 'An attached image is larger than 3.75 MB, the most that is taken.' }),
				z.regex(/^[A-Za-z0-9+/]+={0,2}$/),
			),
	}),
	z.object({
		kind: z.literal('text'),
		label,
		// What was left out of a document is said behind its text.
		text: longText(promptLimit + 2_000, 'An attached text is longer than a million characters. Add it with @ instead.'),
		detail: z.exactOptional(z.string().check(z.maxLength(2_000))),
		tokens: z.exactOptional(line),
		bytes,
	}),
]);

// Strict objects: a changed input comes from VS Code's own diff editor, never from a page.
const decision = z.discriminatedUnion('outcome', [
	z.strictObject({
		outcome: z.literal('allow'),
		scope: z.enum(['once', 'session', 'workspace']),
		word: z.exactOptional(z.string().check(z.maxLength(200))),
	}),
	z.strictObject({
		outcome: z.literal('refuse'),
		reason: longText(100_000),
		isStop: z.exactOptional(z.boolean()),
	}),
	z.strictObject({ outcome: z.literal('answer'), answers: z.record(longText(10_000), longText(100_000)) }),
	z.strictObject({ outcome: z.literal('plan'), mode: z.enum(['acceptEdits', 'default']) }),
]);

/** What obstacles, notices and errors offer without arguments. A test compares the list with what they offer. */
export const plainActions = [
	'quarterdeck.chat.goOn',
	'quarterdeck.chat.sendAgain',
	'quarterdeck.chat.stop',
	'quarterdeck.claude.locate',
	'quarterdeck.claude.recheck',
	'quarterdeck.costs.setBudget',
	'quarterdeck.showOutput',
	'workbench.action.files.openFolder',
	'workbench.trust.manage',
] as const;

/** What a failure of a provider offers, with its id and at most a model. */
export const providerActions = [
	'quarterdeck.memory.open',
	'quarterdeck.providers.add',
	'quarterdeck.providers.open',
	'quarterdeck.providers.pull',
	'quarterdeck.providers.setKey',
	'quarterdeck.providers.test',
] as const;

const title = z.string().check(z.maxLength(200));
const short = z.string().check(z.maxLength(200), z.regex(noControls));
const model = z.string().check(z.minLength(1), z.maxLength(199), z.regex(noControls), z.regex(/^[^-]/));
const webAddress = z.string().check(z.maxLength(2000), z.regex(/^https:\/\/[^\s\p{Cc}]+$/u));
const action = z.discriminatedUnion('command', [
	z.object({ title, command: z.literal('quarterdeck.openUrl'), args: z.tuple([webAddress]) }),
	z.object({ title, command: z.literal('quarterdeck.executions.open'), args: z.tuple([z.uuid()]) }),
	z.object({ title, command: z.literal('quarterdeck.memory.forget'), args: z.tuple([z.uuid()]) }),
	z.object({
		title,
		command: z.literal('quarterdeck.routing.explain'),
		args: z.exactOptional(z.array(z.uuid()).check(z.maxLength(1))),
	}),
	z.object({
		title,
		command: z.literal('workbench.action.openSettings'),
		args: z.tuple([z.literal('quarterdeck.loop')]),
	}),
	z.object({ title, command: z.enum(providerActions), args: z.exactOptional(z.array(short).check(z.maxLength(2))) }),
	z.object({ title, command: z.literal('quarterdeck.chat.useModel'), args: z.tuple([model]) }),
	z.object({ title, command: z.enum(plainActions), args: z.exactOptional(z.tuple([])) }),
]);

const nothing = z.null();

/** One check for each request of the page; the compiler asks for the check of a new one. */
const checks: { readonly [K in keyof Requests]: z.ZodMiniType<Requests[K]['params']> } = {
	open: z.object({ conversation: z.nullable(id<ConversationId>()) }),
	earlier: z.object({ ...byConversation, before: id<ItemId>(), count: z.int().check(z.positive(), z.maximum(2000)) }),
	conversations: z.object({ text: search }),
	create: nothing,
	rename: z.object({ ...byConversation, title: longText(1000, 'The title is too long.') }),
	archive: byId,
	send: z.object({ ...byConversation, text: prompt, attachments: z.array(attachment).check(z.maxLength(100)) }),
	stop: byId,
	editQueued: z.extend(byItem, { text: z.nullable(prompt) }),
	sendQueued: byId,
	retry: z.extend(byItem, { text: prompt }),
	fork: byItem,
	restoreFiles: z.extend(byItem, { isDryRun: z.boolean() }),
	decide: z.extend(byApproval, { decision }),
	reviewEdit: byApproval,
	details: byId,
	models: z.object({ isFresh: z.boolean() }),
	setModel: z.extend(byId, { model }),
	setMode: z.extend(byId, { mode: z.enum(permissionModes) }),
	setEffort: z.extend(byId, { effort: z.enum(efforts) }),
	mentions: z.object({ text: search, limit: z.int().check(z.positive(), z.maximum(500)) }),
	attachResource: z.object({
		server: z.string().check(z.maxLength(2_000)),
		uri: z.string().check(z.maxLength(10_000)),
	}),
	attachUris: z.object({ uris: z.array(z.string().check(z.maxLength(10_000))).check(z.maxLength(500)) }),
	attachPaths: z.object({ paths: z.array(path).check(z.maxLength(500)) }),
	attachData: z.object({
		name: z.string().check(z.minLength(1), z.maxLength(1000), z.regex(noControls)),
		bytes: z.instanceof(Uint8Array).check(z.refine(bytes => bytes.length <= documentLimit)),
	}),
	pickFiles: nothing,
	fullText: z.extend(byItem, {
		part: z.enum(['text', 'input', 'output']),
		offset: line,
		length: z.int().check(z.nonnegative(), z.maximum(1_000_000)),
	}),
	copy: z.object({ text: anyText }),
	insertAtCursor: z.object({ text: anyText }),
	openArtifact: z.object({ text: anyText, language }),
	openAsFile: z.object({ text: anyText, language }),
	applyAsDiff: z.object({ text: anyText, language }),
	openFile: z.object({ path, line: z.nullable(line) }),
	openInEditor: z.extend(byItem, { part }),
	openTurnDiff: z.extend(byExecution, byConversation),
	openExecution: byExecution,
	openInTab: byId,
	exportMarkdown: byId,
	openLink: z.object({ href: z.string().check(z.minLength(1), z.maxLength(10_000), z.regex(noControls)) }),
	runAction: z.object({ action }),
	saveDraft: z.extend(byId, { text: prompt }),
	promptHistory: z.object({ limit: z.int().check(z.positive(), z.maximum(2000)) }),
};

/**
 * The parameters of a request, as the contract says and nothing beside it. Anything else throws `bad-request`: a page
 * shows what a model wrote, so the host takes nothing from it on trust.
 */
export function checkParams<K extends keyof Requests>(name: K, params: unknown): Requests[K]['params'] {
	const result = z.safeParse<z.ZodMiniType<Requests[K]['params']>>(checks[name], params);
	if (result.success) return result.data;
	const issue = result.error.issues[0];
	const where = [name, ...(issue?.path ?? [])].map(String).join('.');
	const isTold = issue !== undefined && issue.code === 'too_big' && issue.message !== 'Invalid input';
	throw new ExpectedError(
		'bad-request',
		isTold ? issue.message : `The chat sent something that Quarterdeck does not take (${where}). Nothing was done.`,
		{ details: { where } },
	);
}

/** The same handlers, each behind the check of its parameters. */
export function checkedHandlers(handlers: Handlers<ChatContract>): Handlers<ChatContract> {
	const checked = Object.entries(handlers).map(([name, handler]) => [
		name,
		// Each name is one of the contract's, and its handler takes what its check gives.
		(params: unknown) => (handler as (all: unknown) => unknown)(checkParams(name as keyof Requests, params)),
	]);
	return Object.fromEntries(checked) as Handlers<ChatContract>;
}
