import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { Codicon } from './Codicon';
import { Popover } from './Popover';

export interface MenuItem {
	readonly id: string;
	readonly label: string;
	readonly description?: string;
	readonly icon?: string;
	/** Given for choices: whether it is the chosen one. */
	readonly isChecked?: boolean;
	readonly isDisabled?: boolean;
}

export interface MenuButtonProps {
	/** What the button is for, with its present value: `Model: Opus`. */
	readonly label: string;
	readonly items: readonly MenuItem[];
	readonly onPick: (id: string) => void;
	readonly children: ReactNode;
	readonly className?: string;
}

/** A button that opens a menu. Arrows move, a letter jumps, Enter picks, Escape closes and gives the focus back. */
export function MenuButton({ label, items, onPick, children, className = '' }: MenuButtonProps): ReactElement {
	const [isOpen, setIsOpen] = useState(false);
	const button = useRef<HTMLButtonElement>(null);
	const close = useCallback(() => setIsOpen(false), []);
	const closeAndFocus = useCallback(() => {
		setIsOpen(false);
		button.current?.focus();
	}, []);
	return (
		<>
			<button
				ref={button}
				type="button"
				className={`menu-button ${className}`.trim()}
				title={label}
				aria-label={label}
				aria-haspopup="menu"
				aria-expanded={isOpen}
				onClick={() => setIsOpen(!isOpen)}
				onKeyDown={event => {
					if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
					event.preventDefault();
					setIsOpen(true);
				}}
			>
				{children}
			</button>
			{isOpen && (
				<Popover anchor={button} onClose={close}>
					<MenuList
						label={label}
						items={items}
						onClose={closeAndFocus}
						onPick={id => {
							closeAndFocus();
							onPick(id);
						}}
					/>
				</Popover>
			)}
		</>
	);
}

export interface MenuListProps {
	readonly label: string;
	readonly items: readonly MenuItem[];
	readonly onPick: (id: string) => void;
	readonly onClose: () => void;
}

/** The entries alone, for a menu that opens elsewhere than at a button. */
export function MenuList({ label, items, onPick, onClose }: MenuListProps): ReactElement {
	const list = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const start = list.current?.querySelector<HTMLElement>('[aria-checked="true"]') ?? buttons(list.current)[0];
		start?.focus();
	}, []);
	const isChoice = items.some(item => item.isChecked !== undefined);
	return (
		<div ref={list} className="menu" role="menu" aria-label={label} onKeyDown={event => moveInMenu(event, onClose)}>
			{items.map(item => (
				<button
					key={item.id}
					type="button"
					role={isChoice ? 'menuitemradio' : 'menuitem'}
					aria-checked={isChoice ? item.isChecked === true : undefined}
					className="menu-item"
					disabled={item.isDisabled}
					tabIndex={-1}
					onClick={() => onPick(item.id)}
				>
					{isChoice && <Codicon name={item.isChecked ? 'check' : 'blank'} />}
					{!isChoice && item.icon && <Codicon name={item.icon} />}
					<span className="menu-item-text">
						<span>{item.label}</span>
						{item.description && <span className="menu-item-description">{item.description}</span>}
					</span>
				</button>
			))}
		</div>
	);
}

function buttons(list: HTMLElement | null): HTMLButtonElement[] {
	return [...(list?.querySelectorAll<HTMLButtonElement>('button:not(:disabled)') ?? [])];
}

function moveInMenu(event: KeyboardEvent<HTMLElement>, onClose: () => void): void {
	const all = buttons(event.currentTarget);
	const at = all.indexOf(document.activeElement as HTMLButtonElement);
	const to = menuTarget(event.key, at, all);
	if (event.key === 'Tab' || event.key === 'Escape') {
		event.preventDefault();
		event.stopPropagation();
		onClose();
	} else if (to >= 0) {
		event.preventDefault();
		all[to]?.focus();
	}
}

function menuTarget(key: string, at: number, all: readonly HTMLElement[]): number {
	if (key === 'ArrowDown') return (at + 1) % all.length;
	if (key === 'ArrowUp') return (at + all.length - 1) % all.length;
	if (key === 'Home') return 0;
	if (key === 'End') return all.length - 1;
	if (key.length !== 1 || key === ' ') return -1;
	const starts = (entry: HTMLElement): boolean => entry.innerText.trim().toLowerCase().startsWith(key.toLowerCase());
	const after = all.findIndex((entry, index) => index > at && starts(entry));
	return after >= 0 ? after : all.findIndex(starts);
}
