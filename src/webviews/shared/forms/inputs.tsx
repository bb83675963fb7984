import type { ReactElement } from 'react';
import type { NumberField, TextField } from '../../../core/mcp/form/fields';
import type { FieldAria } from './FieldFrame';

interface InputProps {
	readonly aria: FieldAria;
	readonly text: string;
	readonly onText: (text: string) => void;
	readonly isDisabled: boolean;
}

const hints: Readonly<Record<string, string>> = {
	email: 'ada@example.org',
	uri: 'https://example.org',
	date: '2026-03-01',
	'date-time': '2026-03-01T12:30:00Z',
};

/** A line of text or a number; a long text gets an area that can be pulled larger. */
export function TextInput({
	aria,
	text,
	onText,
	isDisabled,
	field,
	isHidden,
}: InputProps & { readonly field: TextField | NumberField; readonly isHidden: boolean }): ReactElement {
	if (field.kind === 'text' && !isHidden && (field.isLong || text.includes('\n'))) {
		return (
			<textarea
				{...aria}
				className="form-input"
				rows={4}
				value={text}
				disabled={isDisabled}
				onChange={event => onText(event.currentTarget.value)}
			/>
		);
	}
	const format = field.kind === 'text' ? field.format : null;
	return (
		<input
			{...aria}
			className="form-input"
			type={isHidden ? 'password' : 'text'}
			inputMode={field.kind === 'number' ? 'decimal' : undefined}
			autoComplete="off"
			spellCheck={false}
			placeholder={format === null ? undefined : hints[format]}
			value={text}
			disabled={isDisabled}
			onChange={event => onText(event.currentTarget.value)}
		/>
	);
}

/** JSON, for what no form can show. */
export function JsonArea({
	aria,
	text,
	onText,
	isDisabled,
	placeholder,
	rows = 4,
}: InputProps & { readonly placeholder: string; readonly rows?: number }): ReactElement {
	return (
		<textarea
			{...aria}
			className="form-input mono"
			rows={rows}
			spellCheck={false}
			placeholder={`JSON: ${placeholder}`}
			value={text}
			disabled={isDisabled}
			onChange={event => onText(event.currentTarget.value)}
		/>
	);
}
