import { useEffect, useRef, type KeyboardEvent, type ReactElement } from 'react';
import { Codicon } from '../shared/components/Codicon';

export interface Option {
	readonly key: string;
	readonly label: string;
	readonly detail?: string | undefined;
	readonly icon?: string;
}

export interface OptionsProps {
	/** Of the list; its entries are `<id>-<number>`. */
	readonly id: string;
	readonly label: string;
	readonly options: readonly Option[];
	/** The chosen one. */
	readonly at: number;
	readonly onPick: (index: number) => void;
	readonly className: string;
}

/** The list of a combo box. The focus stays in the text field: a press does not take it away. */
export function Options({ id, label, options, at, onPick, className }: OptionsProps): ReactElement {
	const list = useRef<HTMLDivElement>(null);
	useEffect(() => {
		list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
	}, [at]);
	return (
		<div ref={list} className={className} role="listbox" id={id} aria-label={label}>
			{options.map((option, index) => (
				<div
					key={option.key}
					id={`${id}-${index}`}
					role="option"
					aria-selected={index === at}
					className={`menu-item${index === at ? ' selected' : ''}`}
					onPointerDown={event => {
						event.preventDefault();
						onPick(index);
					}}
				>
					{option.icon !== undefined && <Codicon name={option.icon} />}
					<span className="completion-label">{option.label}</span>
					{option.detail !== undefined && <span className="completion-detail">{option.detail}</span>}
				</div>
			))}
		</div>
	);
}

/** What ties a text field to its list. */
export function comboProps(
	id: string,
	count: number,
	at: number,
): {
	readonly role: 'combobox';
	readonly 'aria-expanded': boolean;
	readonly 'aria-controls': string | undefined;
	readonly 'aria-activedescendant': string | undefined;
	readonly 'aria-autocomplete': 'list';
} {
	return {
		role: 'combobox',
		'aria-expanded': count > 0,
		'aria-controls': count > 0 ? id : undefined,
		'aria-activedescendant': count > 0 && at >= 0 ? `${id}-${at}` : undefined,
		'aria-autocomplete': 'list',
	};
}

/** Moves in a list, takes an entry or leaves. Whether the key was meant for the list. */
export function listKey(
	event: Pick<KeyboardEvent, 'key'>,
	{
		at,
		count,
		onMove,
		onPick,
		onLeave,
	}: {
		readonly at: number;
		readonly count: number;
		readonly onMove: (at: number) => void;
		readonly onPick: (at: number) => void;
		readonly onLeave: () => void;
	},
): boolean {
	const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
	if (step !== 0) {
		if (count > 0) onMove((Math.max(at, step > 0 ? -1 : 0) + step + count) % count);
	} else if (event.key === 'Enter') {
		if (at >= 0 && at < count) onPick(at);
	} else if (event.key === 'Escape' || event.key === 'Tab') onLeave();
	else return false;
	return true;
}
