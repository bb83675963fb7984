import type { ReactElement, ReactNode } from 'react';
import type { Level } from './numbers';

/** A bar that fills up. The words beside it say the same: it is drawn for the eyes. */
export function Bar({ percent, level = 'ok' }: { readonly percent: number; readonly level?: Level }): ReactElement {
	const width = Math.min(100, Math.max(0, percent));
	return (
		<div className={`bar ${level}`} aria-hidden="true">
			<div style={{ width: `${width}%` }} />
		</div>
	);
}

/** The number that a widget is about, with what it means. */
export function Figure({
	value,
	label,
	level = 'ok',
}: {
	readonly value: string;
	readonly label: ReactNode;
	readonly level?: Level;
}): ReactElement {
	return (
		<div className={`figure ${level}`}>
			<span className="figure-value">{value}</span>
			<span className="figure-label">{label}</span>
		</div>
	);
}

/** Names and values, in a line each. */
export function Facts({
	facts,
}: {
	readonly facts: readonly (readonly [name: string, value: ReactNode])[];
}): ReactElement {
	return (
		<dl className="facts">
			{facts.map(([name, value]) => (
				<div key={name}>
					<dt>{name}</dt>
					<dd>{value}</dd>
				</div>
			))}
		</dl>
	);
}
