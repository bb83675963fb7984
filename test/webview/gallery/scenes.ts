import type { ItemId } from '../../../src/core/base/ids';
import type { ConversationSummary } from '../../../src/core/chat/items';
import type { ChatSnapshot, EditorContext, ModelGroup, SessionDetails } from '../../../src/core/chat/protocol';
import { approval, conversationId, notice, snapshot, startedAt, text, thinking, tool, turn, user, view } from './items';

/** One state of the page that is worth looking at. */
export interface Scene {
	readonly snapshot: ChatSnapshot;
	readonly editor?: EditorContext;
	readonly conversations?: readonly ConversationSummary[];
	/** What the host says of the live session. */
	readonly details?: SessionDetails;
	/** What the host lists as models. */
	readonly models?: readonly ModelGroup[];
	/** An editor tab instead of the view in a side bar. */
	readonly isTab?: boolean;
	/** Names of buttons to press before the picture. */
	readonly press?: readonly string[];
	/** What to type into the composer. */
	readonly type?: string;
}

const choice = (value: string, label: string, description: string) => ({ value, label, description, efforts: [] });
const groups: readonly ModelGroup[] = [
	{
		provider: 'auto',
		label: 'Automatic',
		isLocal: false,
		problem: null,
		models: [choice('auto', 'Auto', 'Chooses for each message by rules that you can read and change')],
	},
	{
		provider: 'claude',
		label: 'Claude',
		isLocal: false,
		problem: { text: 'Install the Claude CLI', actions: [{ title: 'How to Install', command: 'quarterdeck.openUrl' }] },
		models: [],
	},
	{
		provider: 'ollama',
		label: 'Ollama',
		isLocal: true,
		problem: null,
		models: [
			choice('ollama/qwen3:8b', 'qwen3:8b', 'qwen3, 8.2B, Q4_K_M, 40k context'),
			choice('ollama/gemma3:1b', 'gemma3:1b', 'gemma3, 1.0B, Q4_K_M, 32k context, no tool calling of its own'),
		],
	},
	{
		provider: 'groq',
		label: 'Groq',
		isLocal: false,
		problem: {
			text: 'Groq needs a key, and none is set.',
			actions: [
				{ title: 'Set Key', command: 'quarterdeck.providers.setKey' },
				{ title: 'Get a Key', command: 'quarterdeck.openUrl' },
			],
		},
		models: [],
	},
	{
		provider: 'openai',
		label: 'OpenAI',
		isLocal: false,
		problem: null,
		models: [
			choice('openai/gpt-5.2', 'gpt-5.2', '400k context, sees images'),
			choice('openai/gpt-5-mini', 'gpt-5-mini', '400k context'),
		],
	},
];

const root = '/home/ada/shop';
const diff = `@@ -4,7 +4,7 @@ export function parseDate(text: string): Date | null {
 	const match = /^(\\d{4})-(\\d{2})-(\\d{2})$/.exec(text);
 	if (!match) return null;
-	const month = Number(match[2]);
+	const month = Number(match[2]) - 1; // JavaScript counts months from 0
 	return new Date(Number(match[1]), month, Number(match[3]));
 }`;

const answer = `The parser is off by one: JavaScript counts months from **0**, and \`parseDate\` passes them from 1.

| input | before | after |
| --- | --- | --- |
| \`2026-01-31\` | 3 March | 31 January |
| \`2026-12-01\` | 1 January 2027 | 1 December |

Two things follow:

1. \`date.ts\` is fixed, see [src/date.ts](src/date.ts#L6).
2. The test that expected the wrong month is corrected.

\`\`\`ts
export function parseDate(text: string): Date | null {
	const match = /^(\\d{4})-(\\d{2})-(\\d{2})$/.exec(text);
	if (!match) return null; // not a date
	return new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
}
\`\`\`

> Dates without a time are local here; say so if they should be UTC.`;

const shortTurn = [
	user('Why does the invoice of January show March? @src/date.ts', {
		attachments: [{ kind: 'file', path: `${root}/src/date.ts`, label: 'src/date.ts' }],
	}),
	thinking('The month is passed unchanged to the Date constructor…'),
	tool('Read', { file_path: `${root}/src/date.ts` }, { output: '1\texport function parseDate' }),
	tool(
		'Edit',
		{ file_path: `${root}/src/date.ts`, old_string: 'a', new_string: 'b' },
		{ diff, output: 'ok', decision: 'allowed by you' },
	),
	tool(
		'Bash',
		{ command: 'npm test -- date', description: 'Run the date tests' },
		{ output: 'ok 12 tests passed', duration: 3400 },
	),
	text(answer),
	turn({ changedFiles: [`${root}/src/date.ts`, `${root}/test/date.test.ts`] }),
];

