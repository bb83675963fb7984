import Papa from 'papaparse';
import readXlsxFile from 'read-excel-file/node';
import { ExpectedError } from '../base/errors';
import { textParts } from './archive';
import { countOf, unreadable, type DocumentPart, type ParsedDocument } from './document';
import { decodeText } from './text';

type Cell = string | number | boolean | Date | null;

/** The sheets of an Excel file (`.xlsx`), each as CSV. Formulas are there as the values that they had. */
export async function readExcel(bytes: Uint8Array): Promise<ParsedDocument> {
	let sheets: readonly { readonly sheet: string; readonly data: readonly (readonly unknown[])[] }[];
	try {
		sheets = await readXlsxFile(Buffer.from(textParts(bytes, 'xls')));
	} catch (error) {
		if (ExpectedError.is(error)) throw error;
		throw unreadable('is not an Excel file that can be read. An old .xls must be saved as .xlsx first.', error);
	}
	const parts = sheets.flatMap(({ sheet, data }): DocumentPart[] => {
		const rows = data.map(row => row.map(cell => cellText(cell as Cell)));
		if (rows.length === 0) return [];
		return [{ label: `Sheet “${sheet}”, ${countOf(rows.length, 'row')}`, text: Papa.unparse(rows, { newline: '\n' }) }];
	});
	if (parts.length === 0) throw unreadable('has no cells with a value.');
	const empty = sheets.length - parts.length;
	const notes = empty === 0 ? [] : [`${countOf(empty, 'sheet')} without a value left out.`];
	return { what: `Excel, ${countOf(sheets.length, 'sheet')}`, parts, notes };
}

function cellText(cell: Cell): string {
	if (cell === null) return '';
	if (!(cell instanceof Date)) return String(cell);
	const text = cell.toISOString();
	return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.replace('.000Z', 'Z');
}

/** A table of text (`.csv`, `.tsv`), as it is. Its shape is counted, for the user to see what they send. */
export async function readCsv(bytes: Uint8Array): Promise<ParsedDocument> {
	const text = decodeText(bytes).replace(/^\uFEFF/u, '');
	const { data } = Papa.parse<string[]>(text, { skipEmptyLines: true });
	if (data.length === 0) throw unreadable('is empty.');
	const columns = Math.max(...data.slice(0, 1000).map(row => row.length));
	const what = `CSV, ${countOf(data.length, 'row')} of ${countOf(columns, 'column')}`;
	return Promise.resolve({ what, parts: [{ label: '', text }], notes: [] });
}
