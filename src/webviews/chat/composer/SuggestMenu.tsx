import type { ReactElement, ReactNode, RefObject } from 'react';
import { Codicon } from '../../shared/components/Codicon';
import { Popover } from '../../shared/components/Popover';
import type { Suggestion, Suggestions } from './useSuggestions';

export interface SuggestMenuProps {
	readonly id: string;
	readonly anchor: RefObject<HTMLElement | null>;
	readonly kind: 'command' | 'mention';
	readonly suggestions: Suggestions;
	readonly selected: number;
	readonly onPick: (suggestion: Suggestion) => void;
	readonly onClose: () => void;
}

/** The list that completes `/` and `@`. The text area keeps the focus; it names the selected option for readers. */
export function SuggestMenu({
	id,
	anchor,
	kind,
	suggestions,
	selected,
	onPick,
	onClose,
}: SuggestMenuProps): ReactElement {
	const { items, isLoading, error } = suggestions;
	return (
		<Popover anchor={anchor} onClose={onClose} isFullWidth className="suggest">
			<div id={id} role="listbox" className="menu" aria-label={kind === 'command' ? 'Commands' : 'Files and symbols'}>
				{items.map((item, index) => (
					<div
						key={item.key}
						ref={index === selected ? showOption : undefined}
						id={`${id}-${index}`}
						role="option"
						aria-selected={index === selected}
						className={index === selected ? 'menu-item selected' : 'menu-item'}
						title={item.detail}
						// The press must not take the focus from the text area.
						onPointerDown={event => event.preventDefault()}
						onClick={() => onPick(item)}
					>
						<Codicon name={item.icon} />
						<span className="suggest-label">
							<Matched text={item.label} matches={item.matches} />
						</span>
						<span className="suggest-detail">{item.detail}</span>
					</div>
				))}
			</div>
			{items.length === 0 && <p className="tool-note suggest-note">{error ?? emptyNote(kind, isLoading)}</p>}
		</Popover>
	);
}

function emptyNote(kind: SuggestMenuProps['kind'], isLoading: boolean): string {
	if (isLoading) return 'Searching…';
	return kind === 'command'
		? 'No command of that name. Claude’s own appear once it has started.'
		: 'No file or symbol matches.';
}

function showOption(option: HTMLElement | null): void {
	option?.scrollIntoView({ block: 'nearest' });
}

function Matched({ text, matches }: { readonly text: string; readonly matches: readonly number[] }): ReactElement {
	const parts: ReactNode[] = [];
	let from = 0;
	for (const at of matches) {
		if (at > from) parts.push(text.slice(from, at));
		parts.push(<b key={at}>{text.slice(at, at + 1)}</b>);
		from = at + 1;
	}
	return (
		<>
			{parts}
			{text.slice(from)}
		</>
	);
}