const longOutput = Array.from(
	{ length: 60 },
	(_, line) => `src/module${line}.ts(${line + 3},7): error TS2322: Type 'string' is not assignable`,
).join('\n');
const agentId = 'agent-1' as ItemId;

const allTools = [
	user('Show every tool'),
	tool(
		'Bash',
		{ command: 'npm run build && npm test', description: 'Build and test' },
		{ output: longOutput, outputTotal: 90_000, state: 'failed', duration: 12_400 },
	),
	tool(
		'Read',
		{ file_path: `${root}/src/very/deep/folder/structure/invoice.ts`, offset: 40, limit: 60 },
		{ output: 'text' },
	),
	tool(
		'Grep',
		{ pattern: 'parseDate\\(', path: `${root}/src`, output_mode: 'content' },
		{ output: 'src/date.ts:4:export function parseDate(' },
	),
	tool('Glob', { pattern: '**/*.test.ts' }, { output: 'test/date.test.ts' }),
	tool('LS', { path: `${root}/src` }, { output: '- date.ts' }),
	tool(
		'Write',
		{ file_path: `${root}/src/money.ts`, content: 'export const cents = 100;\n' },
		{ diff: '+export const cents = 100;\n+export const dollars = 1;' },
	),
	tool('TodoWrite', {
		todos: [
			{ content: 'Find the cause', activeForm: 'Finding the cause', status: 'completed' },
			{ content: 'Fix the parser', activeForm: 'Fixing the parser', status: 'in_progress' },
			{ content: 'Correct the test', activeForm: 'Correcting the test', status: 'pending' },
		],
	}),
	{
		...tool(
			'Task',
			{ subagent_type: 'Explore', description: 'Find callers of parseDate', prompt: 'List every caller.' },
			{ state: 'running', duration: null },
		),
		id: agentId,
	},
	tool('Grep', { pattern: 'parseDate' }, { output: '3 files', parent: agentId }),
	tool(
		'Read',
		{ file_path: `${root}/src/invoice.ts` },
		{ output: 'text', parent: agentId, state: 'running', duration: null },
	),
	tool('WebFetch', { url: 'https://tc39.es/ecma262/', prompt: 'Months of Date' }, { output: 'Months count from 0.' }),
	tool('WebSearch', { query: 'javascript date month zero based' }, { output: 'Links' }),
	tool('mcp__github__create_issue', { title: 'Months are off by one', labels: ['bug'] }, { output: '{"number": 12}' }),
	tool(
		'Bash',
		{ command: 'git push --force' },
		{ state: 'refused', decision: 'refused: not on main', output: 'Refused by the user' },
	),
	tool('FancyNewTool', { anything: 'goes here', count: 3 }, { output: 'done' }),
	thinking('It should now be enough to run the tests again.', { isStreaming: false }),
	notice('Claude’s service is busy. Trying again in 5 s (attempt 2 of 10).', {
		level: 'warning',
		actions: [{ title: 'Stop', command: 'quarterdeck.stop' }],
	}),
	notice('The conversation was compacted: 180k tokens became 12k.', { details: 'preserved: 4 messages' }),
	turn({ status: 'failed', cost: null, basis: 'unpriced' }),
];

const busy = view({ status: 'running', activity: 'Writing', turnStartedAt: Date.now() - 12_000 });
const waiting = view({ status: 'waiting', activity: 'Waiting for you', turnStartedAt: Date.now() - 75_000 });

const summaries: readonly ConversationSummary[] = [
	{ id: conversationId, title: 'Fix the date parser', status: 'idle', updatedAt: startedAt, cost: 123_400_000 },
	{
		id: 'c2' as typeof conversationId,
		title: 'Move the shop to the new payment provider',
		status: 'running',
		updatedAt: startedAt,
		cost: 2_340_000_000,
	},
	{
		id: 'c3' as typeof conversationId,
		title: 'Release 2.4',
		status: 'waiting',
		updatedAt: startedAt,
		cost: 45_000_000,
	},
	{ id: 'c4' as typeof conversationId, title: 'Why is CI slow?', status: 'failed', updatedAt: startedAt, cost: null },
];

