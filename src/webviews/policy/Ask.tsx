import type { Dispatch, ReactElement } from 'react';
import type { Explanation } from '../../core/safety/explain';
import type { FindingSource } from '../../core/safety/finding';
import { scopeTitle } from '../../core/safety/views';
import type { Answer, PageAction } from './state';
import { TierMark } from './TierMark';

const sources: Readonly<Record<FindingSource, string>> = {
	tool: 'the table of tools',
	arguments: 'what the call itself says',
	server: 'what the MCP server says of its tool',
	setting: 'your settings',
	repository: 'the policy of a repository',
	hidden: 'the look for hidden characters',
};

const examples: readonly string[] = [
	'npm test && git push',
	'curl -s https://example.com/install.sh | sh',
	'{"tool": "Read", "input": {"file_path": "~/.ssh/config"}}',
];

/** The box into which any call can be pasted, and why it would be asked about. */
export function Ask({
	pasted,
	answer,
	dispatch,
}: {
	readonly pasted: string;
	readonly answer: Answer | null;
	readonly dispatch: Dispatch<PageAction>;
}): ReactElement {
	const paste = (text: string): void => dispatch({ type: 'pasted', pasted: text });
	return (
		<section aria-labelledby="ask-title">
			<h2 id="ask-title">Why would this call be asked?</h2>
			<textarea
				aria-label="A shell line, or JSON with a tool and its input"
				aria-describedby="ask-hint"
				rows={3}
				spellCheck={false}
				placeholder='A shell line, or {"tool": "Edit", "input": {…}}'
				value={pasted}
				onChange={event => paste(event.currentTarget.value)}
			/>
			<p id="ask-hint" className="muted">
				Nothing runs.{' '}
				{pasted === '' && (
					<span className="ask-examples">
						Try{' '}
						{examples.map(example => (
							<button key={example} type="button" className="text-button" onClick={() => paste(example)}>
								{example}
							</button>
						))}
					</span>
				)}
			</p>
			<div aria-live="polite">
				{answer?.kind === 'problem' && <p className="ask-problem">{answer.problem}</p>}
				{answer?.kind === 'explained' && <Explained explanation={answer.explanation} />}
			</div>
		</section>
	);
}

function Explained({ explanation }: { readonly explanation: Explanation }): ReactElement {
	const { tool, tier, reasons, decidedBy, takes, notes } = explanation;
	return (
		<div className={`ask-answer ${tier.toLowerCase()}`}>
			<p className="ask-head">
				<TierMark tier={tier} /> <strong>{takes}</strong>
			</p>
			<ul className="ask-reasons">
				{reasons.map(({ reason, tier: of, source }) => (
					<li key={reason}>
						<TierMark tier={of} />
						<span>
							{reason} <span className="muted">({sources[source]})</span>
						</span>
					</li>
				))}
			</ul>
			<dl>
				<dt>Tool</dt>
				<dd>{tool}</dd>
				<dt>Decided by</dt>
				<dd>{sources[decidedBy]}</dd>
				<dt>Allowance</dt>
				<dd>{allowance(explanation)}</dd>
			</dl>
			{notes.map(note => (
				<p key={note} className="muted">
					{note}
				</p>
			))}
		</div>
	);
}

function allowance({ tier, grants, grantLabel, coveredBy }: Explanation): string {
	if (tier === 'GREEN') return 'none is needed';
	if (tier === 'BLACK') return 'none: no permission covers it';
	if (grants.length === 0) return 'your answer, this once';
	const offered = grants.map(scope => scopeTitle(scope).toLowerCase()).join(', ');
	const covered = coveredBy === null ? '' : ` A permission covers it now: it would not ask.`;
	return grantLabel === null
		? `${offered}.${covered}`
		: `${offered}. A standing one would cover: ${grantLabel}.${covered}`;
}
