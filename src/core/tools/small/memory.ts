import { ExpectedError } from '../../base/errors';
import { memoryCategories } from '../../ledger/events';
import { redactSecrets } from '../../safety/secrets';
import { Args, argumentsSchema, countArgument, textArgument } from '../args';
import { ownTool } from '../own';
import type { MemoryPort } from '../ports';
import { textResult, type Tool } from '../tool';

const categories = memoryCategories.filter(category => category !== 'summary');

/** `quarterdeck_memory_search`, `quarterdeck_remember` and `quarterdeck_forget`. */
export function memoryTools(memory: MemoryPort): readonly Tool[] {
	return [searchTool(memory), rememberTool(memory), forgetTool(memory)];
}

function searchTool(memory: MemoryPort): Tool {
	return ownTool({
		name: 'quarterdeck_memory_search',
		title: 'Search memory',
		description:
			'Looks for what was remembered in earlier conversations: preferences, decisions and facts of the user and the project.',
		schema: argumentsSchema(
			{
				query: textArgument('Words to look for.', { minLength: 1, maxLength: 300 }),
				limit: countArgument('How many; 10 when absent.', 1, 50),
			},
			['query'],
		),
		run: async (input, { cwd, conversation }) => {
			const args = new Args(input);
			const where = { text: args.text('query'), limit: args.number('limit', 10), project: cwd, conversation };
			const facts = await memory.search(where);
			if (facts.length === 0) return { ...textResult('Nothing is remembered about that.'), value: [] };
			const lines = facts.map(({ id, text, category }) => `[${id}] ${category}: ${text}`);
			const value = facts.map(({ id, text, category }) => ({ id, text, category }));
			return { ...textResult(lines.join('\n')), value };
		},
	});
}

function rememberTool(memory: MemoryPort): Tool {
	return ownTool({
		name: 'quarterdeck_remember',
		title: 'Remember',
		description:
			'Keeps one fact for later conversations; the user sees it and can undo it. Only what stays true and is worth knowing later, in one sentence. Never passwords or keys.',
		schema: argumentsSchema(
			{
				text: textArgument('The fact, in one sentence.', { minLength: 3, maxLength: 500 }),
				category: { type: 'string', enum: categories },
				is_everywhere: { type: 'boolean', description: 'It holds in every project, not only in this one.' },
				is_permanent: { type: 'boolean', description: 'Keep it for good; otherwise for 30 days.' },
			},
			['text', 'category'],
		),
		run: async (input, { cwd, conversation }) => {
			const args = new Args(input);
			const text = args.text('text');
			if (redactSecrets(text).found.length > 0)
				return textResult('That holds a secret, which is never remembered.', true);
			const category = categories.find(known => known === args.text('category')) ?? 'fact';
			const project = args.flag('is_everywhere') ? null : cwd;
			const fact = { text, category, isPermanent: args.flag('is_permanent'), project, conversation };
			try {
				const { id } = await memory.remember(fact);
				return { ...textResult(`Remembered as [${id}].`), value: { id } };
			} catch (error) {
				if (ExpectedError.is(error)) return textResult(error.message, true);
				throw error;
			}
		},
	});
}

function forgetTool(memory: MemoryPort): Tool {
	return ownTool({
		name: 'quarterdeck_forget',
		title: 'Forget',
		description: 'Removes one remembered fact: its id and its text as quarterdeck_memory_search shows them.',
		schema: argumentsSchema(
			{
				id: textArgument('The id, without brackets.', { minLength: 1, maxLength: 100 }),
				text: textArgument('The text of the fact, which the user reads before they allow it.', { minLength: 1 }),
			},
			['id', 'text'],
		),
		run: async input => {
			const args = new Args(input);
			const id = args.text('id');
			const done = await memory.forget(id, args.text('text'));
			if (done === 'forgotten') return textResult('Forgotten.');
			const problem =
				done === 'differs' ? `[${id}] says something else; search again.` : `Nothing is remembered as [${id}].`;
			return textResult(problem, true);
		},
	});
}
