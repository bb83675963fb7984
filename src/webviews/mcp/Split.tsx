import { useId, useMemo, useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';

export interface SplitItem {
	readonly name: string;
	readonly label: string;
	readonly detail: string;
	readonly badge?: ReactNode;
	readonly isDim?: boolean;
}

export interface SplitProps {
	/** What the items are: `Tools`. */
	readonly title: string;
	readonly items: readonly SplitItem[];
	readonly chosen: string | undefined;
	readonly onChoose: (name: string) => void;
	/** Said when there is no item. */
	readonly empty: string;
	readonly children: (name: string) => ReactNode;
}

/** A list of things beside the one that is chosen; one above the other where there is no room. */
export function Split({ title, items, chosen, onChoose, empty, children }: SplitProps): ReactElement {
	const [filter, setFilter] = useState('');
	const shown = useMemo(() => {
		const words = filter.trim().toLowerCase();
		return items.filter(({ label, name, detail }) => `${label} ${name} ${detail}`.toLowerCase().includes(words));
	}, [items, filter]);
	if (items.length === 0) return <p className="empty muted">{empty}</p>;
	const current = items.find(item => item.name === chosen) ?? items[0];
	return (
		<div className="split">
			<div className="split-list">
				{items.length > 6 && (
					<input
						className="form-input split-filter"
						type="search"
						aria-label={`Filter ${title.toLowerCase()}`}
						placeholder={`Filter ${title.toLowerCase()}`}
						value={filter}
						onChange={event => setFilter(event.currentTarget.value)}
					/>
				)}
				<ItemList title={title} items={shown} current={current?.name} onChoose={onChoose} />
				{shown.length === 0 && <p className="muted empty">Nothing matches.</p>}
			</div>
			<div className="split-detail">{current && children(current.name)}</div>
		</div>
	);
}

interface ItemListProps {
	readonly title: string;
	readonly items: readonly SplitItem[];
	readonly current: string | undefined;
	readonly onChoose: (name: string) => void;
}

function ItemList({ title, items, current, onChoose }: ItemListProps): ReactElement {
	const id = useId();
	const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
		const at = items.findIndex(item => item.name === current);
		const moves: Readonly<Record<string, number>> = {
			ArrowDown: at + 1,
			ArrowUp: at - 1,
			Home: 0,
			End: items.length - 1,
		};
		const to = moves[event.key];
		const next = to === undefined ? undefined : items[to];
		if (!next) return;
		event.preventDefault();
		onChoose(next.name);
		document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: 'nearest' });
	};
	const active = items.findIndex(item => item.name === current);
	return (
		<div
			role="listbox"
			aria-label={title}
			className="items"
			tabIndex={0}
			aria-activedescendant={active < 0 ? undefined : `${id}-${active}`}
			onKeyDown={onKeyDown}
		>
			{items.map((item, index) => (
				<div
					key={item.name}
					id={`${id}-${index}`}
					role="option"
					aria-selected={item.name === current}
					className={`item${item.isDim === true ? ' dim' : ''}`}
					title={item.detail}
					onClick={() => onChoose(item.name)}
				>
					<span className="item-label">{item.label}</span>
					{item.badge}
				</div>
			))}
		</div>
	);
}
