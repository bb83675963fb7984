import { useEffect, useRef, type Dispatch, type KeyboardEvent, type ReactElement } from 'react';
import { listId, optionId } from './List';
import { categories, found, type GalleryAction, type GalleryState } from './state';

export interface FilterProps {
	readonly state: GalleryState;
	/** Keys that move in the list while the words are written. */
	readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
	readonly dispatch: Dispatch<GalleryAction>;
}

/** Words and a category that leave some of the templates. */
export function Filter({ state, onKeyDown, dispatch }: FilterProps): ReactElement {
	const { templates, words, category, selected } = state;
	const search = useRef<HTMLInputElement>(null);
	useEffect(() => search.current?.focus(), []);
	const count = found(state).length;
	return (
		<div className="filter" role="search">
			<input
				ref={search}
				type="search"
				role="combobox"
				placeholder="Search templates"
				aria-label="Search templates"
				aria-autocomplete="list"
				aria-expanded={count > 0}
				aria-controls={listId}
				aria-activedescendant={selected === null ? undefined : optionId(selected)}
				value={words}
				onChange={event => dispatch({ type: 'words', words: event.currentTarget.value })}
				onKeyDown={onKeyDown}
			/>
			<select
				aria-label="Category"
				value={category}
				onChange={event => dispatch({ type: 'category', category: event.currentTarget.value })}
			>
				<option value="">All categories</option>
				{categories(templates ?? []).map(name => (
					<option key={name}>{name}</option>
				))}
			</select>
			<span className="visually-hidden" role="status">
				{templates === null ? '' : `${count} ${count === 1 ? 'template' : 'templates'}`}
			</span>
		</div>
	);
}
