// Office files and PDFs made by hand, so that tests can say what is in them. They are what the formats ask for at least.
import { strToU8, zipSync } from 'fflate';

const xml = (body: string): Uint8Array => strToU8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${body}`);
const office = 'http://schemas.openxmlformats.org';
const relationships = (entries: string): Uint8Array =>
	xml(`<Relationships xmlns="${office}/package/2006/relationships">${entries}</Relationships>`);

/** A Word document of these body elements. */
export function makeWord(body: string): Uint8Array {
	return zipSync({
		'[Content_Types].xml': xml(
			`<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		),
		'_rels/.rels': relationships(
			`<Relationship Id="r1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>`,
		),
		'word/document.xml': xml(
			`<w:document xmlns:w="${office}/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
		),
	});
}

/** One paragraph; `style` as in `Heading1`. */
export function paragraph(text: string, style = ''): string {
	const properties = style === '' ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`;
	return `<w:p>${properties}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}

/** An Excel file of these sheets. */
export function makeExcel(sheets: Readonly<Record<string, readonly (readonly (string | number)[])[]>>): Uint8Array {
	const names = Object.keys(sheets);
	const files: Record<string, Uint8Array> = {
		'[Content_Types].xml': xml(
			`<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>`,
		),
		'_rels/.rels': relationships(
			`<Relationship Id="r1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>`,
		),
		'xl/workbook.xml': xml(
			`<workbook xmlns="${office}/spreadsheetml/2006/main" xmlns:r="${office}/officeDocument/2006/relationships"><sheets>${names.map((name, n) => `<sheet name="${name}" sheetId="${n + 1}" r:id="s${n + 1}"/>`).join('')}</sheets></workbook>`,
		),
		'xl/_rels/workbook.xml.rels': relationships(
			names
				.map(
					(_, n) =>
						`<Relationship Id="s${n + 1}" Type="${office}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet${n + 1}.xml"/>`,
				)
				.join(''),
		),
		'xl/styles.xml': xml(`<styleSheet xmlns="${office}/spreadsheetml/2006/main"/>`),
	};
	for (const [n, rows] of Object.values(sheets).entries()) {
		files[`xl/worksheets/sheet${n + 1}.xml`] = xml(
			`<worksheet xmlns="${office}/spreadsheetml/2006/main"><sheetData>${rows.map(rowXml).join('')}</sheetData></worksheet>`,
		);
	}
	return zipSync(files);
}

function rowXml(cells: readonly (string | number)[], row: number): string {
	const all = cells.map((cell, column) => {
		const at = `${String.fromCharCode(65 + column)}${row + 1}`;
		return typeof cell === 'number'
			? `<c r="${at}"><v>${cell}</v></c>`
			: `<c r="${at}" t="inlineStr"><is><t>${cell}</t></is></c>`;
	});
	return `<row r="${row + 1}">${all.join('')}</row>`;
}

/** A PDF with one page for each text; a line of it is a line on the page, and an empty text is a page without any. */
export function makePdf(pages: readonly string[]): Uint8Array {
	const objects: string[] = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		`<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, n) => `${4 + 2 * n} 0 R`).join(' ')}] >>`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
	];
	for (const [n, text] of pages.entries()) {
		const lines = text.split('\n').map(line => `(${line.replaceAll(/[()\\]/gu, '\\$&')}) Tj 0 -14 Td`);
		const content = text === '' ? '' : `BT /F1 12 Tf 72 720 Td ${lines.join(' ')} ET`;
		objects.push(
			`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + 2 * n} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
			`<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
		);
	}
	let file = '%PDF-1.4\n';
	const offsets = objects.map((object, n) => {
		const at = file.length;
		file += `${n + 1} 0 obj\n${object}\nendobj\n`;
		return at;
	});
	const table = file.length;
	file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
	file += offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
	file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
	return strToU8(file, true);
}
