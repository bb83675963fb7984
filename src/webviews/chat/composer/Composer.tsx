import {
	useEffect,
	useId,
	useImperativeHandle,
	useRef,
	useState,
	type ClipboardEvent,
	type KeyboardEvent,
	type ReactElement,
	type Ref,
	type RefObject,
} from 'react';
import type { ConversationView } from '../../../core/chat/items';
import type { MentionHit } from '../../../core/chat/protocol';
import { useHost } from '../host';
import { isBusy, type ChatState } from '../state';
import { ContextChips } from './ContextChips';
import { speakerName } from '../speaker';
import { SuggestMenu } from './SuggestMenu';
import { complete } from './text';
import { Toolbar } from './Toolbar';
import { useAttach } from './useAttach';
import { usePrompt, type Prompt } from './usePrompt';
import { useReading, type Reading } from './useReading';
import { useSend } from './useSend';
import { useSuggestions, type Suggestion, type Suggestions } from './useSuggestions';

export interface ComposerHandle {
	/** Puts a text into the composer, to be changed or sent. */
	write(text: string): void;
}

export interface ComposerProps {
	readonly state: ChatState;
	readonly conversation: ConversationView;
	readonly draft: string;
	readonly ref: Ref<ComposerHandle>;
}

/** Where prompts are written. */
export function Composer({ state, conversation, draft, ref }: ComposerProps): ReactElement {
	const host = useHost();
	const area = useRef<HTMLTextAreaElement>(null);
	const prompt = usePrompt(area, draft);
	const reading = useReading(useSend(prompt, state));
	const send = reading.sendWhenRead;
	const attach = useAttach(reading);
	const write = (text: string): void => {
		prompt.set(text);
		area.current?.focus();
	};
	useImperativeHandle(ref, () => ({ write }));
	useEffect(() => {
		if (state.focusCount > 0) area.current?.focus();
	}, [state.focusCount]);
	const isReadOnly = conversation.readOnly !== null;
	return (
		<div
			className={attach.isOver ? 'composer is-over' : 'composer'}
			inert={isReadOnly}
			{...(isReadOnly ? {} : attach.dropProps)}
		>
			<ContextChips state={state} reading={reading.count} />
			<PromptArea
				area={area}
				prompt={prompt}
				conversation={conversation}
				reading={reading}
				onSend={send}
				onPaste={attach.onPaste}
			/>
			<Toolbar
				conversation={conversation}
				isEmpty={prompt.text.trim() === '' && state.attachments.length === 0}
				onSend={() => void send()}
				onMention={() => write(`${prompt.text}${prompt.text === '' || /\s$/.test(prompt.text) ? '' : ' '}@`)}
				onPickFiles={() =>
					void host.attempt('pickFiles', null, Infinity).then(attachments => {
						if (attachments) host.dispatch({ type: 'attach', attachments });
					})
				}
			/>
			{attach.isOver && (
				<div className="drop-hint" aria-hidden="true">
					Drop to attach. From VS Code’s explorer, hold Shift while dropping.
				</div>
			)}
		</div>
	);
}

interface PromptAreaProps {
	readonly area: RefObject<HTMLTextAreaElement | null>;
	readonly prompt: Prompt;
	readonly conversation: ConversationView;
	readonly reading: Reading;
	readonly onSend: () => Promise<void>;
	readonly onPaste: (event: ClipboardEvent) => void;
}

