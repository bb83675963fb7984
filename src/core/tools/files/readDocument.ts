import { stat } from 'node:fs/promises';
import { CancelledError, ExpectedError } from '../../base/errors';
import { Args, argumentsSchema, countArgument, textArgument } from '../args';
import { ownTool } from '../own';
import type { ReadDocumentText } from '../ports';
import { textResult, type Tool } from '../tool';
import { absolutePath, pathFailure, shownPath } from './paths';

const defaultChars = 400_000;

/** `quarterdeck_read_document`: what a PDF, a Word or Excel file, a notebook and the like say. */
export function readDocumentTool(readDocument: ReadDocumentText): Tool {
	return ownTool({
		name: 'quarterdeck_read_document',
		title: 'Read document',
		description:
			'Reads the text of a document: PDF, Word (docx), Excel (xlsx), CSV, HTML or a notebook, each page or sheet under its name. Pictures are left out. For plain text use quarterdeck_read_file.',
		schema: argumentsSchema(
			{
				file_path: textArgument('The file, absolute or relative to the working folder.', { minLength: 1 }),
				limit: countArgument(`Characters; ${defaultChars} when absent.`, 1000, 4_000_000),
			},
			['file_path'],
		),
		async run(input, { cwd, signal }) {
			const args = new Args(input);
			const path = absolutePath(args.text('file_path'), cwd);
			try {
				if (!(await stat(path)).isFile()) return textResult(`${path} is not a regular file.`, true);
				const { text, detail } = await readDocument(path, args.number('limit', defaultChars), signal);
				const shown = shownPath(path, cwd);
				return { ...textResult(`${shown}: ${detail}\n\n${text}`), value: { text, detail } };
			} catch (error) {
				if (signal.aborted) throw new CancelledError();
				if (ExpectedError.is(error)) return textResult(error.message, true);
				return pathFailure(error, path);
			}
		},
	});
}
