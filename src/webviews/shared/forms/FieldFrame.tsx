import { useId, type ReactElement, type ReactNode } from 'react';
import type { FormField } from '../../../core/mcp/form/fields';
import { Words } from '../components/Words';

/** What ties an input to its label, its description and what is wrong with it. */
export interface FieldAria {
	readonly id: string;
	readonly 'aria-describedby': string;
	readonly 'aria-invalid': boolean;
	readonly 'aria-required': boolean;
	/** Where it is in the form, so that the first wrong one can be found. */
	readonly 'data-path': string;
}

export interface FieldFrameProps {
	readonly field: FormField;
	readonly path: string;
	readonly problem: string | undefined;
	/** The input stands before its label, as check boxes do. */
	readonly isInline?: boolean;
	readonly children: (aria: FieldAria) => ReactNode;
}

/** One field with its label, what it means, and what is wrong. */
export function FieldFrame({ field, path, problem, isInline = false, children }: FieldFrameProps): ReactElement {
	const id = useId();
	const aria: FieldAria = {
		id,
		'aria-describedby': `${id}-about`,
		'aria-invalid': problem !== undefined,
		'aria-required': field.isRequired,
		'data-path': path,
	};
	const label = (
		<label htmlFor={id} className="form-label">
			{field.label}
			{field.isRequired && !isInline && <span className="form-required"> (required)</span>}
		</label>
	);
	return (
		<div className="form-field">
			{isInline ? (
				<div className="form-inline">
					{children(aria)}
					{label}
				</div>
			) : (
				<>
					{label}
					{children(aria)}
				</>
			)}
			<div id={`${id}-about`}>
				{problem !== undefined && <p className="form-problem">{problem}</p>}
				{field.description !== '' && (
					<p className="form-description">
						<Words text={field.description} />
					</p>
				)}
			</div>
		</div>
	);
}
