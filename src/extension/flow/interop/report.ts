import * as vscode from 'vscode';
import { reportText, type InteropReport, type ReportKind } from '../../../core/flow/interop/report';
import { showMarkdown } from '../../host/showMarkdown';
import { shownText } from '../valueText';

const words: readonly (readonly [ReportKind, string])[] = [
	['translated', 'translated'],
	['flagged', 'to mend'],
	['kept', 'kept as it was'],
	['dropped', 'left out'],
];

/** `5 translated, 1 to mend`. */
export function reportSummary({ lines }: InteropReport): string {
	const parts = words.flatMap(([kind, word]) => {
		const count = lines.filter(line => line.kind === kind).length;
		return count === 0 ? [] : [`${count} ${word}`];
	});
	return parts.length === 0 ? 'nothing to say' : parts.join(', ');
}

/** Opens the whole report beside, to read. */
export async function showReport(title: string, report: InteropReport, more = ''): Promise<void> {
	const text = `# ${title}\n\n${more === '' ? '' : `${more}\n\n`}${reportText(report).replaceAll(/^###/gmu, '##')}\n`;
	const uri = shownText('Report.md', text);
	await showMarkdown(uri, true);
}

/** Says in a sentence what came of it, and offers the whole report. */
export async function tellReport(sentence: string, report: InteropReport, more = ''): Promise<void> {
	const needsWord = report.lines.some(({ kind }) => kind !== 'translated');
	const show = needsWord ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
	const text = `${sentence} ${report.system}: ${reportSummary(report)}.`;
	if ((await show(text, 'Show Report')) === 'Show Report') await showReport(sentence, report, more);
}
