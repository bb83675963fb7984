import type { FlowRun } from '../core/flow/engine/flowRun';
import type { OpenWait, WaitAnswer } from '../core/flow/engine/waits';
import type { Json } from '../core/base/json';
import { UsageError } from './io';

/** What `--answer NODE=VALUE` says, by the ids of nodes. */
export type Answers = ReadonlyMap<string, string>;

export function readAnswers(pairs: readonly string[]): Answers {
	return new Map(
		pairs.map(pair => {
			const at = pair.indexOf('=');
			if (at < 1) throw new UsageError(`--answer takes NODE=VALUE, not “${pair}”.`);
			return [pair.slice(0, at), pair.slice(at + 1)] as const;
		}),
	);
}

/** Answers what the run asks and what was answered beforehand; gives what nobody is there for. */
export function answerWaits(run: FlowRun, answers: Answers): readonly OpenWait[] {
	const open: OpenWait[] = [];
	for (const wait of run.waits) {
		const given = answers.get(wait.node);
		const answer = given === undefined ? undefined : answerOf(wait, given);
		// One that ends by itself is waited for.
		if (answer) run.answer(wait.ask.id, answer);
		else if (wait.ask.until === null) open.push(wait);
	}
	return open;
}

function answerOf(wait: OpenWait, given: string): WaitAnswer {
	if (wait.kind === 'input') return { kind: 'input', answers: inputAnswers(wait, given) };
	if (wait.kind === 'approval') {
		const word = /^(?<yes>yes|y|approve|true)(?:$|[,:]\s*)|^(?:no|n|reject|false)(?:$|[,:]\s*)/iu.exec(given);
		if (!word) throw new UsageError(`'${wait.node}' asks for a yes or no: --answer ${wait.node}=yes, or =no.`);
		return { kind: 'approval', isApproved: word.groups?.['yes'] !== undefined, comment: given.slice(word[0].length) };
	}
	if (given !== 'again' && given !== 'fail')
		throw new UsageError(
			`'${wait.node}' was running when the program was killed: --answer ${wait.node}=again, or =fail.`,
		);
	return { kind: 'rerun', choice: given };
}

function inputAnswers({ ask, node }: OpenWait, given: string): Readonly<Record<string, string>> {
	const [first] = ask.questions;
	if (ask.questions.length <= 1 && first) return { [first.question]: given };
	let value: unknown;
	try {
		value = JSON.parse(given);
	} catch {
		value = undefined; // Said below.
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new UsageError(`'${node}' asks several questions: --answer '${node}={"name": "answer"}'.`);
	const texts = value as Readonly<Record<string, Json>>;
	return Object.fromEntries(
		ask.questions.flatMap(({ question, header }) => {
			const found = texts[header] ?? texts[question];
			return found === undefined ? [] : [[question, typeof found === 'string' ? found : JSON.stringify(found)]];
		}),
	);
}

/** How somebody goes on with a run that waits. */
export function waitSentence({ node, kind, ask }: OpenWait): string {
	const what = ask.title === '' ? 'an answer' : `“${ask.title}”`;
	if (kind === 'approval') return `'${node}' waits for a yes or no: ${what}. Answer with --answer ${node}=yes or =no.`;
	if (kind === 'input') return `'${node}' asks ${what}. Answer with --answer ${node}=TEXT.`;
	return `'${node}' was running when the program was killed, and may have done its work. Answer with --answer ${node}=again or =fail.`;
}
