import {
	useCallback,
	useEffect,
	useId,
	useRef,
	useState,
	type KeyboardEvent,
	type ReactElement,
	type SyntheticEvent,
} from 'react';
import type { Completion } from '../../../core/flow/editorProtocol';
import type { NodeId } from '../../../core/flow/model/flow';
import { useEditor } from '../context';
import { ExpressionPreview } from './ExpressionPreview';
import type { InputAria } from './FieldRow';
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

const askMs = 90;

/** A text that may hold `{{ expressions }}`: completes them while one types, and shows what they give. */
export function ExpressionInput(props: ExpressionInputProps): ReactElement {
	const { node, param, value, onKeep, aria, rows, isMono = false, isDisabled, isRaw = false, placeholder } = props;
	const id = useId();
	const area = useRef<HTMLTextAreaElement>(null);
	const draft = useDraft(value, onKeep);
	const list = useCompletions(node, param, isRaw);
	const accept = (completion: Completion | undefined): void => {
		const { current } = area;
		if (!completion || !current) return;
		const to = current.selectionStart;
		draft.set(draft.text.slice(0, completion.from) + completion.insert + draft.text.slice(to));
		list.close();
		const at = completion.from + completion.insert.length;
		requestAnimationFrame(() => current.setSelectionRange(at, at));
	};
	const look = (event: SyntheticEvent<HTMLTextAreaElement>): void => {
		const { selectionStart, value: text } = event.currentTarget;
		list.ask(text, selectionStart);
	};
	const key = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
		if (event.key === ' ' && event.ctrlKey) {
			event.preventDefault();
			return look(event);
		}
		if (rows === 1 && event.key === 'Enter' && list.items.length === 0 && !event.shiftKey) {
			event.preventDefault();
			return draft.flush();
		}
		if (list.items.length > 0 && list.key(event.key, accept)) {
			event.preventDefault();
			event.stopPropagation();
		}
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
				aria-activedescendant={list.items.length > 0 ? `${id}-${list.at}` : undefined}
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
			{list.items.length > 0 && (
				<div className="completions" role="listbox" id={`${id}-list`} aria-label="Completions">
					{list.items.map((item, index) => (
						<div
							key={`${item.kind}${item.label}`}
							id={`${id}-${index}`}
							role="option"
							aria-selected={index === list.at}
							className={`menu-item${index === list.at ? ' selected' : ''}`}
							onPointerDown={event => {
								event.preventDefault();
								accept(item);
							}}
						>
							<span className="completion-label">{item.label}</span>
							{item.detail !== undefined && <span className="completion-detail">{item.detail}</span>}
						</div>
					))}
				</div>
			)}
			{(isRaw ? draft.text.trim() !== '' : draft.text.includes('{{')) && (
				<ExpressionPreview node={node} text={isRaw ? `{{ ${draft.text} }}` : draft.text} />
			)}
		</div>
	);
}

interface Completions {
	readonly items: readonly Completion[];
	readonly at: number;
	readonly ask: (text: string, at: number) => void;
	readonly close: () => void;
	/** Whether the key was meant for the list. */
	readonly key: (name: string, accept: (completion: Completion | undefined) => void) => boolean;
}

const none: readonly Completion[] = [];

function useCompletions(node: NodeId, param: string, isRaw: boolean): Completions {
	const editor = useEditor();
	const [items, setItems] = useState(none);
	const [at, setAt] = useState(0);
	const asked = useRef(0);
	const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	useEffect(() => () => clearTimeout(timer.current), []);
	const close = useCallback(() => {
		asked.current++;
		clearTimeout(timer.current);
		setItems(none);
	}, []);
	const ask = (text: string, caret: number): void => {
		clearTimeout(timer.current);
		const number = ++asked.current;
		if (!editor.has('completions') || !(isRaw || isInside(text, caret))) return setItems(none);
		timer.current = setTimeout(() => {
			editor.client.call('completions', { node, param, text, at: caret }).then(
				found => {
					if (number !== asked.current) return;
					setItems(found.slice(0, 50));
					setAt(0);
				},
				// Completion is a convenience: without an answer there is none.
				() => setItems(none),
			);
		}, askMs);
	};
	const key: Completions['key'] = (name, accept) => {
		const step = name === 'ArrowDown' ? 1 : name === 'ArrowUp' ? -1 : 0;
		if (step !== 0) setAt((at + step + items.length) % items.length);
		else if (name === 'Enter' || name === 'Tab') accept(items[at]);
		else if (name === 'Escape') close();
		else return false;
		return true;
	};
	return { items, at, ask, close, key };
}

/** Whether the caret stands between `{{` and the `}}` that ends it. */
export function isInside(text: string, at: number): boolean {
	const before = text.slice(0, at);
	const open = before.lastIndexOf('{{');
	return open >= 0 && before.indexOf('}}', open) < 0;
}
