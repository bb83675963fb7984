import * as vscode from 'vscode';
import { asId, type StepId } from '../../core/base/ids';
import type { Ledger, StepRow } from '../../core/ledger/queries';
import type { StepPart } from '../../core/ledger/pageProtocol';

/** Read-only documents that show a step's input or output. */
export const stepScheme = 'quarterdeck-step';
const sliceLength = 1024 * 1024;

/** The address of a step's text; the name is what the tab says. */
export function stepUri(step: Pick<StepRow, 'name'>, at: StepPart, isJson: boolean): vscode.Uri {
	const name = step.name.replaceAll(/[^\w.-]+/g, '-') || 'step';
	const path = `/${at.step}/${name}-${at.part}.${isJson ? 'json' : 'txt'}`;
	return vscode.Uri.from({ scheme: stepScheme, path, query: at.part });
}

/** A step's whole text, read in slices. */
export async function readStepText(ledger: Ledger, { step, part }: Omit<StepPart, 'execution'>): Promise<string> {
	const parts: string[] = [];
	let offset = 0;
	for (let total = Infinity; offset < total;) {
		const slice = await ledger.query('stepText', { step, part, offset, length: sliceLength });
		({ total } = slice);
		if (slice.text.length === 0) break;
		parts.push(slice.text);
		offset += slice.text.length;
	}
	return parts.join('');
}

/** The text of a document of `stepScheme`. */
export async function stepDocument(ledger: Ledger, uri: vscode.Uri): Promise<string> {
	const step = asId<StepId>(uri.path.split('/')[1] ?? '');
	return prettyJson(await readStepText(ledger, { step, part: uri.query === 'input' ? 'input' : 'output' }));
}

/** JSON with indents; any other text as it is. */
export function prettyJson(text: string): string {
	if (!isJson(text)) return text;
	return JSON.stringify(JSON.parse(text), null, 2);
}

/** Whether the text is a JSON object or list, which read better indented. */
export function isJson(text: string): boolean {
	if (!/^\s*[[{]/.test(text)) return false;
	try {
		JSON.parse(text);
		return true;
	} catch {
		// Most text that begins like JSON and is not, such as a log line in brackets: shown as it is.
		return false;
	}
}
