import { useCallback, useMemo, useRef, useState, type RefObject } from 'react';
import { draftOf, readDraft, strangeNames, type Draft, type FormPath } from '../../../core/mcp/form/draft';
import type { Json } from '../../../core/base/json';
import { formOf, isOpen, type GroupField } from '../../../core/mcp/form/fields';

export type JsonRecord = Readonly<Record<string, Json>>;

/** What stands in a form now; kept so that it is there again when the user comes back. */
export interface SavedInput {
	readonly mode: 'form' | 'json';
	readonly draft: Draft;
	readonly json: string;
}

export interface SchemaState {
	readonly form: GroupField;
	readonly mode: 'form' | 'json';
	readonly draft: Draft;
	readonly json: string;
	readonly problems: Readonly<Record<FormPath, string>>;
	readonly setDraft: (draft: Draft) => void;
	readonly setJson: (json: string) => void;
	readonly setMode: (mode: 'form' | 'json') => void;
	/** The value, or `undefined` after what is wrong was shown and the first such field got the focus. */
	readonly read: () => JsonRecord | undefined;
	readonly root: RefObject<HTMLDivElement | null>;
}

/**
 * A value that a schema describes, while it is filled in. What is wrong is shown once the user has tried to use it, and
 * from then on while they type.
 */
export function useSchemaInput(
	schema: Readonly<Record<string, unknown>>,
	saved?: SavedInput,
	onSave?: (saved: SavedInput) => void,
): SchemaState {
	const form = useMemo(() => formOf(schema), [schema]);
	const root = useRef<HTMLDivElement>(null);
	const [state, setState] = useState<SavedInput>(() => saved ?? freshInput(schema, form));
	const [isChecked, setIsChecked] = useState(false);
	const [lost, setLost] = useState<string | null>(null);
	const reading = useMemo(() => readInput(form, state), [form, state]);
	const update = useCallback(
		(change: Partial<SavedInput>) => {
			setLost(null);
			setState(before => {
				const next = { ...before, ...change };
				onSave?.(next);
				return next;
			});
		},
		[onSave],
	);
	const setMode = (mode: 'form' | 'json'): void => {
		if (mode === state.mode) return;
		setIsChecked(false);
		if (mode === 'json') return update({ mode, json: JSON.stringify(reading.value ?? {}, null, 2) });
		if (!isRecord(reading.value)) return setIsChecked(true);
		const strange = strangeNames(form, reading.value);
		update({ mode, draft: draftOf(form, reading.value) });
		if (strange.length > 0) setLost(`The form has no field for ${strange.join(', ')}: it is left out here.`);
	};
	const read = (): JsonRecord | undefined => {
		if (reading.isValid && isRecord(reading.value)) return reading.value;
		setIsChecked(true);
		// The problems are drawn first; then the first of them gets the focus.
		requestAnimationFrame(() => root.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
		return undefined;
	};
	const problems = isChecked && !reading.isValid ? reading.problems : noProblems;
	return {
		...state,
		form,
		root,
		problems: lost === null ? problems : { ...problems, '': lost },
		setDraft: draft => update({ draft }),
		setJson: json => update({ json }),
		setMode,
		read,
	};
}

const noProblems: Readonly<Record<FormPath, string>> = {};

function freshInput(schema: Readonly<Record<string, unknown>>, form: GroupField): SavedInput {
	return { mode: isOpen(schema) ? 'json' : 'form', draft: draftOf(form), json: '{}' };
}

function readInput(form: GroupField, state: SavedInput): ReturnType<typeof readDraft> {
	if (state.mode === 'form') return readDraft(form, state.draft);
	try {
		const value = JSON.parse(state.json) as Json;
		if (isRecord(value)) return { isValid: true, value };
		return { isValid: false, value: undefined, problems: { '': 'The input must be one JSON object in braces.' } };
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return { isValid: false, value: undefined, problems: { '': `This is not JSON: ${reason}` } };
	}
}

function isRecord(value: Json | undefined): value is JsonRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
