import { ExpectedError } from '../../base/errors';
import { Args, argumentsSchema, textArgument } from '../args';
import { ownTool } from '../own';
import type { BuiltInPorts } from '../ports';
import { textResult, type Tool, type ToolResult } from '../tool';
import { bytesOrNull, diffLines, replaceFile } from './changedFile';
import { absolutePath, pathFailure, shownPath } from './paths';
import type { ReadMarks } from './readMarks';
import { applyReplacements, type EditFailure, type Replacement } from './replacements';
import { decodeText, encodeText, isBinary } from './textFile';
import { objectionTo, unsavedObjection } from './writeFile';

const maxBytes = 20_000_000;

const sentences: Readonly<Record<EditFailure, string>> = {
	'not-found':
		'its old_string is not in the file. It must be the exact text, without the line numbers that reading shows',
	'not-unique':
		'its old_string stands in the file more than once. Take in more of the lines around it, or set replace_all',
	'file-exists': 'an empty old_string would make a file that exists already',
	unchanged: 'it changes nothing',
};

/** `quarterdeck_edit_file`: exact replacements in one file, all of them or none. */
export function editFileTool(ports: Pick<BuiltInPorts, 'code'>, marks: ReadMarks): Tool {
	return ownTool({
		name: 'quarterdeck_edit_file',
		title: 'Edit file',
		description:
			'Replaces exact pieces of text in a file that was read before. Several edits are made one after another, each in the result of the one before; ' +
			'when one cannot be made, none is. Line endings, byte order mark and encoding are kept.',
		schema: argumentsSchema(
			{
				file_path: textArgument('The file, absolute or relative to the working folder.', { minLength: 1 }),
				edits: {
					type: 'array',
					minItems: 1,
					maxItems: 200,
					items: argumentsSchema(
						{
							old_string: textArgument('The exact text to replace; it stands in the file once.', { minLength: 1 }),
							new_string: textArgument('What stands there instead.'),
							replace_all: { type: 'boolean', description: 'Replace every occurrence.' },
						},
						['old_string', 'new_string'],
					),
				},
			},
			['file_path', 'edits'],
		),
		async run(input, { cwd, conversation }) {
			const args = new Args(input);
			const path = absolutePath(args.text('file_path'), cwd);
			const edits = args.list('edits').map(replacementOf);
			const hidden = edits.map(edit => objectionTo(edit.newString)).find(text => text !== undefined);
			const objection = hidden ?? unsavedObjection(ports, path);
			if (objection !== undefined) return textResult(objection, true);
			try {
				const before = await bytesOrNull(path);
				if (before === null) return textResult(`${path} does not exist. Make it with quarterdeck_write_file.`, true);
				const stale = staleText(before, path) ?? marks.objection(conversation, path, before);
				if (stale !== undefined) return textResult(stale, true);
				const { bytes, result } = edited(before, edits, shownPath(path, cwd));
				if (bytes === undefined) return result;
				await replaceFile(path, bytes);
				marks.mark(conversation, path, bytes);
				return result;
			} catch (error) {
				if (ExpectedError.is(error)) return textResult(error.message, true);
				return pathFailure(error, path);
			}
		},
	});
}

function staleText(before: Buffer, path: string): string | undefined {
	if (before.length > maxBytes) return `${path} is too large to be edited.`;
	return isBinary(before) ? `${path} is not a text file.` : undefined;
}

function edited(
	before: Buffer,
	edits: readonly Replacement[],
	shown: string,
): { readonly bytes?: Buffer; readonly result: ToolResult } {
	const { text, format, hasMixedEnds } = decodeText(before);
	let current = text;
	for (const [index, edit] of edits.entries()) {
		const outcome = applyOne(current, edit, hasMixedEnds);
		if (!outcome.isApplied) {
			const which = edits.length === 1 ? 'The edit' : `Edit ${index + 1} of ${edits.length}`;
			const rest = edits.length === 1 ? '' : ' None of the edits was made.';
			return { result: textResult(`${which} of ${shown} cannot be made: ${sentences[outcome.failure]}.${rest}`, true) };
		}
		current = outcome.text;
	}
	if (current === text) return { result: textResult(`The edits change nothing in ${shown}.`, true) };
	const count = edits.length === 1 ? '1 edit' : `${edits.length} edits`;
	const result = { ...textResult(`Made ${count} in ${shown}.`), diff: diffLines(text, current) };
	return { bytes: encodeText(current, format), result };
}

/** In a file with both kinds of line endings, lines that the model saw with `\n` may have `\r\n`. */
function applyOne(text: string, edit: Replacement, hasMixedEnds: boolean): ReturnType<typeof applyReplacements> {
	const outcome = applyReplacements(text, [edit]);
	if (outcome.isApplied || !hasMixedEnds || outcome.failure !== 'not-found') return outcome;
	const [oldString, newString] = [edit.oldString, edit.newString].map(part => part.replaceAll('\n', '\r\n'));
	return applyReplacements(text, [{ ...edit, oldString: oldString ?? '', newString: newString ?? '' }]);
}

function replacementOf(edit: Args): Replacement {
	const plain = (key: string): string => edit.text(key).replaceAll('\r\n', '\n');
	return { oldString: plain('old_string'), newString: plain('new_string'), isAll: edit.flag('replace_all') };
}
