import type { ReactElement } from 'react';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { Codicon } from '../shared/components/Codicon';
import { Banner } from './Banner';
import { Content, JsonBlock } from './Content';
import { formatMs } from './format';
import type { Outcome } from '../../core/mcp/inspectorProtocol';

export interface ToolResultProps {
	readonly outcome: Outcome<CallToolResult> | null;
	readonly schema: Readonly<Record<string, unknown>> | null;
}

/** What a call brought: its parts, its structured form, or why there is none. */
export function ToolResult({ outcome, schema }: ToolResultProps): ReactElement | null {
	if (!outcome) return null;
	const { result, failure, ms } = outcome;
	if (failure) return <Banner failure={failure} />;
	if (!result) return null;
	const isError = result.isError === true;
	return (
		<section className="result" aria-label="Result">
			<h3>
				<Codicon name={isError ? 'error' : 'pass'} className={isError ? 'bad' : 'good'} />
				{isError ? 'The tool reports an error' : 'Result'}
				{ms !== null && <span className="muted"> after {formatMs(ms)}</span>}
			</h3>
			<span role="status" className="visually-hidden">
				{isError ? 'The tool reports an error' : 'The tool has answered'}
			</span>
			{result.content.map((part, index) => (
				// oxlint-disable-next-line react/no-array-index-key -- the parts of one result never move
				<Content key={index} part={part} />
			))}
			{result.content.length === 0 && result.structuredContent === undefined && (
				<p className="muted">It answered with nothing.</p>
			)}
			{result.structuredContent !== undefined && (
				<JsonBlock
					label={schema ? 'Structured, as its output schema says' : 'Structured'}
					value={result.structuredContent}
				/>
			)}
		</section>
	);
}
