import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { Args, argumentsSchema, countArgument, textArgument } from '../args';
import { ownTool } from '../own';
import type { BuiltInPorts } from '../ports';
import { textResult, type Tool, type ToolContext, type ToolResult } from '../tool';
import { absolutePath, pathFailure, shownPath } from './paths';
import type { ReadMarks } from './readMarks';
import { decodeText, isBinary } from './textFile';

const maxTextBytes = 20_000_000;
const maxImageBytes = 5_000_000;
const defaultLines = 2000;
const maxLineChars = 2000;

const imageTypes: Readonly<Record<string, string>> = {
	'.png': 'image/png',
	'.jpg': 'image/jpeg',
	'.jpeg': 'image/jpeg',
	'.gif': 'image/gif',
	'.webp': 'image/webp',
};

/** `quarterdeck_read_file`: a text with numbered lines, or an image. */
export function readFileTool(ports: Pick<BuiltInPorts, 'code'>, marks: ReadMarks): Tool {
	return ownTool({
		name: 'quarterdeck_read_file',
		title: 'Read file',
		description:
			`Reads a file: text with line numbers (a number, a tab, the line), or an image. At most ${defaultLines} lines unless told otherwise; ` +
			'read long files in parts with first_line and line_count. The numbers are not a part of the file. Read a file before changing it.',
		schema: argumentsSchema(
			{
				file_path: textArgument('The file, absolute or relative to the working folder.'),
				first_line: countArgument('The first line to read, from 1.', 1, 100_000_000),
				line_count: countArgument('How many lines to read.', 1, 20_000),
			},
			['file_path'],
		),
		async run(input, context) {
			const args = new Args(input);
			const path = absolutePath(args.text('file_path'), context.cwd);
			try {
				return await read(path, args, context, ports, marks);
			} catch (error) {
				return pathFailure(error, path);
			}
		},
	});
}

async function read(
	path: string,
	args: Args,
	context: ToolContext,
	ports: Pick<BuiltInPorts, 'code'>,
	marks: ReadMarks,
): Promise<ToolResult> {
	const imageType = imageTypes[extname(path).toLowerCase()];
	const bytes = await readRegular(path, imageType === undefined ? maxTextBytes : maxImageBytes);
	if (typeof bytes === 'string') return textResult(bytes, true);
	if (imageType !== undefined && isBinary(bytes)) {
		const image = { mediaType: imageType, data: bytes.toString('base64') };
		return { content: [{ type: 'image', ...image }], isError: false, value: image };
	}
	if (isBinary(bytes))
		return textResult(`${path} is not a text file (${bytes.length.toLocaleString('en')} bytes).`, true);
	marks.mark(context.conversation, path, bytes);
	const { text } = decodeText(bytes);
	const unsaved = ports.code?.unsavedText(path);
	const note =
		unsaved === undefined || unsaved.replaceAll('\r\n', '\n') === text
			? ''
			: '\n[The editor holds changes of this file that are not saved; this is what is on disk.]';
	return { ...textResult(numbered(text, shownPath(path, context.cwd), args) + note), value: linesOf(text, args) };
}

/** The bytes of a regular file, or why it is not read: a pipe or a device could keep a reader for ever. */
async function readRegular(path: string, most: number): Promise<Buffer | string> {
	// Opening a pipe would wait for somebody to write to it.
	const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	try {
		const stat = await file.stat();
		if (stat.isDirectory()) return `${path} is a folder. List it with quarterdeck_list_folder.`;
		if (!stat.isFile()) return `${path} is not a regular file.`;
		if (stat.size > most) {
			const size = `${Math.ceil(stat.size / 1_000_000).toLocaleString('en')} MB`;
			return `${path} is too large to be read as a whole (${size}). Find the part you need with quarterdeck_search.`;
		}
		return await file.readFile();
	} finally {
		await file.close();
	}
}

function numbered(text: string, shown: string, args: Args): string {
	if (text === '') return `${shown} is empty.`;
	const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
	const first = args.number('first_line', 1);
	if (first > lines.length) return `${shown} has ${lines.length} lines; line ${first} is behind its end.`;
	const last = Math.min(lines.length, first - 1 + args.number('line_count', defaultLines));
	const part = lines.slice(first - 1, last).map((line, index) => `${first + index}\t${cutLine(line)}`);
	const left = lines.length - last;
	const note = left > 0 ? `\n[${left} more lines; go on with first_line ${last + 1}]` : '';
	return `${part.join('\n')}${note}`;
}

/** For a program: the lines that were asked for, else all, as they are. */
function linesOf(text: string, args: Args): string {
	const first = args.number('first_line', 1);
	const count = args.number('line_count', 0);
	if (first <= 1 && count === 0) return text;
	const lines = text.split(/(?<=\n)/u);
	return lines.slice(first - 1, count === 0 ? undefined : first - 1 + count).join('');
}

function cutLine(line: string): string {
	if (line.length <= maxLineChars) return line;
	return `${line.slice(0, maxLineChars)}… [${line.length - maxLineChars} characters of this line left out]`;
}
