import type { ReactElement } from 'react';

export interface CodiconProps {
	readonly name: string;
	/** Said by screen readers. Without it the icon is decoration. */
	readonly label?: string;
	readonly isSpinning?: boolean;
	readonly className?: string;
}

/** One icon of VS Code's own icon font. */
export function Codicon({ name, label, isSpinning = false, className = '' }: CodiconProps): ReactElement {
	const classes = `codicon codicon-${name}${isSpinning ? ' codicon-modifier-spin' : ''} ${className}`.trim();
	if (label === undefined) return <span className={classes} aria-hidden="true" />;
	return <span className={classes} role="img" aria-label={label} />;
}
