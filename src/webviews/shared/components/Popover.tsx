import { useEffect, useLayoutEffect, useRef, type ReactElement, type ReactNode, type RefObject } from 'react';

export interface PopoverProps {
	readonly anchor: RefObject<HTMLElement | null>;
	readonly onClose: () => void;
	/** After Escape has closed it: where the focus goes. */
	readonly onEscape?: () => void;
	readonly children: ReactNode;
	/** Takes the width of the anchor, for lists below or above a field. */
	readonly isFullWidth?: boolean;
	readonly className?: string;
}

const margin = 6;

/** A surface beside `anchor`, kept inside the page however narrow it is. Closes on Escape and on a press elsewhere. */
export function Popover({
	anchor,
	onClose,
	onEscape,
	children,
	isFullWidth = false,
	className = '',
}: PopoverProps): ReactElement {
	const surface = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		const place = (): void => {
			if (surface.current && anchor.current) placeBeside(surface.current, anchor.current, isFullWidth);
		};
		place();
		window.addEventListener('resize', place);
		return () => window.removeEventListener('resize', place);
	});
	useEffect(() => {
		const press = (event: PointerEvent): void => {
			const target = event.target as Node;
			if (!surface.current?.contains(target) && !anchor.current?.contains(target)) onClose();
		};
		const key = (event: globalThis.KeyboardEvent): void => {
			// What has the focus in it handles its own keys first; while the focus is still outside, nobody else would.
			if (event.key !== 'Escape' || !onEscape || surface.current?.contains(event.target as Node)) return;
			event.stopPropagation();
			event.preventDefault();
			onClose();
			onEscape();
		};
		document.addEventListener('keydown', key, true);
		document.addEventListener('pointerdown', press, true);
		window.addEventListener('blur', onClose);
		return () => {
			document.removeEventListener('keydown', key, true);
			document.removeEventListener('pointerdown', press, true);
			window.removeEventListener('blur', onClose);
		};
	}, [anchor, onClose, onEscape]);
	return (
		<div
			ref={surface}
			className={`popover ${className}`.trim()}
			onKeyDown={event => {
				if (event.key !== 'Escape') return;
				// The next Escape stops the turn; this one only closes.
				event.stopPropagation();
				event.preventDefault();
				onClose();
				onEscape?.();
			}}
		>
			{children}
		</div>
	);
}

function placeBeside(surface: HTMLElement, anchor: HTMLElement, isFullWidth: boolean): void {
	const at = anchor.getBoundingClientRect();
	const { style } = surface;
	if (isFullWidth) style.width = `${at.width}px`;
	style.maxWidth = `${window.innerWidth - 2 * margin}px`;
	const below = window.innerHeight - at.bottom - 2 * margin;
	const above = at.top - 2 * margin;
	const isAbove = above > below;
	style.maxHeight = `${Math.min(420, isAbove ? above : below)}px`;
	style.top = isAbove ? '' : `${at.bottom + 2}px`;
	style.bottom = isAbove ? `${window.innerHeight - at.top + 2}px` : '';
	const isRightToLeft = getComputedStyle(anchor).direction === 'rtl';
	const wanted = isRightToLeft ? at.right - surface.offsetWidth : at.left;
	style.left = `${Math.max(margin, Math.min(wanted, window.innerWidth - surface.offsetWidth - margin))}px`;
}
