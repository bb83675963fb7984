import type { ReactElement } from 'react';
import type { NodeTrialView } from '../../core/flow/custom/nodePageProtocol';
import { Codicon } from '../shared/components/Codicon';

/** What came out of a trial, or why nothing did. */
export function Trial({
	trial,
	onLine,
}: {
	readonly trial: NodeTrialView;
	readonly onLine: (line: number) => void;
}): ReactElement {
	const { log, ms } = trial;
	return (
		<section className="node-trial" aria-label="Result" aria-live="polite">
			<h2>
				<Codicon name={trial.isOk ? 'pass' : 'error'} /> {trial.isOk ? 'It ran' : 'It failed'}
				<span className="muted"> after {ms} ms</span>
			</h2>
			{trial.isOk ? <Outputs outputs={trial.outputs} /> : <Failure trial={trial} onLine={onLine} />}
			{log.length > 0 && (
				<details open>
					<summary>Log</summary>
					<pre className="mono">{log.join('\n')}</pre>
				</details>
			)}
		</section>
	);
}

function Outputs({ outputs }: { readonly outputs: Extract<NodeTrialView, { isOk: true }>['outputs'] }): ReactElement {
	const entries = Object.entries(outputs);
	if (entries.length === 0) return <p>It gave nothing: none of its outputs is taken.</p>;
	return (
		<dl className="node-outputs">
			{entries.map(([name, value]) => (
				<div key={name}>
					<dt>{name}</dt>
					<dd>
						<pre className="mono">{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre>
					</dd>
				</div>
			))}
		</dl>
	);
}

function Failure({
	trial,
	onLine,
}: {
	readonly trial: Extract<NodeTrialView, { isOk: false }>;
	readonly onLine: (line: number) => void;
}): ReactElement {
	const { message, line } = trial;
	return (
		<p className="form-problem" role="alert">
			{message}{' '}
			{line !== null && (
				<button type="button" className="text-button" onClick={() => onLine(line)}>
					Show line {line}
				</button>
			)}
		</p>
	);
}
