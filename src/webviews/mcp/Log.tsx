import type { Dispatch, ReactElement } from 'react';
import type { McpLogLevel, McpServerView } from '../../core/mcp/protocol';
import { IconButton } from '../shared/components/IconButton';
import { formatClock } from './format';
import { useHost } from './host';
import type { InspectorAction, InspectorState } from './state';

const levels: readonly McpLogLevel[] = [
	'debug',
	'info',
	'notice',
	'warning',
	'error',
	'critical',
	'alert',
	'emergency',
];
const sources = { hub: 'Quarterdeck', stderr: 'stderr', stdout: 'stdout', server: 'server' } as const;
const mostRows = 500;

export interface LogProps {
	readonly state: InspectorState;
	readonly server: McpServerView;
	readonly dispatch: Dispatch<InspectorAction>;
}

/** What the server wrote and reported, and what we did with it, the newest first. */
export function Log({ state, server, dispatch }: LogProps): ReactElement {
	const { client, attempt } = useHost();
	const rows = state.lines.slice(-mostRows).toReversed();
	const copyAll = (): void => {
		const text = state.lines
			.map(line => `${formatClock(line.at)} ${sources[line.from]} ${line.level} ${line.text}`)
			.join('\n');
		void client.call('copy', { text });
	};
	return (
		<div className="stream">
			<div className="stream-bar">
				{server.capabilities.includes('logging') && (
					<label className="level">
						The server reports from
						<select
							className="form-input"
							defaultValue=""
							onChange={event => {
								const level = levels.find(each => each === event.currentTarget.value);
								if (level) void attempt('setLogLevel', { level });
							}}
						>
							<option value="" disabled>
								its own level
							</option>
							{levels.map(level => (
								<option key={level} value={level}>
									{level}
								</option>
							))}
						</select>
					</label>
				)}
				<span className="filler" />
				<IconButton icon="copy" label="Copy the log" onClick={copyAll} />
				<IconButton icon="clear-all" label="Clear" onClick={() => dispatch({ type: 'cleared', what: 'lines' })} />
			</div>
			<div className="stream-rows" role="log" aria-label="Log" aria-live="off" tabIndex={0}>
				{rows.map(line => (
					<p key={line.key} className={`line ${line.level}`}>
						<time className="muted mono">{formatClock(line.at)}</time>
						<span className="muted line-from">{sources[line.from]}</span>
						<span className="mono line-text" dir="auto">
							{line.text}
						</span>
					</p>
				))}
				{rows.length === 0 && <p className="muted empty">Nothing was written yet.</p>}
			</div>
		</div>
	);
}
