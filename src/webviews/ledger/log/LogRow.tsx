import { memo, type ReactElement, type ReactNode } from 'react';
import type { LogLevel, LogLine } from '../../../core/ledger/views/executionLog';
import { formatClock } from '../../../core/ledger/views/format';
import { patternOf, type LogQuery } from './logStore';

const letters: Readonly<Record<LogLevel, string>> = { debug: 'D', info: 'I', warning: 'W', error: 'E' };

/** Marks of one line that are drawn; a pattern that matches everywhere would make thousands. */
const markLimit = 50;

export interface LogRowProps {
	readonly line: LogLine;
	readonly query: LogQuery;
	readonly isCurrent: boolean;
}

/** One line: when, how bad, which step, what. */
export const LogRow = memo(function LogRow({ line, query, isCurrent }: LogRowProps): ReactElement {
	return (
		<div className={`log-row ${line.level}${isCurrent ? ' current' : ''}`}>
			<span className="log-time">{formatClock(line.at)}</span>
			<span className="log-level" title={line.level}>
				{letters[line.level]}
			</span>
			<span className="log-source">{marked(line.source, query)}</span>
			<span className="log-text">{line.text === '' ? '\u00a0' : marked(line.text, query)}</span>
		</div>
	);
});

function marked(text: string, query: LogQuery): ReactNode {
	if (query.text === '' || text === '') return text;
	const pattern = patternOf(query, 'g');
	if (typeof pattern === 'string') return text;
	const parts: ReactNode[] = [];
	let end = 0;
	for (const match of text.matchAll(pattern)) {
		if (match[0] === '') continue;
		parts.push(text.slice(end, match.index), <mark key={match.index}>{match[0]}</mark>);
		end = match.index + match[0].length;
		if (parts.length >= 2 * markLimit) break;
	}
	return parts.length === 0 ? text : [...parts, text.slice(end)];
}
