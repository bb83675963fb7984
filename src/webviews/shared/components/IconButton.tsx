import type { ReactElement, Ref } from 'react';
import { Codicon } from './Codicon';

export interface IconButtonProps {
	readonly icon: string;
	/** Name for screen readers, and the tooltip. */
	readonly label: string;
	readonly onClick: () => void;
	readonly isDisabled?: boolean;
	/** For buttons that open something: whether it is open. */
	readonly isExpanded?: boolean;
	readonly className?: string;
	readonly ref?: Ref<HTMLButtonElement>;
}

/** A small button with an icon, as in VS Code's own toolbars. A native button: lists show hundreds of them. */
export function IconButton(props: IconButtonProps): ReactElement {
	const { icon, label, onClick, isDisabled = false, isExpanded, className = '', ref } = props;
	return (
		<button
			ref={ref}
			type="button"
			className={`icon-button ${className}`.trim()}
			title={label}
			aria-label={label}
			aria-expanded={isExpanded}
			disabled={isDisabled}
			onClick={onClick}
		>
			<Codicon name={icon} />
		</button>
	);
}
