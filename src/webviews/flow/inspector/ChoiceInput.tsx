import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { ChoiceView } from '../../../core/flow/editorProtocol';
import { useEditor } from '../context';
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
	const editor = useEditor();
	const id = useId();
	const draft = useDraft(value, onKeep);
	const [choices, setChoices] = useState<readonly ChoiceView[] | null>(null);
	const [at, setAt] = useState(-1);
	const asked = useRef(0);
	useEffect(() => () => void asked.current++, []);
	const ask = (query: string): void => {
		const number = ++asked.current;
		editor.client.call('choices', { of, query }).then(
			found => {
				if (number !== asked.current) return;
				setChoices(found.slice(0, 100));
				setAt(-1);
			},
			(error: unknown) => editor.fail(error),
		);
	};
	const close = (): void => {
		asked.current++;
		setChoices(null);
	};
	const pick = (choice: ChoiceView): void => {
		draft.set(choice.value);
		draft.flush();
		close();
	};
	const key = (event: KeyboardEvent): void => {
		if (event.key === 'ArrowDown' && !choices) return ask(draft.text);
		if (!choices || choices.length === 0) return;
		const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
		const chosen = choices[at];
		if (step !== 0) setAt((at + step + choices.length) % choices.length);
		else if (event.key === 'Enter' && chosen) pick(chosen);
		else if (event.key === 'Escape') close();
		else return;
		event.preventDefault();
		event.stopPropagation();
	};
	const isOpen = choices !== null;
	return (
		<div className="expression">
			<input
				{...aria}
				className="form-input"
				role="combobox"
				aria-expanded={isOpen}
				aria-controls={`${id}-list`}
				aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
				aria-autocomplete="list"
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
			{isOpen && choices.length > 0 && (
				<div className="completions" role="listbox" id={`${id}-list`} aria-label="Choices">
					{choices.map((choice, index) => (
						<div
							key={choice.value}
							id={`${id}-${index}`}
							role="option"
							aria-selected={index === at}
							className={`menu-item${index === at ? ' selected' : ''}`}
							onPointerDown={event => {
								event.preventDefault();
								pick(choice);
							}}
						>
							<span className="completion-label">{choice.label}</span>
							{choice.description !== undefined && <span className="completion-detail">{choice.description}</span>}
						</div>
					))}
				</div>
			)}
		</div>
	);
}
