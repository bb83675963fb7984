import { createContext, useCallback, useContext, useMemo, useState, useSyncExternalStore, type Dispatch } from 'react';
import { errorText, ExpectedError, type ErrorAction } from '../../core/base/errors';
import type { ConversationId } from '../../core/base/ids';
import type { ChatContract, ChatSnapshot } from '../../core/chat/protocol';
import type { Client } from '../../core/rpc/rpc';
import type { MarkdownActions } from '../shared/components/Markdown';
import type { SavedState } from './savedState';
import type { ChatAction } from './state';

type Requests = ChatContract['requests'];

/** What rows and the composer need of the page around them. Keeps its identity while a conversation is shown. */
export interface ChatHost {
	readonly client: Client<ChatContract>;
	readonly conversation: ConversationId;
	readonly saved: SavedState;
	readonly markdown: MarkdownActions;
	readonly dispatch: Dispatch<ChatAction>;
	/** Calls the host; a failure is shown above the composer and `undefined` is returned. */
	readonly attempt: <K extends keyof Requests>(
		name: K,
		params: Requests[K]['params'],
		timeoutMs?: number,
	) => Promise<Requests[K]['result'] | undefined>;
	/** Like `attempt`, for calls without a result: whether it worked. */
	readonly perform: <K extends keyof Requests>(name: K, params: Requests[K]['params']) => Promise<boolean>;
	/** Fetches and shows another conversation, or a new one for `null`. */
	readonly show: (conversation: ConversationId | null) => void;
	/** Shows a conversation that the host has just made. */
	readonly enter: (snapshot: ChatSnapshot) => void;
	/** The folder of the workspace, for short paths. */
	readonly root: string | null;
}

const HostContext = createContext<ChatHost | null>(null);
export const HostProvider = HostContext.Provider;

/** Whether another window runs this conversation: nothing that would change it is offered then. */
const ReadOnlyContext = createContext(false);
export const ReadOnlyProvider = ReadOnlyContext.Provider;

export function useIsReadOnly(): boolean {
	return useContext(ReadOnlyContext);
}

export function useHost(): ChatHost {
	const host = useContext(HostContext);
	if (!host) throw new Error('A chat component was used outside the page');
	return host;
}

/** Turns anything thrown into what the page shows of it. */
export function failureOf(error: unknown): { readonly text: string; readonly actions: readonly ErrorAction[] } {
	return { text: errorText(error), actions: error instanceof ExpectedError ? error.actions : [] };
}

/** A press on a link of an answer: addresses go to VS Code's own check, all else is a path in the workspace. */
export function linkTarget(
	href: string,
): { readonly address: string } | { readonly path: string; readonly line: number | null } {
	if (/^[a-z][a-z0-9+.-]+:/i.test(href) && !/^file:/i.test(href)) return { address: href };
	const match = /^(.*?)(?:#L(\d+)(?:-L?\d+)?|:(\d+)(?::\d+)?)?$/.exec(href.replace(/^file:\/\//i, ''));
	const line = match?.[2] ?? match?.[3];
	return { path: decodePath(match?.[1] ?? href), line: line === undefined ? null : Number(line) };
}

function decodePath(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		// A lone % is part of the name.
		return path;
	}
}

/** Builds the host for one conversation. */
export function useChatHost(
	client: Client<ChatContract>,
	conversation: ConversationId,
	saved: SavedState,
	dispatch: Dispatch<ChatAction>,
	show: ChatHost['show'],
	root: string | null,
): ChatHost {
	return useMemo(() => {
		const attempt: ChatHost['attempt'] = async (name, params, timeoutMs) => {
			try {
				return await client.call(name, params, timeoutMs);
			} catch (error) {
				dispatch({ type: 'failed', ...failureOf(error) });
				return undefined;
			}
		};
		const perform: ChatHost['perform'] = async (name, params) => {
			try {
				await client.call(name, params);
				return true;
			} catch (error) {
				dispatch({ type: 'failed', ...failureOf(error) });
				return false;
			}
		};
		const markdown: MarkdownActions = {
			copy: async text => {
				try {
					await client.call('copy', { text });
				} catch (error) {
					dispatch({ type: 'failed', ...failureOf(error) });
					throw error;
				}
			},
			insertAtCursor: text => attempt('insertAtCursor', { text }),
			openArtifact: (text, language) => attempt('openArtifact', { text, language }),
			openAsFile: (text, language) => attempt('openAsFile', { text, language }),
			applyAsDiff: (text, language) => attempt('applyAsDiff', { text, language }),
			openLink: href => {
				const target = linkTarget(href);
				if ('address' in target) void attempt('openLink', { href: target.address });
				else void attempt('openFile', target);
			},
		};
		const enter: ChatHost['enter'] = snapshot => {
			saved.enter(snapshot.conversation.id);
			dispatch({ type: 'snapshot', snapshot });
		};
		return { client, conversation, saved, markdown, dispatch, attempt, perform, show, enter, root };
	}, [client, conversation, saved, dispatch, show, root]);
}

export interface Call {
	/** Runs `work`; while it runs, `isRunning`; if it fails, `error`. */
	readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
	readonly isRunning: boolean;
	readonly error: { readonly text: string; readonly actions: readonly ErrorAction[] } | null;
}

/** A call whose failure is shown where it was made. */
export function useCall(): Call {
	const [isRunning, setIsRunning] = useState(false);
	const [error, setError] = useState<Call['error']>(null);
	const run = useCallback(async (work: () => Promise<unknown>): Promise<boolean> => {
		setIsRunning(true);
		setError(null);
		try {
			await work();
			return true;
		} catch (failure) {
			setError(failureOf(failure));
			return false;
		} finally {
			setIsRunning(false);
		}
	}, []);
	return { run, isRunning, error };
}

/** Whether something is unfolded, remembered over reloads. */
export function useOpen(key: string, isOpenByDefault: boolean): readonly [boolean, (isOpen: boolean) => void] {
	const { saved } = useHost();
	const subscribe = useCallback((listener: () => void) => saved.onOpenChange(key, listener), [saved, key]);
	const isOpen = useSyncExternalStore(subscribe, () => saved.isOpen(key, isOpenByDefault));
	const set = useCallback((next: boolean) => saved.setOpen(key, next), [saved, key]);
	return [isOpen, set];
}
