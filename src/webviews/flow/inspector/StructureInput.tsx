import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { Json } from '../../../core/base/json';
import { draftOf, readDraft, type Draft, type FormPath } from '../../../core/mcp/form/draft';
import type { FormField, GroupField } from '../../../core/mcp/form/fields';
import { SchemaFields } from '../../shared/forms/SchemaFields';
import type { InputAria } from './FieldRow';

const pauseMs = 500;
const noProblems: Readonly<Record<FormPath, string>> = {};

/** Lists, objects and JSON: the fields that forms made from schemas have everywhere. */
export function StructureInput({
	field,
	value,
	isDisabled,
	onKeep,
}: {
	readonly aria: InputAria;
	readonly field: FormField;
	readonly value: Json | undefined;
	readonly isDisabled: boolean;
	readonly onKeep: (value: Json) => void;
}): ReactElement {
	const form = formAround(field);
	const text = JSON.stringify(value ?? field.default ?? null);
	const [draft, setDraft] = useState<Draft>(() => fresh(field, value));
	const [problems, setProblems] = useState(noProblems);
	const kept = useRef(text);
	const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	const waiting = useRef<(() => void) | null>(null);
	// A form that vanishes because another node was selected still keeps what was typed.
	useEffect(
		() => () => {
			clearTimeout(timer.current);
			waiting.current?.();
		},
		[],
	);
	useEffect(() => {
		// Undo, another editor, the text beside: what was typed here is older than that.
		if (text === kept.current) return;
		kept.current = text;
		setDraft(fresh(field, value));
	}, [text, field, value]);
	return (
		<div className="structure">
			<SchemaFields
				form={form}
				draft={draft}
				context={{ problems, isMasked: false, isDisabled }}
				onDraft={next => {
					setDraft(next);
					clearTimeout(timer.current);
					waiting.current = () => {
						waiting.current = null;
						const reading = readDraft(form, next);
						setProblems(reading.isValid ? noProblems : reading.problems);
						if (!reading.isValid) return;
						const read = (reading.value as { readonly value?: Json } | undefined)?.value ?? null;
						kept.current = JSON.stringify(read ?? field.default ?? null);
						onKeep(read);
					};
					timer.current = setTimeout(() => waiting.current?.(), pauseMs);
				}}
			/>
		</div>
	);
}

function fresh(field: FormField, value: Json | undefined): Draft {
	return { kind: 'group', parts: { value: draftOf(field, value ?? field.default) } };
}

/** The field as the only one of a form. */
function formAround(field: FormField): GroupField {
	const only = { ...field, name: 'value', description: '' };
	return {
		kind: 'group',
		name: '',
		label: '',
		description: '',
		isRequired: true,
		default: undefined,
		fields: [only],
	};
}
