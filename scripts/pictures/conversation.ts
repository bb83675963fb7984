import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callTool, say, type MessageReply, type Reply } from '../../test/fakes/messages/reply.ts';
import type { ParsedMessagesRequest } from '../../test/fakes/messages/request.ts';
import type { Script } from '../../test/fakes/messages/server.ts';
import { reviews } from './flow.ts';

/** What is asked on the pictures. */
export const prompts = {
	explain: 'How is the group discount worked out?',
	test: 'Run the tests. Why does one of them fail?',
	fix: 'Fix it with the smallest change, and say in the comment that bikes are left out.',
	push: 'Commit that and push it.',
	clean: 'Remove everything that git does not know.',
} as const;

const explanation = `From ten people on, \`priceOf\` takes 15 % off, rounded to a cent:

\`\`\`js
const isGroup = adults + children >= fares.group.from;
const discount = isGroup
  ? Math.round(sum * fares.group.discount)
  : 0;
\`\`\`

\`sum\` holds the bikes as well, but the README says that they stay at full price. **That looks like a bug.**`;

/** The end of every explanation, once it is written. */
export const lastWords = 'That looks like a bug.';

const verdict = `The 15 % are taken off the bikes as well, but bikes stay at full price:

| group | pays | should pay |
| --- | ---: | ---: |
| 10 adults | 34.00 | 34.00 |
| 10 adults, 2 bikes | **38.25** | 39.00 |`;

const before = 'What a group pays, in whole cents.';
const after = 'What a group pays, in whole cents. No discount on bikes.';
const faulty = 'Math.round(sum * fares.group.discount)';
const mended = 'Math.round((sum - bikes * fares.bike) * fares.group.discount)';

const noFaults = 'The sum is reduced without its bikes now, as the README says. Nothing else changes. No faults found.';
const gap = 'A group that brings more bikes than people has no test: what is reduced must not fall below zero.';

/** The scripted side of a believable morning in the sample project at `folder`. */
export function morning(folder: string): Script {
	const [file, tests] = [join(folder, 'src', 'fares.js'), join(folder, 'test', 'fares.test.js')];
	const answers: Readonly<Record<string, (request: ParsedMessagesRequest) => MessageReply>> = {
		[prompts.explain]: ({ step }) =>
			step === 0 ? callTool('Read', { file_path: file }, 'I read how a price comes about.') : say(explanation),
		[prompts.test]: ({ step }) => {
			if (step === 0) return shell('npm test', 'Run the tests');
			return step === 1 ? callTool('Read', { file_path: file }) : say(verdict);
		},
		[prompts.fix]: ({ step }) => {
			if (step === 0) return callTool('Edit', edit(file), 'I take the bikes out of the sum that is reduced.');
			return step === 1
				? shell('npm test', 'Run the tests')
				: say('All six tests pass now. Bikes stay at full price, as the README says.');
		},
		[prompts.push]: ({ step }) => {
			if (step === 0) return shell('git commit -am "Leave bikes out of the group discount"', 'Commit the fix');
			return step === 1 ? shell('git push origin main', 'Push the branch') : say('It is pushed.');
		},
		[prompts.clean]: () => shell('git clean -fdx', 'Remove what is not tracked'),
		[reviews.faults]: ({ step }) => (step === 0 ? callTool('Read', { file_path: file }) : say(noFaults)),
		[reviews.tests]: ({ step }) => (step === 0 ? callTool('Read', { file_path: tests }) : say(gap)),
	};
	return (request): Reply => {
		if (request.isSide) return say('Fares');
		const found = Object.entries(answers).find(([prompt]) => request.userText.includes(prompt));
		const reply = found?.[1](request) ?? say('That is not on the pictures.');
		// In the pace of a model, so that times on the pictures are believable.
		const blocks = reply.blocks.map(block => ({ ...block, chunk: 9, delayMs: 45 }));
		const length = blocks.reduce((sum, block) => sum + JSON.stringify(block).length, 0);
		const before = 1000 * (request.turn * 3 + request.step);
		const usage = {
			input: 6,
			output: 90 + Math.round(length / 3),
			cacheRead: 17_280 + before,
			cacheWrite5m: 640 + 2 * length,
		};
		return { ...reply, blocks, delayMs: 900, usage };
	};
}

function shell(command: string, description: string): MessageReply {
	return callTool('Bash', { command, description });
}

/** One call with two changes, far enough from each other to be two in the review. */
function edit(file: string): Readonly<Record<string, unknown>> {
	const text = readFileSync(file, 'utf8');
	const end = text.indexOf(faulty) + faulty.length;
	const old = text.slice(text.indexOf(before), end);
	return { file_path: file, old_string: old, new_string: old.replace(before, after).replace(faulty, mended) };
}
