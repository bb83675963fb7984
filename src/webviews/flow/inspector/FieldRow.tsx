import { useId, type ReactElement, type ReactNode } from 'react';
import { IconButton } from '../../shared/components/IconButton';
import { Words } from '../../shared/components/Words';

/** What ties an input to its label, its description and what is wrong with it. */
export interface InputAria {
	readonly id: string;
	readonly 'aria-describedby': string;
	readonly 'aria-invalid': boolean;
	readonly 'aria-required': boolean;
}

export interface FieldRowProps {
	readonly label: string;
	readonly description: string;
	readonly isRequired?: boolean;
	readonly problem?: string | undefined;
	/** The value differs from the default: it can be put back. */
	readonly onReset?: (() => void) | undefined;
	readonly actions?: ReactNode;
	readonly children: (aria: InputAria) => ReactNode;
}

/** A parameter with its name, its meaning, and small actions beside its name. */
export function FieldRow(props: FieldRowProps): ReactElement {
	const { label, description, isRequired = false, problem, onReset, actions, children } = props;
	const id = useId();
	return (
		<div className="form-field param">
			<div className="param-head">
				<label htmlFor={id} className="form-label">
					{label}
					{isRequired && <span className="form-required"> (required)</span>}
				</label>
				{actions}
				{onReset && <IconButton icon="discard" label={`Put ${label} back to its default`} onClick={onReset} />}
			</div>
			{children({
				id,
				'aria-describedby': `${id}-about`,
				'aria-invalid': problem !== undefined,
				'aria-required': isRequired,
			})}
			<div id={`${id}-about`}>
				{problem !== undefined && <p className="form-problem">{problem}</p>}
				{description !== '' && (
					<p className="form-description">
						<Words text={description} />
					</p>
				)}
			</div>
		</div>
	);
}
