import { useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import { Button } from '../../shared/components/toolkit';
import { useCall } from '../host';
import { InlineError } from './InlineError';

export interface PromptEditorProps {
	readonly text: string;
	readonly submitLabel: string;
	readonly note: string | null;
	readonly onSubmit: (text: string) => Promise<unknown>;
	readonly onClose: () => void;
}

/** Edits a prompt in its place. Enter submits, Escape gives up. */
export function PromptEditor({ text, submitLabel, note, onSubmit, onClose }: PromptEditorProps): ReactElement {
	const [value, setValue] = useState(text);
	const area = useRef<HTMLTextAreaElement>(null);
	const call = useCall();
	useLayoutEffect(() => {
		area.current?.focus();
		area.current?.setSelectionRange(text.length, text.length);
	}, [text]);
	const submit = async (): Promise<void> => {
		if (value.trim() !== '' && (await call.run(() => onSubmit(value)))) onClose();
	};
	return (
		<div className="prompt-editor">
			<textarea
				ref={area}
				className="prompt-input"
				aria-label="Edit the prompt"
				dir="auto"
				value={value}
				onChange={event => setValue(event.target.value)}
				onKeyDown={event => {
					if (event.key === 'Escape') {
						event.stopPropagation();
						onClose();
					} else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
						event.preventDefault();
						void submit();
					}
				}}
			/>
			{note !== null && <p className="tool-note">{note}</p>}
			<div className="button-row">
				<Button appearance="primary" isDisabled={call.isRunning || value.trim() === ''} onClick={() => void submit()}>
					{submitLabel}
				</Button>
				<Button onClick={onClose}>Cancel</Button>
			</div>
			<InlineError error={call.error} />
		</div>
	);
}
