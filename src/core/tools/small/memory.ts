import { redactSecrets } from '../../safety/secrets';
import { Args, argumentsSchema, countArgument, textArgument } from '../args';
import { ownTool } from '../own';
import type { MemoryPort } from '../ports';
import { textResult, type Tool } from '../tool';

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
		run: async input => {
			const args = new Args(input);
			const facts = await memory.search(args.text('query'), args.number('limit', 10));
			if (facts.length === 0) return textResult('Nothing is remembered about that.');
			return textResult(facts.map(({ id, text, category }) => `[${id}] ${category}: ${text}`).join('\n'));
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
				category: { type: 'string', enum: ['preference', 'project', 'person', 'decision', 'fact'] },
				is_permanent: { type: 'boolean', description: 'Keep it for good; otherwise for 30 days.' },
			},
			['text', 'category'],
		),
		run: async (input, { conversation }) => {
			const args = new Args(input);
			const text = args.text('text');
			if (redactSecrets(text).found.length > 0)
				return textResult('That holds a secret, which is never remembered.', true);
			const category = args.text('category');
			const isPermanent = args.flag('is_permanent');
			const { id } = await memory.remember({ text, category, isPermanent, conversation });
			return textResult(`Remembered as [${id}].`);
		},
	});
}

function forgetTool(memory: MemoryPort): Tool {
	return ownTool({
		name: 'quarterdeck_forget',
		title: 'Forget',
		description: 'Removes one remembered fact by the id that quarterdeck_memory_search shows.',
		schema: argumentsSchema({ id: textArgument('The id.', { minLength: 1, maxLength: 100 }) }, ['id']),
		run: async input => {
			const id = new Args(input).text('id');
			return (await memory.forget(id))
				? textResult('Forgotten.')
				: textResult(`Nothing is remembered as [${id}].`, true);
		},
	});
}
