// The host's side of the chat contract, without VS Code: scenes, tests and the bench drive the real page with it.
import { toDisposable } from '../../../src/core/base/lifecycle';
import { modelGroups } from '../../../src/core/chat/modelGroups';
import type { ChatItem, ItemChange, ConversationView } from '../../../src/core/chat/items';
import type { ChatContract, ChatSnapshot } from '../../../src/core/chat/protocol';
import { serve, type Handlers, type Port, type Server } from '../../../src/core/rpc/rpc';
import type { WebviewApi } from '../../../src/webviews/shared/port';

export interface FakeHost {
	readonly api: WebviewApi;
	/** What the page asked, in order. */
	readonly calls: { readonly name: string; readonly params: unknown }[];
	readonly server: Server<ChatContract>;
	/** Sends one batch of changes. */
	change(items: readonly ItemChange[], view?: Partial<ConversationView>): void;
	/** Answers a request otherwise than by default. */
	answer(handlers: Partial<Handlers<ChatContract>>): void;
	snapshot: ChatSnapshot;
}

/** A webview api whose other end is a scripted host. `deliver` hands a message to the page. */
export function createFakeHost(
	first: ChatSnapshot,
	deliver: (message: unknown) => void = data => window.dispatchEvent(new MessageEvent('message', { data })),
	stored?: unknown,
): FakeHost {
	let listener: ((message: unknown) => void) | undefined;
	let state: unknown = stored;
	let sequence = first.sequence;
	const calls: FakeHost['calls'] = [];
	let overrides: Partial<Handlers<ChatContract>> = {};
	const port: Port = {
		post: message => deliver(message),
		onMessage: next => {
			listener = next;
			return toDisposable(() => (listener = undefined));
		},
	};
	const defaults = defaultHandlers(() => ({ ...host.snapshot, sequence }));
	const handlers = new Proxy(defaults, {
		get: (target, name: keyof ChatContract['requests']) => (params: never) => {
			calls.push({ name, params });
			return (overrides[name] ?? target[name])(params);
		},
	});
	const server = serve<ChatContract>(port, handlers);
	const host: FakeHost = {
		api: {
			postMessage: message => queueMicrotask(() => listener?.(structuredClone(message))),
			getState: () => state,
			setState: next => (state = next),
		},
		calls,
		server,
		snapshot: first,
		change: (items, view) => {
			sequence++;
			server.emit('changed', { conversation: host.snapshot.conversation.id, sequence, items, view: view ?? null });
		},
		answer: next => (overrides = { ...overrides, ...next }),
	};
	return host;
}

const nothing = (): void => undefined;

function defaultHandlers(snapshot: () => ChatSnapshot): Handlers<ChatContract> {
	return {
		open: snapshot,
		earlier: () => ({ items: [], earlier: 0 }),
		conversations: () => [],
		create: snapshot,
		rename: nothing,
		archive: nothing,
		send: () => ({ item: 'sent' as ChatItem['id'] }),
		stop: nothing,
		editQueued: nothing,
		retry: nothing,
		fork: snapshot,
		restoreFiles: () => ({
			canRestore: true,
			reason: null,
			files: ['/home/ada/shop/src/date.ts'],
			insertions: 4,
			deletions: 11,
		}),
		decide: nothing,
		reviewEdit: nothing,
		models: () => modelGroups({ models: snapshot().conversation.models, obstacle: null }, []),
		setModel: nothing,
		setMode: nothing,
		setEffort: nothing,
		mentions: ({ text }) => [
			{
				attachment: { kind: 'file', path: '/home/ada/shop/src/date.ts', label: 'src/date.ts' },
				label: 'date.ts',
				detail: 'src',
				matches: Array.from({ length: text.length }, (_, index) => index),
			},
			{
				attachment: {
					kind: 'symbol',
					path: '/home/ada/shop/src/date.ts',
					label: 'parseDate',
					startLine: 4,
					endLine: 19,
				},
				label: 'parseDate',
				detail: 'function, src/date.ts',
				matches: [],
			},
		],
		openArtifact: () => undefined,
		attachResource: ({ uri }) => [{ kind: 'text', label: uri, text: 'contents' }],
		attachUris: () => ({ attachments: [], refused: [] }),
		attachPaths: ({ paths }) => ({
			attachments: paths.map(path => ({ kind: 'file', path, label: path.replace('/w/', ''), bytes: 2_345 })),
			refused: [],
		}),
		attachData: ({ name }) => ({
			kind: 'text',
			label: name,
			text: 'Page 1',
			detail: 'PDF, 12 pages',
			tokens: 8400,
			bytes: 1_234_567,
		}),
		pickFiles: () => [],
		fullText: ({ offset, length }) => ({ text: 'x'.repeat(Math.min(length, 90_000 - offset)), total: 90_000 }),
		copy: nothing,
		insertAtCursor: nothing,
		openAsFile: nothing,
		applyAsDiff: nothing,
		openFile: nothing,
		openInEditor: nothing,
		openTurnDiff: nothing,
		openExecution: nothing,
		openInTab: nothing,
		exportMarkdown: nothing,
		openLink: nothing,
		runAction: nothing,
		saveDraft: nothing,
		sendQueued: () => undefined,
		details: () => null,
		promptHistory: () => ['the last prompt', 'the one before'],
	};
}