const pending = (kind: string, over: Parameters<typeof approval>[0]): ChatSnapshot =>
	snapshot(
		[
			user('Fix it and push'),
			text('I will run this now.'),
			tool(kind, kind === 'Bash' ? { command: over?.effect } : { file_path: `${root}/src/date.ts` }, {
				state: 'waiting',
				duration: null,
				diff: over?.kind === 'edit' ? diff : null,
				approval: approval(over),
			}),
		],
		{ conversation: waiting },
	);

export const scenes: Readonly<Record<string, Scene>> = {
	empty: {
		snapshot: snapshot([], {
			conversation: view({ title: 'New conversation', cost: null, basis: null, context: null }),
		}),
		editor: { file: { path: `${root}/src/date.ts`, label: 'date.ts' }, selection: null },
	},
	short: { snapshot: snapshot(shortTurn) },
	long: {
		snapshot: snapshot(
			Array.from({ length: 40 }, (_, at) => [
				user(`Question ${at}`),
				text(`Answer **${at}**. ${'More words. '.repeat(20)}`),
				turn(),
			]).flat(),
			{ earlier: 1200 },
		),
	},
	streaming: {
		snapshot: snapshot(
			[
				user('Explain the parser'),
				text(
					'It has two parts.\n\n- one reads the text\n- one builds the date\n\nThe first part is a regular **expression** that',
					{ isStreaming: true },
				),
				user('And then write a test for it', { state: 'queued' }),
			],
			{ conversation: busy },
		),
		type: 'One more thing',
	},
	tools: { snapshot: snapshot(allTools, { conversation: busy }) },
	yellow: {
		snapshot: pending('Bash', {
			effect: 'npm install left-pad@1.3.0',
			grantLabel: 'npm install',
			reasons: ['npm install changes node_modules and the lock file of this workspace'],
		}),
	},
	edit: {
		snapshot: pending('Edit', {
			kind: 'edit',
			tool: 'Edit',
			effect: `${root}/src/date.ts`,
			grantLabel: 'Edit inside this workspace',
			reasons: ['Changes a file inside the workspace'],
		}),
	},
	orange: {
		snapshot: pending('Bash', {
			tier: 'ORANGE',
			effect: 'git add -A && git commit -m "Fix the date parser" && git push origin fix/date-parser',
			reasons: [
				'git push origin sends commits to another machine',
				'git commit changes the repository of this workspace',
			],
			grants: ['once', 'session'],
			grantLabel: 'git push to origin',
			word: 'harbour',
		}),
	},
	red: {
		snapshot: pending('Bash', {
			tier: 'RED',
			effect: 'git push --force origin main',
			reasons: ['git push --force replaces commits on origin: they cannot be had back from there'],
			grants: ['once'],
			grantLabel: null,
			needsModal: true,
		}),
	},
	refuse: { snapshot: pending('Bash', { effect: 'rm -rf build' }), press: ['Refuse…'] },
	question: {
		snapshot: snapshot(
			[
				user('Add a database'),
				tool(
					'AskUserQuestion',
					{ questions: [{ question: 'Which database?' }] },
					{
						state: 'waiting',
						duration: null,
						approval: approval({
							kind: 'question',
							tool: 'AskUserQuestion',
							grants: [],
							questions: [
								{
									question: 'Which database shall the shop use?',
									header: 'Database',
									isMultiSelect: false,
									options: [
										{ label: 'SQLite', description: 'One file, nothing to run' },
										{ label: 'PostgreSQL', description: 'A server, ready for several writers' },
									],
								},
								{
									question: 'What shall be stored?',
									header: 'Tables',
									isMultiSelect: true,
									options: [
										{ label: 'Orders', description: '' },
										{ label: 'Customers', description: '' },
									],
								},
							],
						}),
					},
				),
			],
			{ conversation: waiting },
		),
	},
	plan: {
		snapshot: snapshot(
			[
				user('Plan the move to UTC'),
				tool(
					'ExitPlanMode',
					{},
					{
						state: 'waiting',
						duration: null,
						approval: approval({
							kind: 'plan',
							tool: 'ExitPlanMode',
							grants: [],
							plan: '## Move dates to UTC\n\n1. Change `parseDate` to use `Date.UTC`.\n2. Format with `timeZone: "UTC"` in `invoice.ts`.\n3. Correct **three** tests.\n\nNo data is migrated: stored dates have no time.',
						}),
					},
				),
			],
			{ conversation: { ...waiting, mode: 'plan' } },
		),
	},
	failure: {
		snapshot: snapshot(
			[
				user('Go on'),
				notice('Claude is not signed in: the service answered 401.', {
					level: 'error',
					code: 'not-signed-in',
					details: 'API Error: 401 {"type":"error","error":{"type":"authentication_error"}}',
					actions: [
						{ title: 'Sign in', command: 'quarterdeck.signIn' },
						{ title: 'Try again', command: 'quarterdeck.retry' },
					],
				}),
				turn({ status: 'failed', cost: null, basis: 'unpriced', duration: 600 }),
			],
			{ conversation: view({ status: 'failed', context: { used: 184_000, max: 200_000 } }) },
		),
	},
	obstacle: {
		snapshot: snapshot(shortTurn, {
			cli: null,
			obstacle: {
				code: 'cli-missing',
				title: 'Claude Code is not installed',
				text: 'Quarterdeck talks to **your own** Claude CLI, and found none on the path.\n\nInstall it with `npm install -g @anthropic-ai/claude-code`, then sign in with `claude`. This page looks again by itself.',
				actions: [
					{ title: 'Install in a terminal', command: 'quarterdeck.installCli' },
					{ title: 'Choose the path…', command: 'quarterdeck.choosePath' },
				],
			},
		}),
	},
	untrusted: {
		snapshot: snapshot([], {
			obstacle: {
				code: 'untrusted',
				title: 'This workspace is not trusted',
				text: 'In Restricted Mode conversations can be read, but nothing is started, sent or written.',
				actions: [{ title: 'Manage trust', command: 'workbench.trust.manage' }],
			},
		}),
	},
	switcher: { snapshot: snapshot(shortTurn), conversations: summaries, press: ['Conversations'] },
	mention: { snapshot: snapshot(shortTurn), type: 'Look at @da' },
	command: { snapshot: snapshot(shortTurn), type: '/c' },
	model: { snapshot: snapshot(shortTurn), press: ['Model: Opus 5.5'] },
	models: {
		snapshot: snapshot(
			[
				user('Hello'),
				{ ...turn(), model: 'ollama/qwen3:8b', why: 'Talk: on this machine (groq/llama is not running)' },
			],
			{
				conversation: view({ provider: 'auto', model: 'auto' }),
			},
		),
		press: ['Model: Auto'],
		models: groups,
	},
	autonomous: {
		snapshot: snapshot(
			[
				user('Make the tests pass'),
				tool(
					'quarterdeck_run_command',
					{ command: 'npm test' },
					{ state: 'running', output: '✓ 41 passed\n✗ 2 failed' },
				),
			],
			{
				conversation: view({
					status: 'running',
					provider: 'ollama',
					model: 'ollama/qwen3:8b',
					mode: 'autonomous',
					context: { used: 30_000, max: 40_960 },
					limits: {
						steps: 41,
						maxSteps: 50,
						workedMs: 320_000,
						maxMinutes: 30,
						cost: 0,
						maxCost: 2_000_000_000,
						at: startedAt,
					},
				}),
			},
		),
	},
	tab: { snapshot: snapshot(shortTurn), isTab: true },
	details: {
		snapshot: snapshot(shortTurn),
		press: ['34% context'],
		details: {
			context: {
				used: 68_400,
				max: 200_000,
				categories: [
					{ name: 'System prompt', tokens: 3200 },
					{ name: 'System tools', tokens: 11_800 },
					{ name: 'Memory files', tokens: 1400 },
					{ name: 'Messages', tokens: 52_000 },
				],
			},
			limits: [
				{ label: '5 hours', usedPercent: 42, resetsAt: startedAt },
				{ label: '7 days', usedPercent: 91, resetsAt: null },
			],
			mcpServers: [
				{ name: 'github', status: 'connected', error: null, toolCount: 26 },
				{ name: 'database', status: 'failed', error: 'spawn pg-mcp ENOENT', toolCount: 0 },
				{ name: 'linear', status: 'needs-auth', error: null, toolCount: 0 },
			],
		},
	},
	quiet: {
		snapshot: snapshot([], { conversation: view({ cost: null, basis: null, context: null }) }),
		press: ['Session details'],
	},
	held: {
		snapshot: snapshot(
			[user('Go on'), turn({ status: 'failed', cost: null }), user('And then the tests', { state: 'queued' })],
			{ conversation: view({ status: 'failed', isQueueHeld: true }) },
		),
	},
	readOnly: {
		snapshot: snapshot([user('Fix it, please'), text('I am on it.')], {
			conversation: view({
				status: 'running',
				activity: 'Writing',
				readOnly: 'This conversation runs in another window. You can write here when its turn has ended.',
			}),
		}),
	},
	restore: { snapshot: snapshot([user('Change the parser'), turn()]), press: ['Restore files to here'] },
};
