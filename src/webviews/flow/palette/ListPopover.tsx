import { useEffect, useId, useMemo, useRef, useState, type CSSProperties, type ReactElement } from 'react';
import { comboProps, listKey, Options, type Option } from '../Options';

export interface ListPopoverProps<T> {
	/** What is asked for: the name of the field. */
	readonly title: string;
	readonly listLabel: string;
	/** Said when nothing is found. */
	readonly nothing: string;
	readonly className: string;
	readonly listClassName: string;
	readonly style?: CSSProperties;
	/** What the words narrow the list to. The same function as long as the list is the same. */
	readonly find: (words: string) => readonly T[];
	readonly optionOf: (item: T) => Option;
	readonly onPick: (item: T) => void;
	/** Left by a key: whoever opened it takes the focus back. */
	readonly onLeave: () => void;
	/** Left by a press elsewhere. */
	readonly onAway: () => void;
}

/** A field over a list that narrows while one types. */
export function ListPopover<T>(props: ListPopoverProps<T>): ReactElement {
	const { title, listLabel, nothing, className, listClassName, style, find, optionOf, onPick, onLeave, onAway } = props;
	const id = useId();
	const root = useRef<HTMLDivElement>(null);
	const [words, setWords] = useState('');
	const [at, setAt] = useState(0);
	const found = useMemo(() => find(words), [find, words]);
	useEffect(() => {
		const press = (event: PointerEvent): void => {
			if (!root.current?.contains(event.target as Node)) onAway();
		};
		document.addEventListener('pointerdown', press, true);
		return () => document.removeEventListener('pointerdown', press, true);
	}, [onAway]);
	const pick = (index: number): void => {
		const item = found[index];
		if (item !== undefined) onPick(item);
	};
	return (
		<div ref={root} className={`popover quick-add ${className}`.trim()} style={style}>
			<input
				{...comboProps(id, found.length, at)}
				className="form-input"
				autoFocus
				aria-label={title}
				placeholder={title}
				value={words}
				onChange={event => {
					setWords(event.currentTarget.value);
					setAt(0);
				}}
				onKeyDown={event => {
					event.stopPropagation();
					if (listKey(event, { at, count: found.length, onMove: setAt, onPick: pick, onLeave })) event.preventDefault();
				}}
			/>
			<Options
				id={id}
				label={listLabel}
				className={`quick-add-list ${listClassName}`.trim()}
				options={found.map(optionOf)}
				at={at}
				onPick={pick}
			/>
			{found.length === 0 && <p className="side-empty">{nothing}</p>}
		</div>
	);
}
