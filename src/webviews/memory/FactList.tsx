import { useState, type Dispatch, type ReactElement } from 'react';
import type { MemoryRow } from '../../core/ledger/queries';
import { Button } from '../shared/components/toolkit';
import { IconButton } from '../shared/components/IconButton';
import type { Attempt } from './attempt';
import { categoryLabels, Choice, sourceLabels, tierLabels } from './choices';
import type { PageAction, PageState } from './state';

export interface FactListProps {
	readonly state: PageState;
	readonly facts: readonly MemoryRow[];
	readonly dispatch: Dispatch<PageAction>;
	readonly attempt: Attempt;
}

/** The facts, or what to do where there are none. */
export function FactList({ state, facts, dispatch, attempt }: FactListProps): ReactElement {
	if (facts.length === 0) {
		const isSearch = state.search.trim() !== '';
		return (
			<p className="memory-empty muted">
				{isSearch
					? 'No fact has these words.'
					: 'Nothing is remembered yet. Write a fact above, select text in an editor and run “Remember”, or let a model learn from conversations (settings).'}
			</p>
		);
	}
	return (
		<ul className="memory-list" aria-label="Facts">
			{facts.map(fact => (
				<li key={fact.id} className="memory-fact">
					<input
						type="checkbox"
						aria-label={`Select: ${fact.text}`}
						checked={state.selected.has(fact.id)}
						onChange={event => dispatch({ type: 'select', id: fact.id, isSelected: event.currentTarget.checked })}
					/>
					{state.editing === fact.id ? (
						<FactEditor fact={fact} project={state.view?.project ?? null} dispatch={dispatch} attempt={attempt} />
					) : (
						<Fact fact={fact} project={state.view?.project ?? null} dispatch={dispatch} attempt={attempt} />
					)}
				</li>
			))}
		</ul>
	);
}

interface FactProps {
	readonly fact: MemoryRow;
	readonly project: string | null;
	readonly dispatch: Dispatch<PageAction>;
	readonly attempt: Attempt;
}

function Fact({ fact, project, dispatch, attempt }: FactProps): ReactElement {
	return (
		<>
			<div className="memory-body">
				<p>
					<bdi>{fact.text}</bdi>
				</p>
				<p className="memory-facts muted">{detailsOf(fact, project).join(' · ')}</p>
			</div>
			<div className="memory-actions">
				<IconButton icon="edit" label="Edit" onClick={() => dispatch({ type: 'edit', id: fact.id })} />
				{project !== null && (
					<IconButton
						icon="file-add"
						label="Write into AGENTS.md or CLAUDE.md"
						onClick={() => void attempt('toProjectFile', { id: fact.id })}
					/>
				)}
				<IconButton icon="trash" label="Forget" onClick={() => void attempt('forget', { ids: [fact.id] })} />
			</div>
		</>
	);
}

function detailsOf(fact: MemoryRow, project: string | null): readonly string[] {
	const place =
		fact.project === null ? [] : [fact.project === project ? 'this project' : (baseName(fact.project) ?? '')];
	const sure = fact.confidence < 1 ? [`${Math.round(fact.confidence * 100)} % sure`] : [];
	const used = fact.usedAt === null ? 'never used' : `used ${day(fact.usedAt)}`;
	return [
		categoryLabels[fact.category],
		tierLabels[fact.tier],
		...place,
		`${sourceLabels[fact.source]} ${day(fact.createdAt)}`,
		...sure,
		used,
	];
}

function day(at: number): string {
	return new Date(at).toLocaleDateString();
}

function baseName(path: string): string | undefined {
	return path.split(/[/\\]/u).findLast(part => part !== '');
}

function FactEditor({ fact, project, dispatch, attempt }: FactProps): ReactElement {
	const [text, setText] = useState(fact.text);
	const [category, setCategory] = useState(fact.category);
	const [tier, setTier] = useState(fact.tier);
	const close = (): void => dispatch({ type: 'edit', id: null });
	const save = async (): Promise<void> => {
		if (await attempt('change', { id: fact.id, patch: { text, category, tier } })) close();
	};
	return (
		<div className="memory-editor">
			<textarea
				aria-label="Text of the fact"
				value={text}
				rows={3}
				autoFocus
				onChange={event => setText(event.currentTarget.value)}
				onKeyDown={event => {
					if (event.key === 'Escape') close();
					if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
				}}
			/>
			<div className="memory-editor-row">
				<Choice label="Category" value={category} options={categoryLabels} onChange={setCategory} />
				<Choice label="Kept for" value={tier} options={tiersFor(fact)} onChange={setTier} />
				{fact.project !== null && fact.project !== project && (
					<span className="muted">of {baseName(fact.project)}</span>
				)}
				<Button appearance="primary" isDisabled={text.trim() === ''} onClick={() => void save()}>
					Save
				</Button>
				<Button onClick={close}>Cancel</Button>
			</div>
		</div>
	);
}

/** Only what was learned in a conversation can belong to one. */
function tiersFor({ conversation }: MemoryRow): Partial<typeof tierLabels> {
	const { permanent, episodic } = tierLabels;
	return conversation === null ? { permanent, episodic } : tierLabels;
}
