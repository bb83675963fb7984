import { useState, type ReactElement } from 'react';
import type { Json } from '../../../core/base/json';
import type { ChoiceField, NumberField } from '../../../core/mcp/form/fields';
import { IconButton } from '../../shared/components/IconButton';
import { ChoiceInput, type ChoiceOf } from './ChoiceInput';
import type { InputAria } from './FieldRow';
import { useDraft } from './useDraft';

interface PlainProps {
	readonly aria: InputAria;
	readonly isDisabled: boolean;
	readonly value: Json | undefined;
	readonly onKeep: (value: Json) => void;
}

/** A number; what is none is not kept and said. */
export function NumberInput({
	aria,
	isDisabled,
	value,
	onKeep,
	field,
}: PlainProps & { readonly field: NumberField }): ReactElement {
	const [wrong, setWrong] = useState<string | null>(null);
	const draft = useDraft(typeof value === 'number' ? String(value) : '', text => {
		const number = Number(text.trim());
		const problem = numberProblem(text, number, field);
		setWrong(problem);
		if (text.trim() === '') onKeep(null);
		else if (problem === null) onKeep(number);
	});
	return (
		<>
			<input
				{...aria}
				aria-invalid={aria['aria-invalid'] || wrong !== null}
				className="form-input"
				inputMode="decimal"
				autoComplete="off"
				placeholder={field.default === undefined ? '' : JSON.stringify(field.default)}
				value={draft.text}
				disabled={isDisabled}
				onChange={event => draft.set(event.currentTarget.value)}
				onBlur={draft.flush}
			/>
			{wrong !== null && <p className="form-problem">{wrong}</p>}
		</>
	);
}

function numberProblem(text: string, number: number, { isInteger, minimum, maximum }: NumberField): string | null {
	if (text.trim() === '') return null;
	if (!Number.isFinite(number)) return 'Write a number, such as 12 or 0.5.';
	if (isInteger && !Number.isInteger(number)) return 'Write a whole number.';
	if (minimum !== null && number < minimum) return `At least ${minimum}.`;
	return maximum !== null && number > maximum ? `At most ${maximum}.` : null;
}

/** One of a few. */
export function SelectInput({
	aria,
	isDisabled,
	value,
	onKeep,
	field,
}: PlainProps & { readonly field: ChoiceField }): ReactElement {
	const wanted = JSON.stringify(value ?? field.default ?? null);
	const at = field.choices.findIndex(choice => JSON.stringify(choice.value) === wanted);
	return (
		<select
			{...aria}
			className="form-input"
			value={at}
			disabled={isDisabled}
			onChange={event => {
				const choice = field.choices[Number(event.currentTarget.value)];
				if (choice) onKeep(choice.value);
			}}
		>
			{at < 0 && <option value={-1}>{value === undefined ? 'Choose…' : `Unknown: ${wanted}`}</option>}
			{field.choices.map((choice, index) => (
				<option key={choice.label} value={index}>
					{choice.label}
				</option>
			))}
		</select>
	);
}

const units = [
	{ name: 'ms', ms: 1 },
	{ name: 's', ms: 1000 },
	{ name: 'min', ms: 60_000 },
	{ name: 'h', ms: 3_600_000 },
] as const;

/** Milliseconds, in the unit that reads best. */
export function DurationInput({ aria, isDisabled, value, onKeep }: PlainProps): ReactElement {
	const ms = typeof value === 'number' ? value : 0;
	const [unit, setUnit] = useState(() => units.findLast(each => ms >= each.ms && ms % each.ms === 0) ?? units[1]);
	const draft = useDraft(typeof value === 'number' ? String(value / unit.ms) : '', text => {
		const number = Number(text.trim());
		if (text.trim() === '') onKeep(null);
		else if (Number.isFinite(number) && number >= 0) onKeep(Math.round(number * unit.ms));
	});
	return (
		<div className="duration">
			<input
				{...aria}
				className="form-input"
				inputMode="decimal"
				value={draft.text}
				disabled={isDisabled}
				onChange={event => draft.set(event.currentTarget.value)}
				onBlur={draft.flush}
			/>
			<select
				className="form-input"
				aria-label="Unit"
				value={unit.name}
				disabled={isDisabled}
				onChange={event => {
					const next = units.find(each => each.name === event.currentTarget.value) ?? units[0];
					const number = Number(draft.text);
					setUnit(next);
					if (draft.text !== '' && Number.isFinite(number)) onKeep(Math.round(number * next.ms));
				}}
			>
				{units.map(each => (
					<option key={each.name}>{each.name}</option>
				))}
			</select>
		</div>
	);
}

/** Several names, a line each. */
export function ListInput({
	aria,
	isDisabled,
	value,
	onKeep,
	of,
}: PlainProps & { readonly of: ChoiceOf }): ReactElement {
	const items = Array.isArray(value) ? (value as readonly Json[]).map(String) : [];
	const [isAdding, setIsAdding] = useState(false);
	const rows = isAdding || items.length === 0 ? [...items, ''] : items;
	return (
		<div className="form-choices">
			{rows.map((item, index) => (
				// oxlint-disable-next-line react/no-array-index-key -- names have no identity beside their place
				<div className="form-item" key={index}>
					<ChoiceInput
						of={of}
						aria={index === 0 ? aria : { ...aria, id: `${aria.id}-${index}` }}
						value={item}
						isDisabled={isDisabled}
						onKeep={next => {
							setIsAdding(false);
							onKeep(rows.map((each, at) => (at === index ? next : each)).filter(each => each !== ''));
						}}
					/>
					{item !== '' && (
						<IconButton
							icon="trash"
							label={`Remove ${item}`}
							isDisabled={isDisabled}
							onClick={() => onKeep(items.filter((_, at) => at !== index))}
						/>
					)}
				</div>
			))}
			{items.length > 0 && !isAdding && (
				<button type="button" className="text-button" disabled={isDisabled} onClick={() => setIsAdding(true)}>
					Add another
				</button>
			)}
		</div>
	);
}
