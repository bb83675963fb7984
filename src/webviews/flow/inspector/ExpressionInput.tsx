import {
	useId,
	useLayoutEffect,
	useRef,
	type KeyboardEvent,
	type ReactElement,
	type RefObject,
	type SyntheticEvent,
} from 'react';
import type { Completion } from '../../../core/flow/editorProtocol';
import type { NodeId } from '../../../core/flow/model/flow';
import { Options } from '../Options';
import { ExpressionPreview } from './ExpressionPreview';
import type { InputAria } from './FieldRow';
import { useCompletions, type Completions } from './useCompletions';
import { useDraft } from './useDraft';

export interface ExpressionInputProps {
	readonly node: NodeId;
	readonly param: string;
	readonly value: string;
	readonly onKeep: (text: string) => void;
	readonly aria: InputAria;
	readonly rows: number;
	readonly isMono?: boolean;
	readonly isDisabled: boolean;
	/** The whole text is an expression, without braces. */
	readonly isRaw?: boolean;
	readonly placeholder?: string | undefined;
}

/** A text that may hold `{{ expressions }}`: completes them while one types, and shows what they give. */
export function ExpressionInput(props: ExpressionInputProps): ReactElement {
	const { node, param, value, onKeep, aria, rows, isMono = false, isDisabled, isRaw = false, placeholder } = props;
	const id = useId();
	const area = useRef<HTMLTextAreaElement>(null);
	const draft = useDraft(value, onKeep);
	const setCaret = useCaret(area);
	const list = useCompletions(node, param, isRaw);
	const accept = (completion: Completion | undefined): void => {
		const { current } = area;
		if (!completion || !current) return;
		const to = current.selectionStart;
		draft.set(draft.text.slice(0, completion.from) + completion.insert + draft.text.slice(to));
		list.close();
		setCaret(completion.from + completion.insert.length);
	};
	const look = (event: SyntheticEvent<HTMLTextAreaElement>): void => {
		const { selectionStart, value: text } = event.currentTarget;
		list.ask(text, selectionStart);
	};
	const key = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
		const isEnd = rows === 1 && event.key === 'Enter' && list.items.length === 0 && !event.shiftKey;
		if (event.key === ' ' && event.ctrlKey) look(event);
		else if (isEnd) draft.flush();
		else if (list.items.length > 0 && list.key(event.key, accept)) event.stopPropagation();
		else return;
		event.preventDefault();
	};
	return (
		<div className="expression">
			<textarea
				{...aria}
				ref={area}
				className={`form-input${isMono ? ' mono' : ''}${rows === 1 ? ' one-line' : ''}`}
				rows={rows === 1 ? Math.min(4, draft.text.split('\n').length) : rows}
				spellCheck={false}
				placeholder={placeholder}
				value={draft.text}
				disabled={isDisabled}
				aria-autocomplete="list"
				aria-controls={list.items.length > 0 ? `${id}-list` : undefined}
				aria-activedescendant={list.items.length > 0 ? `${id}-list-${list.at}` : undefined}
				onChange={event => {
					draft.set(event.currentTarget.value);
					look(event);
				}}
				onKeyDown={key}
				onBlur={() => {
					draft.flush();
					list.close();
				}}
			/>
			<CompletionList id={id} list={list} onPick={accept} />
			{(isRaw ? draft.text.trim() !== '' : draft.text.includes('{{')) && (
				<ExpressionPreview node={node} text={isRaw ? `{{ ${draft.text} }}` : draft.text} />
			)}
		</div>
	);
}

/** Where the caret shall stand after the next drawing: behind a completion, before the next key arrives. */
function useCaret(area: RefObject<HTMLTextAreaElement | null>): (at: number) => void {
	const caret = useRef<number | null>(null);
	useLayoutEffect(() => {
		if (caret.current !== null) area.current?.setSelectionRange(caret.current, caret.current);
		caret.current = null;
	});
	return at => {
		caret.current = at;
	};
}

function CompletionList({
	id,
	list,
	onPick,
}: {
	readonly id: string;
	readonly list: Completions;
	readonly onPick: (completion: Completion | undefined) => void;
}): ReactElement | null {
	if (list.items.length === 0) return null;
	return (
		<Options
			id={`${id}-list`}
			label="Completions"
			className="completions"
			options={list.items.map(item => ({ key: `${item.kind}${item.label}`, label: item.label, detail: item.detail }))}
			at={list.at}
			onPick={index => onPick(list.items[index])}
		/>
	);
}
