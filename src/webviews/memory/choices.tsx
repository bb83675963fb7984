import type { ReactElement } from 'react';
import type { MemoryRow } from '../../core/ledger/queries';

/** How long facts live, in the user's words. */
export const tierLabels: Readonly<Record<MemoryRow['tier'], string>> = {
	permanent: 'For good',
	episodic: '30 days',
	conversation: '7 days, one conversation',
};

export const categoryLabels: Readonly<Record<MemoryRow['category'], string>> = {
	preference: 'Preference',
	fact: 'Fact',
	project: 'Project',
	decision: 'Decision',
	incident: 'Incident',
	summary: 'Summary',
};

/** Where a fact comes from. */
export const sourceLabels: Readonly<Record<MemoryRow['source'], string>> = {
	user: 'written by you',
	learned: 'learned from a conversation',
	tool: 'noted by an agent',
	import: 'imported',
};

/** A native choice list: keyboard and screen readers know it. */
export function Choice<T extends string>(props: {
	readonly label: string;
	readonly value: T;
	readonly options: Readonly<Partial<Record<T, string>>>;
	readonly onChange: (value: T) => void;
}): ReactElement {
	const { label, value, options, onChange } = props;
	return (
		<select
			className="memory-choice"
			aria-label={label}
			title={label}
			value={value}
			onChange={event => onChange(event.currentTarget.value as T)}
		>
			{Object.entries(options).map(([id, text]) => (
				<option key={id} value={id}>
					{String(text)}
				</option>
			))}
		</select>
	);
}
