// oxlint-disable unicorn/require-post-message-target-origin -- a webview's postMessage reaches its own host and takes no origin
import { toDisposable, type Disposable } from '../../core/base/lifecycle';
import { connect, type Client, type Contract, type Port } from '../../core/rpc/rpc';

/** What VS Code gives a webview to reach its host. It can be acquired once a page. */
export interface WebviewApi {
	postMessage(message: unknown): void;
	getState(): unknown;
	setState(state: unknown): void;
}

declare function acquireVsCodeApi(): WebviewApi;

/** A page that has said `ready` and is connected to its host. */
export interface Page<C extends Contract> {
	readonly root: HTMLElement;
	readonly api: WebviewApi;
	readonly client: Client<C>;
	/** What the host wrote into the page: which conversation, execution or document it shows. */
	readonly initial: Readonly<Record<string, unknown>>;
}

/** Turns the webview's messages into the port that `rpc.ts` speaks over. */
export function webviewPort(api: Pick<WebviewApi, 'postMessage'>, target: Window = window): Port {
	return {
		post: message => api.postMessage(message),
		onMessage: (listener): Disposable => {
			const listening = (event: MessageEvent): void => listener(event.data);
			target.addEventListener('message', listening);
			return toDisposable(() => target.removeEventListener('message', listening));
		},
	};
}

/** Starts a page: finds its root, listens, and only then says `ready`, because the host sends nothing before that. */
export function openPage<C extends Contract>(): Page<C> {
	const root = document.getElementById('root');
	if (!root) throw new Error('The page has no element with the id "root"');
	const api = acquireVsCodeApi();
	const client = connect<C>(webviewPort(api));
	api.postMessage({ kind: 'ready' });
	return { root, api, client, initial: parseInitial(root.dataset['state']) };
}

function parseInitial(text: string | undefined): Readonly<Record<string, unknown>> {
	if (!text) return {};
	const value: unknown = JSON.parse(text);
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
