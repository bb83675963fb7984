import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { ChoiceView } from '../../../core/flow/editorProtocol';
import { useEditor } from '../context';
import { comboProps, listKey, Options } from '../Options';
import type { InputAria } from './FieldRow';
import { useDraft } from './useDraft';

export type ChoiceOf = 'model' | 'tool' | 'secret' | 'path' | 'flow';

export interface ChoiceInputProps {
	readonly of: ChoiceOf;
	readonly value: string;
	readonly onKeep: (value: string) => void;
	readonly aria: InputAria;
	readonly isDisabled: boolean;
	readonly placeholder?: string | undefined;
}

/** A text with a list of what the host knows: models, tools, names of secrets, paths. Anything may be typed. */
export function ChoiceInput({ of, value, onKeep, aria, isDisabled, placeholder }: ChoiceInputProps): ReactElement {
	const id = useId();
	const draft = useDraft(value, onKeep);
	const { choices, at, setAt, ask, close } = useChoices(of);
	const pick = (index: number): void => {
		const choice = choices?.[index];
		if (!choice) return;
		draft.set(choice.value);
		draft.flush();
		close();
	};
	const key = (event: KeyboardEvent): void => {
		if (event.key === 'ArrowDown' && !choices) return ask(draft.text);
		if (event.key === 'Tab' || !choices || choices.length === 0) return;
		if (!listKey(event, { at, count: choices.length, onMove: setAt, onPick: pick, onLeave: close })) return;
		event.preventDefault();
		event.stopPropagation();
	};
	return (
		<div className="expression">
			<input
				{...aria}
				{...comboProps(`${id}-list`, choices?.length ?? 0, at)}
				className="form-input"
				autoComplete="off"
				spellCheck={false}
				placeholder={placeholder}
				value={draft.text}
				disabled={isDisabled}
				onFocus={() => ask('')}
				onChange={event => {
					draft.set(event.currentTarget.value);
					ask(event.currentTarget.value);
				}}
				onKeyDown={key}
				onBlur={() => {
					draft.flush();
					close();
				}}
			/>
			{choices !== null && choices.length > 0 && (
				<Options
					id={`${id}-list`}
					label="Choices"
					className="completions"
					options={choices.map(choice => ({ key: choice.value, label: choice.label, detail: choice.description }))}
					at={at}
					onPick={pick}
				/>
			)}
		</div>
	);
}

interface Choices {
	/** `null` while the list is closed. */
	readonly choices: readonly ChoiceView[] | null;
	readonly at: number;
	readonly setAt: (at: number) => void;
	readonly ask: (query: string) => void;
	readonly close: () => void;
}

/** Asks the host what there is; an answer that came too late is left out. */
function useChoices(of: ChoiceOf): Choices {
	const editor = useEditor();
	const [choices, setChoices] = useState<readonly ChoiceView[] | null>(null);
	const [at, setAt] = useState(-1);
	const asked = useRef(0);
	useEffect(() => () => void asked.current++, []);
	return {
		choices,
		at,
		setAt,
		ask: query => {
			const number = ++asked.current;
			editor.client.call('choices', { of, query }).then(
				found => {
					if (number !== asked.current) return;
					setChoices(found.slice(0, 100));
					setAt(-1);
				},
				(error: unknown) => editor.fail(error),
			);
		},
		close: () => {
			asked.current++;
			setChoices(null);
		},
	};
}
