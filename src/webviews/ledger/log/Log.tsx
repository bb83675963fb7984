import { useEffect, useRef, useSyncExternalStore, type KeyboardEvent, type ReactElement, type RefObject } from 'react';
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso';
import type { ExecutionPageView } from '../../../core/ledger/pageProtocol';
import { isMoving } from '../../../core/ledger/views/timeline';
import { useHost } from '../host';
import { LogRow } from './LogRow';
import type { LogQuery, LogStore } from './logStore';
import { LogToolbar } from './LogToolbar';
import { useWalk, type Walk } from './walk';
import type { LogReader } from './logReader';

export interface LogProps {
	readonly view: ExecutionPageView;
	/** Lives as long as the page, so that a change of tabs reads nothing again. */
	readonly reader: LogReader;
}

/** The log viewer. */
export function Log({ view, reader }: LogProps): ReactElement {
	const { attempt } = useHost();
	const { store } = reader;
	useEffect(() => reader.follow(view), [reader, view]);
	const reading = useSyncExternalStore(reader.subscribe, reader.snapshot);
	const log = useSyncExternalStore(store.subscribe, store.snapshot);
	const search = useRef<HTMLInputElement>(null);
	const list = useRef<VirtuosoHandle>(null);
	const walk = useWalk(list, log, isMoving(view.execution));
	const suggestedName = `execution-${view.execution.id}.log`;
	return (
		<div
			id="tab-panel"
			className="log"
			role="tabpanel"
			aria-labelledby="tab-log"
			onKeyDown={event => handleKey(event, search.current, walk.goTo)}
		>
			<LogToolbar
				log={log}
				search={search}
				walk={walk}
				onQuery={query => {
					walk.reset();
					store.setQuery(query);
				}}
				onLevels={levels => {
					walk.reset();
					store.setLevels(levels);
				}}
				onCopy={() => void attempt('copyText', { text: store.text() })}
				onSave={() => void attempt('saveText', { suggestedName, text: store.text() })}
			/>
			{reading.problem !== null && (
				<p className="log-problem" role="alert">
					The log could not be read to its end: {reading.problem}{' '}
					<button type="button" className="text-button" onClick={() => reader.follow(view)}>
						Try Again
					</button>
				</p>
			)}
			<LogList store={store} list={list} walk={walk} isReading={reading.isReading} />
		</div>
	);
}

function handleKey(event: KeyboardEvent, search: HTMLInputElement | null, goTo: Walk['goTo']): void {
	if ((event.ctrlKey || event.metaKey) && event.key === 'f') search?.select();
	else if (event.key === 'F3') goTo(event.shiftKey ? -1 : 1);
	else return;
	event.preventDefault();
	// VS Code has its own search for pages; here ours knows the lines that are not drawn.
	event.stopPropagation();
}

interface LogListProps {
	readonly store: LogStore;
	readonly list: RefObject<VirtuosoHandle | null>;
	readonly walk: Walk;
	readonly isReading: boolean;
}

function LogList({ store, list, walk, isReading }: LogListProps): ReactElement {
	const log = useSyncExternalStore(store.subscribe, store.snapshot);
	if (log.shown === 0) {
		const text =
			isReading || log.isSearching
				? 'Reading the log…'
				: log.total === 0
					? 'Nothing was logged.'
					: 'No line has one of the chosen levels.';
		return <p className="empty muted">{text}</p>;
	}
	return (
		<Virtuoso
			ref={list}
			className="log-list"
			role="log"
			aria-label="Log"
			aria-live="off"
			tabIndex={0}
			totalCount={log.shown}
			initialItemCount={Math.min(log.shown, 40)}
			increaseViewportBy={200}
			defaultItemHeight={20}
			onWheel={event => {
				if (event.deltaY < 0) walk.setIsFollowing(false);
			}}
			onKeyDown={event => {
				if (event.key === 'ArrowUp' || event.key === 'PageUp' || event.key === 'Home') walk.setIsFollowing(false);
			}}
			context={{ store, query: log.query, current: walk.position }}
			itemContent={drawRow}
		/>
	);
}

interface RowContext {
	readonly store: LogStore;
	readonly query: LogQuery;
	readonly current: number | null;
}

function drawRow(index: number, _: unknown, { store, query, current }: RowContext): ReactElement | null {
	const line = store.line(index);
	return line ? <LogRow line={line} query={query} isCurrent={index === current} /> : null;
}
