import type { ReactElement, ReactNode } from 'react';
import { IconButton } from '../shared/components/IconButton';

/** What stands beside the grid, or over it where there is no room for both. */
export function SidePane({
	title,
	onClose,
	children,
}: {
	readonly title: string;
	readonly onClose: () => void;
	readonly children: ReactNode;
}): ReactElement {
	return (
		<aside
			className="side-pane"
			aria-label={title}
			onKeyDown={event => {
				if (event.key !== 'Escape') return;
				event.stopPropagation();
				onClose();
			}}
		>
			<header>
				<h2>{title}</h2>
				<IconButton icon="close" label="Close" onClick={onClose} />
			</header>
			<div className="side-body">{children}</div>
		</aside>
	);
}
