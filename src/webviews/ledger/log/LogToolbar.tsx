import { type ReactElement, type RefObject } from 'react';
import { logLevels, type LogLevel } from '../../../core/ledger/views/executionLog';
import { IconButton } from '../../shared/components/IconButton';
import type { Walk } from './walk';
import { noQuery, type LogQuery, type LogSnapshot } from './logStore';

const levelLabels: Readonly<Record<LogLevel, string>> = {
	debug: 'Text',
	info: 'Info',
	warning: 'Warnings',
	error: 'Errors',
};

export interface LogToolbarProps {
	readonly log: LogSnapshot;
	readonly search: RefObject<HTMLInputElement | null>;
	readonly walk: Walk;
	readonly onQuery: (query: LogQuery) => void;
	readonly onLevels: (levels: ReadonlySet<LogLevel>) => void;
	readonly onCopy: () => void;
	readonly onSave: () => void;
}

/** Search, levels, and what can be done with the whole log. */
export function LogToolbar(props: LogToolbarProps): ReactElement {
	const { log, walk, onCopy, onSave } = props;
	const { isFollowing, setIsFollowing } = walk;
	return (
		<div className="log-toolbar" role="toolbar" aria-label="Log">
			<Search {...props} />
			<Levels levels={log.levels} onLevels={props.onLevels} />
			<span className="spacer" />
			<span className="muted log-count">{countText(log)}</span>
			<button
				type="button"
				className="toggle"
				aria-pressed={isFollowing}
				title="Keep the newest line in view"
				onClick={() => setIsFollowing(!isFollowing)}
			>
				Follow
			</button>
			<IconButton icon="copy" label="Copy the shown lines" onClick={onCopy} />
			<IconButton icon="save" label="Save the shown lines…" onClick={onSave} />
			{log.problem !== null && (
				<p className="log-problem" role="alert">
					{log.problem}
				</p>
			)}
		</div>
	);
}

function Search({ log, search, walk, onQuery }: LogToolbarProps): ReactElement {
	const { query, matches } = log;
	const change = (part: Partial<LogQuery>): void => onQuery({ ...query, ...part });
	return (
		<div className="search" role="search">
			<input
				ref={search}
				type="text"
				className="search-field"
				value={query.text}
				placeholder="Search the log"
				aria-label="Search the log"
				spellCheck={false}
				aria-invalid={log.problem !== null}
				onChange={event => change({ text: event.currentTarget.value })}
				onKeyDown={event => {
					if (event.key === 'Enter') walk.goTo(event.shiftKey ? -1 : 1);
					else if (event.key === 'Escape' && query.text !== '') onQuery({ ...noQuery, isRegex: query.isRegex });
					else return;
					event.preventDefault();
				}}
			/>
			<button
				type="button"
				className="toggle codicon codicon-case-sensitive"
				aria-pressed={query.isCaseSensitive}
				aria-label="Match case"
				title="Match case"
				onClick={() => change({ isCaseSensitive: !query.isCaseSensitive })}
			/>
			<button
				type="button"
				className="toggle codicon codicon-regex"
				aria-pressed={query.isRegex}
				aria-label="Use a regular expression"
				title="Use a regular expression"
				onClick={() => change({ isRegex: !query.isRegex })}
			/>
			<span className="search-count" role="status">
				{query.text === '' ? '' : matchText(walk.match, matches.length, log.isSearching)}
			</span>
			<IconButton
				icon="arrow-up"
				label="Previous match"
				isDisabled={matches.length === 0}
				onClick={() => walk.goTo(-1)}
			/>
			<IconButton icon="arrow-down" label="Next match" isDisabled={matches.length === 0} onClick={() => walk.goTo(1)} />
		</div>
	);
}

function Levels({
	levels,
	onLevels,
}: {
	readonly levels: ReadonlySet<LogLevel>;
	readonly onLevels: (levels: ReadonlySet<LogLevel>) => void;
}): ReactElement {
	const toggle = (level: LogLevel): void => {
		const next = new Set(levels);
		if (!next.delete(level)) next.add(level);
		onLevels(next);
	};
	return (
		<div className="levels" role="group" aria-label="Levels">
			{logLevels.map(level => (
				<button
					key={level}
					type="button"
					className={`toggle level ${level}`}
					aria-pressed={levels.has(level)}
					onClick={() => toggle(level)}
				>
					{levelLabels[level]}
				</button>
			))}
		</div>
	);
}

function matchText(match: number | null, total: number, isSearching: boolean): string {
	if (total === 0) return isSearching ? 'Searching…' : 'No match';
	const more = isSearching ? '…' : '';
	if (match === null) return `${total.toLocaleString('en')} found${more}`;
	return `${(match + 1).toLocaleString('en')} of ${total.toLocaleString('en')}${more}`;
}

function countText(log: LogSnapshot): string {
	const total = log.total.toLocaleString('en');
	return log.shown === log.total ? `${total} lines` : `${log.shown.toLocaleString('en')} of ${total} lines`;
}
