import { Refusal } from '../base/localHttp';

/** A file of a form. */
export interface FormFile {
	/** The last part of its path. */
	readonly name: string;
	readonly bytes: Buffer;
}

const mostHeaderBytes = 8 * 1024;
const mostParts = 100;
const lineEnd = Buffer.from('\r\n');
const headEnd = Buffer.from('\r\n\r\n');

/**
 * The first file of a form's field.
 * @throws `Refusal` 400 where there is none, 415 for a body that is no form
 */
export function formFile(body: Buffer, contentType: string, field: string): FormFile {
	const boundary = boundaryOf(contentType);
	for (const part of partsOf(body, Buffer.from(`--${boundary}`, 'latin1'))) {
		const file = fileOf(part, field);
		if (file) return file;
	}
	throw new Refusal(400, `The form has no file in its field “${field}”: curl -F ${field}=@report.pdf …`);
}

function boundaryOf(contentType: string): string {
	const isForm = /^multipart\/form-data\s*;/iu.test(contentType);
	const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/iu.exec(contentType) ?? [];
	const boundary = quoted ?? plain;
	if (!isForm || boundary === undefined) throw new Refusal(415, 'Send the file as a form: multipart/form-data.');
	return boundary;
}

/** What stands between the delimiters. A delimiter stands at the beginning of a line, and nothing but white space follows it. */
function partsOf(body: Buffer, delimiter: Buffer): readonly Buffer[] {
	const parts: Buffer[] = [];
	const marks = marksOf(body, delimiter);
	for (const [index, mark] of marks.entries()) {
		if (mark.isLast) return parts;
		const next = marks[index + 1];
		if (!next) break;
		if (parts.length >= mostParts) throw new Refusal(400, `The form has more than ${mostParts} parts.`);
		parts.push(body.subarray(mark.end, next.start));
	}
	throw new Refusal(400, 'The form has no end: it was cut off, or its boundary is another.');
}

interface Mark {
	/** Where the part before it ends. */
	readonly start: number;
	/** Where the part behind it begins. */
	readonly end: number;
	readonly isLast: boolean;
}

function marksOf(body: Buffer, delimiter: Buffer): readonly Mark[] {
	const marks: Mark[] = [];
	for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + 1)) {
		const isLineStart = at === 0 || body.subarray(at - 2, at).equals(lineEnd);
		if (!isLineStart) continue;
		const start = at === 0 ? 0 : at - 2;
		const behind = at + delimiter.length;
		const isLast = body[behind] === 0x2d && body[behind + 1] === 0x2d;
		if (isLast) return [...marks, { start, end: behind + 2, isLast }];
		const end = lineEndBehind(body, behind);
		if (end !== undefined && marks.length <= mostParts) marks.push({ start, end, isLast });
	}
	return marks;
}

/** Spaces and tabs may stand before the end of the line. */
function lineEndBehind(body: Buffer, from: number): number | undefined {
	let at = from;
	while (body[at] === 0x20 || body[at] === 0x09) at += 1;
	return body[at] === 0x0d && body[at + 1] === 0x0a ? at + 2 : undefined;
}

function fileOf(part: Buffer, field: string): FormFile | undefined {
	const end = part.subarray(0, mostHeaderBytes).indexOf(headEnd);
	if (end < 0) throw new Refusal(400, 'A part of the form has no headers.');
	const heads = part.subarray(0, end).toString('utf8').split('\r\n');
	const disposition = heads.find(line => /^content-disposition\s*:/iu.test(line)) ?? '';
	const name = parameter(disposition, 'filename');
	if (parameter(disposition, 'name') !== field || name === undefined) return undefined;
	return { name: plainName(name), bytes: part.subarray(end + headEnd.length) };
}

/** A parameter of a header; browsers write a quotation mark as `%22`, others put a backslash before it. */
function parameter(header: string, name: string): string | undefined {
	const encoded = new RegExp(`;\\s*${name}\\*=utf-8''([^;\\s]+)`, 'iu').exec(header)?.[1];
	if (encoded !== undefined) return decoded(encoded);
	const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s"]+))`, 'iu').exec(header);
	const text = match?.[1]?.replaceAll(/\\(["\\])/gu, '$1') ?? match?.[2];
	return text?.replaceAll('%22', '"');
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text; // Not what it says it is; a name is only shown.
	}
}

/** A name without folders and control characters: it is told back, and its ending says of what kind the file is. */
function plainName(name: string): string {
	const last = name.split(/[/\\]/u).at(-1) ?? '';
	// oxlint-disable-next-line no-control-regex -- these are what is taken out
	return last.replaceAll(/[\u0000-\u001f\u007f]/gu, '').slice(0, 255) || 'file';
}
