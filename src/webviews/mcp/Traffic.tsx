import { useMemo, useState, type Dispatch, type ReactElement } from 'react';
import type { McpTraffic } from '../../core/mcp/protocol';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { formatBytes } from '../shared/format';
import { TextBlock } from './Content';
import { formatClock } from './format';
import { useHost } from './host';
import type { InspectorAction, InspectorState, Numbered } from './state';

/** Rows that are drawn; older ones are found with the filter. */
const mostRows = 300;

type Direction = 'both' | 'sent' | 'received';

export interface TrafficProps {
	readonly state: InspectorState;
	readonly dispatch: Dispatch<InspectorAction>;
}

/** Every message between us and the server, the newest first. */
export function Traffic({ state, dispatch }: TrafficProps): ReactElement {
	const { client } = useHost();
	const [words, setWords] = useState('');
	const [direction, setDirection] = useState<Direction>('both');
	const found = useMemo(() => {
		const wanted = words.trim().toLowerCase();
		return state.traffic
			.filter(entry => direction === 'both' || entry.direction === direction)
			.filter(entry => wanted === '' || `${entry.method ?? ''} ${entry.text}`.toLowerCase().includes(wanted))
			.toReversed();
	}, [state.traffic, words, direction]);
	const copyAll = (): void => {
		const text = found
			.map(({ at, direction: way, text: message }) => JSON.stringify({ at, direction: way, message: parsed(message) }))
			.join('\n');
		void client.call('copy', { text });
	};
	return (
		<div className="stream">
			<div className="stream-bar">
				<input
					className="form-input"
					type="search"
					aria-label="Filter messages"
					placeholder="Filter by method or text"
					value={words}
					onChange={event => setWords(event.currentTarget.value)}
				/>
				<select
					className="form-input direction"
					aria-label="Direction"
					value={direction}
					onChange={event => setDirection(event.currentTarget.value as Direction)}
				>
					<option value="both">Both ways</option>
					<option value="sent">Sent</option>
					<option value="received">Received</option>
				</select>
				<IconButton
					icon={state.isPaused ? 'debug-continue' : 'debug-pause'}
					label={state.isPaused ? `Go on (${state.waiting.length} new)` : 'Pause'}
					onClick={() => dispatch({ type: 'paused', isPaused: !state.isPaused })}
				/>
				<IconButton icon="copy" label="Copy what is shown" onClick={copyAll} />
				<IconButton icon="clear-all" label="Clear" onClick={() => dispatch({ type: 'cleared', what: 'traffic' })} />
			</div>
			<div className="stream-rows" role="log" aria-label="Messages" aria-live="off" tabIndex={0}>
				{found.slice(0, mostRows).map(entry => (
					<Message key={entry.key} entry={entry} />
				))}
				{found.length === 0 && (
					<p className="muted empty">{state.traffic.length === 0 ? 'Nothing was said yet.' : 'Nothing matches.'}</p>
				)}
				{found.length > mostRows && <p className="muted empty">{found.length - mostRows} older messages match, too.</p>}
			</div>
		</div>
	);
}

function Message({ entry }: { readonly entry: Numbered<McpTraffic> }): ReactElement {
	const [isOpen, setIsOpen] = useState(false);
	const isSent = entry.direction === 'sent';
	return (
		<details className={`traffic kind-${entry.type}`} onToggle={event => setIsOpen(event.currentTarget.open)}>
			<summary>
				<Codicon name={isSent ? 'arrow-right' : 'arrow-left'} label={isSent ? 'Sent' : 'Received'} />
				<span className="traffic-method mono">{entry.method ?? entry.type}</span>
				<span className="muted traffic-about">
					{[entry.type, entry.id === null ? null : `#${entry.id}`, formatBytes(entry.size)].filter(Boolean).join(' · ')}
				</span>
				<time className="muted mono">{formatClock(entry.at)}</time>
			</summary>
			{isOpen && <TextBlock label={entry.text.length < entry.size ? 'The beginning' : 'Message'} text={entry.text} />}
		</details>
	);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
