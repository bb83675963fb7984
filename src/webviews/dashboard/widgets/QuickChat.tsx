import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import {
	askQuickly,
	chooseQuickModel,
	clearQuickChat,
	longestPrompt,
	quickChatTopic,
	stopQuickChat,
	type QuickChatView,
	type QuickTurn,
} from '../../../core/dashboard/topics/quickChat';
import type { quickChatWidget } from '../../../core/dashboard/widgets/quickChat';
import { IconButton } from '../../shared/components/IconButton';
import { Button, ProgressRing } from '../../shared/components/toolkit';
import { useAct, useTopic } from '../context';
import { Empty, Live } from '../Live';
import { MarkdownText } from '../MarkdownText';
import { useCommand } from '../useCommand';
import type { WidgetProps } from '../widget';

type Props = WidgetProps<SettingsOf<typeof quickChatWidget.settings>>;

export function QuickChat(props: Props): ReactElement {
	const { id, settings } = props;
	return (
		<Live of={useTopic(quickChatTopic, { widget: id, model: settings.model })} loading="Looking for a model">
			{chat => <Chat {...props} chat={chat} />}
		</Live>
	);
}

function Chat({ id, settings, onSettings, chat }: Props & { readonly chat: QuickChatView }): ReactElement {
	const { turns, isBusy, model } = chat;
	const act = useAct();
	const run = useCommand();
	const choose = async (): Promise<void> => {
		const chosen = await act(chooseQuickModel, null);
		if (typeof chosen === 'string') onSettings({ model: chosen });
	};
	if (model === null) {
		return (
			<Empty icon="comment-discussion">
				<p>No model is at hand: start one on this machine, or add a provider.</p>
				<Button onClick={() => run('quarterdeck.providers.add')}>Add a Model Provider</Button>
			</Empty>
		);
	}
	return (
		<>
			<p className="tail-head">
				<button type="button" className="text-button" title="Choose another model" onClick={() => void choose()}>
					{model}
				</button>
				{turns.length > 0 && (
					<IconButton
						icon="clear-all"
						label="Forget this exchange"
						onClick={() => void act(clearQuickChat, { widget: id })}
					/>
				)}
			</p>
			<Turns turns={turns} />
			<Prompt
				isBusy={isBusy}
				onSend={text => void act(askQuickly, { widget: id, model: settings.model, system: settings.system, text })}
				onStop={() => void act(stopQuickChat, { widget: id })}
			/>
		</>
	);
}

/** Stays at the end while an answer grows. */
function Turns({ turns }: { readonly turns: readonly QuickTurn[] }): ReactElement {
	const box = useRef<HTMLDivElement>(null);
	const length = turns.reduce((sum, { text }) => sum + text.length, turns.length);
	useEffect(() => {
		const element = box.current;
		if (element && length > 0) element.scrollTop = element.scrollHeight;
	}, [length]);
	return (
		<div ref={box} className="quick-turns" role="log" aria-label="Exchange" tabIndex={0}>
			{turns.map((turn, index) => (
				// oxlint-disable-next-line react/no-array-index-key -- turns are only added
				<Turn key={index} turn={turn} />
			))}
		</div>
	);
}

function Turn({ turn: { who, text, state, error } }: { readonly turn: QuickTurn }): ReactElement {
	const isPlain = who === 'user' || state === 'streaming';
	return (
		<div className={`quick-turn ${who}`}>
			{text === '' && state === 'streaming' && <ProgressRing label="Waiting for the answer" />}
			{isPlain ? text : <MarkdownText text={text} fallback={text} />}
			{state === 'stopped' && <p className="muted">Stopped.</p>}
			{error !== null && (
				<p className="flow-error" role="alert">
					{error}
				</p>
			)}
		</div>
	);
}

function Prompt({
	isBusy,
	onSend,
	onStop,
}: {
	readonly isBusy: boolean;
	readonly onSend: (text: string) => void;
	readonly onStop: () => void;
}): ReactElement {
	const [text, setText] = useState('');
	const send = (): void => {
		if (text.trim() === '' || isBusy) return;
		onSend(text);
		setText('');
	};
	const key = (event: KeyboardEvent): void => {
		// While a word is being composed, Enter is the input method's.
		if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
		event.preventDefault();
		send();
	};
	return (
		<div className="quick-prompt">
			<textarea
				aria-label="Ask"
				placeholder="Ask something"
				rows={2}
				maxLength={longestPrompt}
				value={text}
				onChange={event => setText(event.target.value)}
				onKeyDown={key}
			/>
			{isBusy ? (
				<IconButton icon="debug-stop" label="Stop" onClick={onStop} />
			) : (
				<IconButton icon="send" label="Send" isDisabled={text.trim() === ''} onClick={send} />
			)}
		</div>
	);
}