function PromptArea({ area, prompt, conversation, reading, onSend, onPaste }: PromptAreaProps): ReactElement {
	const menuId = useId();
	const menu = useMenu(area, prompt, conversation, reading);
	const selectedId = menu.isOpen && menu.suggestions.items.length > 0 ? `${menuId}-${menu.selected}` : undefined;
	const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
		if (event.nativeEvent.isComposing || menu.onKeyDown(event)) return;
		if (event.key === 'Enter' && !event.shiftKey) {
			event.preventDefault();
			void onSend();
		} else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && !event.shiftKey && !event.altKey) {
			if (prompt.walk(event.key === 'ArrowUp' ? 1 : -1)) event.preventDefault();
		}
	};
	return (
		<>
			<textarea
				ref={area}
				className="prompt-input"
				rows={1}
				dir="auto"
				aria-label={`Message to ${speakerName(conversation)}`}
				placeholder={placeholderOf(conversation)}
				value={prompt.text}
				disabled={conversation.readOnly !== null}
				aria-autocomplete="list"
				aria-haspopup="listbox"
				aria-controls={menu.isOpen ? menuId : undefined}
				aria-activedescendant={selectedId}
				onChange={event => prompt.set(event.target.value, event.target.selectionStart)}
				onClick={prompt.moved}
				onKeyDown={onKeyDown}
				onPaste={onPaste}
			/>
			{prompt.trigger && (
				<SuggestMenu
					id={menuId}
					anchor={area}
					kind={prompt.trigger.kind}
					suggestions={menu.suggestions}
					selected={menu.selected}
					onPick={menu.pick}
					onClose={prompt.dismissMenu}
				/>
			)}
		</>
	);
}

function placeholderOf(conversation: ConversationView): string {
	if (conversation.readOnly !== null) return 'Read only for now';
	return isBusy(conversation)
		? 'Next message (waits its turn)'
		: `Ask ${speakerName(conversation)} (@ files, / commands)`;
}

interface MenuState {
	readonly isOpen: boolean;
	readonly suggestions: Suggestions;
	readonly selected: number;
	readonly pick: (suggestion: Suggestion) => void;
	/** Whether the menu took the key. */
	readonly onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean;
}

function useMenu(
	area: RefObject<HTMLTextAreaElement | null>,
	prompt: Prompt,
	conversation: ConversationView,
	reading: Reading,
): MenuState {
	const { attempt, dispatch } = useHost();
	const { trigger, text } = prompt;
	const suggestions = useSuggestions(trigger, conversation.commands);
	const key = `${trigger?.kind}:${trigger?.text}`;
	const [selection, setSelection] = useState({ key, index: 0 });
	const { items } = suggestions;
	// Another word is another list: it begins at its first entry.
	const at = selection.key === key ? Math.min(selection.index, Math.max(0, items.length - 1)) : 0;
	const attachResource = async (server: string, uri: string): Promise<boolean> => {
		const attachments = await attempt('attachResource', { server, uri });
		if (attachments) dispatch({ type: 'attach', attachments });
		return attachments !== undefined;
	};
	const attachFile = async (path: string): Promise<boolean> => {
		const read = await attempt('attachPaths', { paths: [path] }, Infinity);
		if (!read) return false;
		dispatch({ type: 'attach', attachments: read.attachments });
		for (const sentence of read.refused) dispatch({ type: 'failed', text: sentence, actions: [] });
		return read.refused.length === 0;
	};
	const attachHit = ({ attachment }: MentionHit): void => {
		// What an MCP server has is read now: later it may not run any more.
		if (attachment.kind === 'resource') void reading.follow(attachResource(attachment.server, attachment.uri));
		else if (attachment.kind === 'file') void reading.follow(attachFile(attachment.path));
		else dispatch({ type: 'attach', attachments: [attachment] });
	};
	const pick = (suggestion: Suggestion): void => {
		if (!trigger) return;
		prompt.edit(complete(text, trigger, suggestion.insert));
		prompt.dismissMenu();
		if (suggestion.hit) attachHit(suggestion.hit);
		area.current?.focus();
	};
	const onKeyDown = (event: KeyboardEvent): boolean => {
		if (!trigger) return false;
		const chosen = items[at];
		if (event.key === 'Escape') {
			event.stopPropagation();
			prompt.dismissMenu();
		} else if (items.length === 0) return false;
		else if (event.key === 'ArrowDown') setSelection({ key, index: (at + 1) % items.length });
		else if (event.key === 'ArrowUp') setSelection({ key, index: (at + items.length - 1) % items.length });
		else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && chosen) {
			// A command that is written out in full is sent by Enter, not completed once more.
			if (event.key === 'Enter' && trigger.kind === 'command' && chosen.insert === text) return false;
			pick(chosen);
		} else return false;
		event.preventDefault();
		return true;
	};
	return { isOpen: trigger !== null, suggestions, selected: at, pick, onKeyDown };
}
