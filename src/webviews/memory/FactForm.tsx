import { useState, type ReactElement } from 'react';
import type { MemoryRow } from '../../core/ledger/queries';
import { Button, TextField } from '../shared/components/toolkit';
import type { Attempt } from './attempt';
import { categoryLabels, Choice, tierLabels } from './choices';

const newTiers = { permanent: tierLabels.permanent, episodic: tierLabels.episodic };

/** One line to write a new fact in. */
export function FactForm(props: { readonly project: string | null; readonly attempt: Attempt }): ReactElement {
	const { project, attempt } = props;
	const [text, setText] = useState('');
	const [category, setCategory] = useState<MemoryRow['category']>('preference');
	const [tier, setTier] = useState<MemoryRow['tier']>('permanent');
	const [place, setPlace] = useState<'all' | 'here'>('all');
	const isEmpty = text.trim() === '';
	const add = async (): Promise<void> => {
		const fact = { text, category, tier, project: place === 'here' ? project : null };
		if (await attempt('add', fact)) setText('');
	};
	return (
		<section className="memory-form" aria-label="New fact">
			<TextField
				className="memory-new"
				label="New fact"
				placeholder="Something to remember, such as “Answer in German”"
				value={text}
				onInput={setText}
				onKeyDown={event => {
					if (event.key === 'Enter' && !isEmpty) void add();
				}}
			/>
			<Choice label="Category" value={category} options={categoryLabels} onChange={setCategory} />
			<Choice label="Kept for" value={tier} options={newTiers} onChange={setTier} />
			{project !== null && (
				<Choice
					label="Holds for"
					value={place}
					options={{ all: 'All projects', here: 'This project' }}
					onChange={setPlace}
				/>
			)}
			<Button
				appearance="primary"
				isDisabled={isEmpty}
				title={isEmpty ? 'Write something first' : 'Remember this'}
				onClick={() => void add()}
			>
				Remember
			</Button>
		</section>
	);
}
