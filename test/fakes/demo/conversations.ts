import type { ParsedMessagesRequest } from '../messages/request.ts';
import { callTool, refuse, say, type MessageReply, type Reply } from '../messages/reply.ts';

/** One thing that can be typed in the demo, and what the "model" does then. */
export interface Conversation {
	readonly word: string;
	readonly what: string;
	answer(request: ParsedMessagesRequest): Reply;
}

/** Every answer ends with this, so that nobody takes the words for a model's. */
export const notice =
	'_These words are scripted: this is the demo. No model was asked, and the costs shown are those of scripted token counts._';

/** Text in the pace of a model that writes quickly. */
export function write(text: string): MessageReply {
	return say(`${text}\n\n${notice}`, { chunk: 6, delayMs: 12 });
}

const faultyLines = `  const sum = lines.reduce((total, line) => total + line.cents, 0);
  const isGroup = adults + children >= fares.group.from;
  const discount = isGroup ? Math.round(sum * fares.group.discount) : 0;`;

const mendedLines = `  const sum = lines.reduce((total, line) => total + line.cents, 0);
  const passengers = lines.filter(line => line.label !== 'bike').reduce((total, line) => total + line.cents, 0);
  const isGroup = adults + children >= fares.group.from;
  const discount = isGroup ? Math.round(passengers * fares.group.discount) : 0;`;

/** Whether the last tool was refused or failed, and what it said. */
function trouble(request: ParsedMessagesRequest): string | undefined {
	return request.toolResults.find(result => result.isError)?.text;
}

function quote(text: string): string {
	return text
		.trim()
		.split('\n')
		.slice(0, 12)
		.map(line => `> ${line}`)
		.join('\n');
}

/** One shell command and a word about how it went. */
function runs(command: string, description: string, before: string): (request: ParsedMessagesRequest) => Reply {
	return request => {
		if (request.step === 0) return callTool('Bash', { command, description }, before);
		const result = request.toolResults[0];
		if (result?.isError === true) return write(`\`${command}\` did not run, or failed:\n\n${quote(result.text)}`);
		return write(`\`${command}\` ran:\n\n\`\`\`\n${(result?.text ?? '').trim() || '(no output)'}\n\`\`\``);
	};
}

function edit(folder: string): (request: ParsedMessagesRequest) => Reply {
	const file = `${folder}/src/fares.js`;
	return request => {
		if (request.step === 0)
			return callTool('Read', { file_path: file }, 'One test fails. I look at how the fare is worked out.');
		if (request.step === 1) {
			return callTool(
				'Edit',
				{ file_path: file, old_string: faultyLines, new_string: mendedLines },
				'The discount is taken off the whole sum, bikes included. It should be taken off the fares of the passengers only:',
			);
		}
		const reason = trouble(request);
		if (reason !== undefined) return write(`The edit was not made:\n\n${quote(reason)}`);
		return write(
			'The discount leaves the bikes alone now. Type `command` to run the tests, or use "restore files to here" to take it back.',
		);
	};
}

const question = {
	questions: [
		{
			question: 'Who should get the group discount?',
			header: 'Discount',
			multiSelect: false,
			options: [
				{ label: 'Ten or more', description: 'As it is now: from ten passengers on' },
				{ label: 'Six or more', description: 'Also school classes and families' },
				{ label: 'Nobody', description: 'One price for everyone' },
			],
		},
	],
};

const plan = `# Take bikes out of the group discount

1. In \`src/fares.js\`, add up the passengers' lines apart from the bikes.
2. Take the discount off that sum only.
3. Run \`npm test\`: the fourth test passes then.
`;

