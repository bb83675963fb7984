import { ExpectedError } from '../../base/errors';
import { holdsSecretMark } from '../../safety/secrets';
import { Args, argumentsSchema, textArgument } from '../args';
import { ownTool } from '../own';
import type { BuiltInPorts } from '../ports';
import { textResult, type Tool, type ToolResult } from '../tool';
import { bytesOrNull, diffLines, replaceFile } from './changedFile';
import { absolutePath, pathFailure, shownPath } from './paths';
import type { ReadMarks } from './readMarks';
import { decodeText, encodeText, isBinary, newFileFormat } from './textFile';

/** `quarterdeck_write_file`: makes a file or replaces it as a whole. */
export function writeFileTool(ports: Pick<BuiltInPorts, 'code'>, marks: ReadMarks): Tool {
	return ownTool({
		name: 'quarterdeck_write_file',
		title: 'Write file',
		description:
			'Makes a file, with its folders, or replaces the whole content of one. A file that exists must have been read before. ' +
			'Its line endings, byte order mark and encoding are kept. To change parts of a file use quarterdeck_edit_file.',
		schema: argumentsSchema(
			{
				file_path: textArgument('The file, absolute or relative to the working folder.', { minLength: 1 }),
				content: textArgument('The whole text of the file.'),
			},
			['file_path', 'content'],
		),
		async run(input, { cwd, conversation }) {
			const args = new Args(input);
			const path = absolutePath(args.text('file_path'), cwd);
			const content = args.text('content');
			const objection = objectionTo(content) ?? unsavedObjection(ports, path);
			if (objection !== undefined) return textResult(objection, true);
			try {
				const before = await bytesOrNull(path);
				const stale = before === null ? undefined : marks.objection(conversation, path, before);
				if (stale !== undefined) return textResult(stale, true);
				const old = before === null || isBinary(before) ? null : decodeText(before);
				const text = content.replaceAll('\r\n', '\n');
				const bytes = encodeText(old?.format.eol === '\r\n' ? text : content, old?.format ?? newFileFormat);
				await replaceFile(path, bytes);
				marks.mark(conversation, path, bytes);
				return written(shownPath(path, cwd), old?.text ?? '', text, before === null);
			} catch (error) {
				if (ExpectedError.is(error)) return textResult(error.message, true);
				return pathFailure(error, path);
			}
		},
	});
}

/** Our own mark in place of a secret must never be written over the secret. */
export function objectionTo(text: string): string | undefined {
	return holdsSecretMark(text)
		? 'The text holds a mark that stands for a secret which was hidden from you. Writing it would destroy the secret. Change the parts around it with quarterdeck_edit_file.'
		: undefined;
}

/** What the user has typed and not saved would be lost or come back over the change. */
export function unsavedObjection(ports: Pick<BuiltInPorts, 'code'>, path: string): string | undefined {
	return ports.code?.unsavedText(path) === undefined
		? undefined
		: `${path} is open in the editor with changes that are not saved. Ask the user to save or revert it, then try again.`;
}

function written(shown: string, before: string, after: string, isNew: boolean): ToolResult {
	if (!isNew && before === after) return textResult(`${shown} held exactly this already.`);
	const lines = after.split('\n').length - (after.endsWith('\n') ? 1 : 0);
	const text = isNew ? `Made ${shown} (${lines} lines).` : `Wrote ${shown} (${lines} lines).`;
	return { ...textResult(text), diff: diffLines(before, after) };
}
