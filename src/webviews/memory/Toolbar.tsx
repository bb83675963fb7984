import { useState, type Dispatch, type ReactElement } from 'react';
import { Button, TextField } from '../shared/components/toolkit';
import { MenuButton } from '../shared/components/Menu';
import { Codicon } from '../shared/components/Codicon';
import type { Attempt } from './attempt';
import type { PageAction, PageState } from './state';

export interface ToolbarProps {
	readonly state: PageState;
	readonly dispatch: Dispatch<PageAction>;
	readonly attempt: Attempt;
}

/** What can be done with the selected facts, and with all of them. */
export function Toolbar({ state, dispatch, attempt }: ToolbarProps): ReactElement {
	const [merging, setMerging] = useState<string | null>(null);
	const { selected, facts } = state;
	const ids = [...selected];
	const count = facts?.length ?? 0;
	const merge = async (): Promise<void> => {
		if (merging !== null && (await attempt('merge', { ids, text: merging }))) setMerging(null);
	};
	return (
		<section className="memory-toolbar" aria-label="Selected facts">
			<label className="memory-all">
				<input
					type="checkbox"
					disabled={count === 0}
					checked={count > 0 && ids.length === count}
					onChange={event => dispatch({ type: 'selectAll', isSelected: event.currentTarget.checked })}
				/>
				<span>{ids.length > 0 ? `${ids.length} of ${count} selected` : countText(count, state.search)}</span>
			</label>
			{ids.length > 0 && <Button onClick={() => void attempt('forget', { ids })}>{`Forget ${ids.length}`}</Button>}
			{ids.length > 1 && merging === null && (
				<Button onClick={() => setMerging(selectedTexts(state).join(' '))}>Merge…</Button>
			)}
			<MenuButton
				label="More actions"
				items={[
					{ id: 'exportAll', label: 'Export…', icon: 'export' },
					{ id: 'importFile', label: 'Import…', icon: 'cloud-download' },
					{ id: 'fromProjectFile', label: 'Read Notes of AGENTS.md or CLAUDE.md', icon: 'book' },
				]}
				onPick={id => void attempt(id as 'exportAll' | 'importFile' | 'fromProjectFile', null)}
			>
				<Codicon name="ellipsis" />
			</MenuButton>
			{merging !== null && ids.length > 1 && (
				<div className="memory-merge">
					<TextField
						label="Text of the merged fact"
						value={merging}
						isFocused
						onInput={setMerging}
						onKeyDown={event => {
							if (event.key === 'Enter') void merge();
							if (event.key === 'Escape') setMerging(null);
						}}
					/>
					<Button appearance="primary" isDisabled={merging.trim() === ''} onClick={() => void merge()}>
						{`Merge ${ids.length} Into One`}
					</Button>
					<Button onClick={() => setMerging(null)}>Cancel</Button>
				</div>
			)}
		</section>
	);
}

function selectedTexts({ facts, selected }: PageState): readonly string[] {
	return (facts ?? []).filter(({ id }) => selected.has(id)).map(({ text }) => text);
}

function countText(count: number, search: string): string {
	const facts = count === 1 ? '1 fact' : `${count} facts`;
	return search.trim() === '' ? facts : `${facts} found`;
}