/** The CLI names the file for the plan in what it tells the model; older ones take the plan as an argument. */
function planFile(request: ParsedMessagesRequest): string | undefined {
	return /[^\s"'`\\]+\/plans\/[\w-]+\.md/.exec(JSON.stringify(request.body['messages']))?.[0];
}

function makePlan(request: ParsedMessagesRequest): Reply {
	const isPlanning = /plan mode is active/i.test(JSON.stringify(request.body['messages']));
	if (request.step === 0 && !isPlanning) {
		return write(
			'Choose the mode **Plan** below the message box first, then type `plan` again: only then is there a plan to approve.',
		);
	}
	const file = planFile(request);
	if (request.step === 0 && file !== undefined)
		return callTool('Write', { file_path: file, content: plan }, 'I write the plan down.');
	if (request.step === (file === undefined ? 0 : 1)) return callTool('ExitPlanMode', { plan });
	const reason = trouble(request);
	return write(
		reason === undefined
			? 'The plan is approved. Type `edit` to see it carried out.'
			: `Back to planning:\n\n${quote(reason)}`,
	);
}

/** Overloaded twice, then well again: shows what a retry looks like. */
function overloaded(): (request: ParsedMessagesRequest) => Reply {
	let count = 0;
	return () => (++count % 3 === 0 ? write('The third try worked.') : refuse(529, 'Overloaded (scripted)'));
}

function subAgent(request: ParsedMessagesRequest): Reply {
	if (request.step === 0) {
		const input = {
			description: 'Count the tests',
			prompt: 'agent-work: count the tests of this project',
			subagent_type: 'general-purpose',
			run_in_background: false,
		};
		return callTool('Agent', input, 'I give that to a sub-agent.');
	}
	return write(
		trouble(request) === undefined
			? 'The sub-agent came back with its answer.'
			: 'The sub-agent could not do its work.',
	);
}

const longAnswer = `## How a fare comes about

| passenger | zone 1 | zone 2 | zone 3 |
| --- | ---: | ---: | ---: |
| adult | 4.00 | 6.50 | 9.25 |
| child | 2.00 | 3.25 | 4.63 |
| bike | 2.50 | 2.50 | 2.50 |

The code is short:

\`\`\`js
import { priceOf } from './src/fares.js';

const { total } = priceOf({ zone: 2, adults: 2, children: 1 });
console.log(total / 100); // 16.25
\`\`\`

1. **Zones** give the price of an adult.
2. *Children* pay half, rounded to a cent.
3. Groups of ten get 15 % off, see \`src/fares.json\`.`;

/** Everything that can be typed, for a sample project in `folder`. */
export function conversations(folder: string): readonly Conversation[] {
	return [
		{ word: 'explain', what: 'a plain answer with a table and code', answer: () => write(longAnswer) },
		{ word: 'edit', what: 'an edit to review in the diff editor', answer: edit(folder) },
		{
			word: 'command',
			what: 'the tests, a command to approve',
			answer: runs('npm test', 'Run the tests', 'I run the tests.'),
		},
		{
			word: 'question',
			what: 'a question to you',
			answer: request =>
				request.step === 0
					? callTool('AskUserQuestion', question, 'Before I change anything:')
					: write(`Thank you. What I was told:\n\n${quote(request.toolResults[0]?.text ?? '')}`),
		},
		{ word: 'plan', what: 'a plan to approve (choose the mode Plan first)', answer: makePlan },
		{ word: 'agent', what: 'a sub-agent at work', answer: subAgent },
		{
			word: 'push',
			what: 'leaving the workspace: you type a word',
			answer: runs('git push origin main', 'Push the branch', 'I push the branch.'),
		},
		{
			word: 'force',
			what: 'what cannot be undone: you confirm it, each time',
			answer: runs('git push --force origin main', 'Overwrite the remote branch', 'I overwrite the remote branch.'),
		},
		{
			word: 'secret',
			what: 'a key that no agent may read: refused',
			answer: runs('cat ~/.ssh/id_ed25519', 'Show the key', 'I look at your key.'),
		},
		{ word: 'retry', what: 'an overloaded service that recovers', answer: overloaded() },
		{ word: 'fail', what: 'an answer that fails', answer: () => refuse(400, 'This failure is scripted') },
	];
}
