import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { Deferred } from '../../core/base/async';
import { Owner, toDisposable } from '../../core/base/lifecycle';
import type { McpBrowser, McpSignIn } from '../../core/mcp/ports';
import { unlinked } from '../host/unlinked';
import type { McpMemory } from './choices';

const path = '/mcp/signed-in';

/**
 * Sign-ins with the browser. On a desktop the browser comes back to a listener on this machine's own loopback, which
 * lives only while somebody signs in; in a browser it comes back through the editor's address for our extension.
 */
export class SignIns extends Owner implements McpBrowser, vscode.UriHandler {
	readonly #memory: McpMemory;
	readonly #extensionId: string;
	/** By `state`: only the answer to a sign-in that is under way is taken. */
	readonly #pending = new Map<string, Deferred<URL | undefined>>();
	#listener: Promise<Server> | undefined;

	constructor(memory: McpMemory, extensionId: string) {
		super();
		this.#memory = memory;
		this.#extensionId = extensionId;
		this.own(
			toDisposable(() => {
				for (const waiting of this.#pending.values()) waiting.resolve(undefined);
				this.#stopListening();
			}),
		);
	}

	async redirectUrl(): Promise<string> {
		if (vscode.env.uiKind === vscode.UIKind.Web) {
			const uri = vscode.Uri.parse(`${vscode.env.uriScheme}://${this.#extensionId}${path}`);
			return (await vscode.env.asExternalUri(uri)).toString(true);
		}
		const { port } = (await this.#listen()).address() as AddressInfo;
		const local = vscode.Uri.parse(`http://127.0.0.1:${port}${path}`);
		// With a remote window the editor forwards the port, and it may get another number.
		return (await vscode.env.asExternalUri(local)).toString(true);
	}

	async signIn({ asker, url, reason }: McpSignIn, signal: AbortSignal): Promise<URL | undefined> {
		const state = url.searchParams.get('state');
		if (state === null) throw new Error('The sign-in has no state to recognise its answer by.');
		const question =
			reason === 'moreRights'
				? `“${asker.server}” needs more rights for this call. Sign in again at ${url.host}?`
				: `“${asker.server}” wants you to sign in at ${url.host}.`;
		const open = 'Open in Browser';
		const picked = await vscode.window.showInformationMessage(
			question,
			{
				modal: true,
				detail: `${url.origin}${url.pathname}\n\nThe server chose this address. Go on only if you know it.`,
			},
			open,
		);
		if (picked !== open) return undefined;
		const waiting = new Deferred<URL | undefined>();
		this.#pending.set(state, waiting);
		const abort = (): void => waiting.reject(signal.reason);
		signal.addEventListener('abort', abort, { once: true });
		try {
			await vscode.env.openExternal(vscode.Uri.parse(url.toString(), true));
			return await this.#waitWithProgress(asker.server, waiting);
		} finally {
			signal.removeEventListener('abort', abort);
			this.#pending.delete(state);
			if (this.#pending.size === 0) this.#stopListening();
		}
	}

	/** The editor passes on an address that begins with our extension's. */
	handleUri(uri: vscode.Uri): void {
		if (uri.path !== path) return;
		this.#arrive(new URL(`${uri.scheme}://${uri.authority}${uri.path}?${uri.query}`));
	}

	async #waitWithProgress(server: string, waiting: Deferred<URL | undefined>): Promise<URL | undefined> {
		return vscode.window.withProgress(
			{
				location: vscode.ProgressLocation.Notification,
				title: unlinked(`Waiting for your sign-in to “${server}” in the browser`),
				cancellable: true,
			},
			async (_progress, token) => {
				const listening = token.onCancellationRequested(() => waiting.resolve(undefined));
				try {
					return await waiting.promise;
				} finally {
					listening.dispose();
				}
			},
		);
	}

	#arrive(url: URL): boolean {
		const waiting = this.#pending.get(url.searchParams.get('state') ?? '');
		waiting?.resolve(url);
		return waiting !== undefined;
	}

	#listen(): Promise<Server> {
		this.#listener ??= this.#open(this.#memory.signInPort).catch(async () => this.#open(0));
		return this.#listener;
	}

	async #open(port: number): Promise<Server> {
		const server = createServer((request, response) => this.#answer(request, response));
		const ready = new Deferred<void>();
		server.once('error', error => ready.reject(error));
		server.listen(port, '127.0.0.1', () => ready.resolve());
		await ready.promise;
		await this.#memory.setSignInPort((server.address() as AddressInfo).port);
		return server;
	}

	#answer(request: IncomingMessage, response: ServerResponse): void {
		const host = request.headers.host ?? '';
		const url = new URL(request.url ?? '/', 'http://127.0.0.1');
		const isOurs =
			request.method === 'GET' && url.pathname === path && /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host);
		const isKnown = isOurs && this.#arrive(url);
		response.writeHead(isKnown ? 200 : 404, {
			'content-type': 'text/html; charset=utf-8',
			'content-security-policy': "default-src 'none'",
			connection: 'close',
		});
		response.end(isKnown ? donePage : '<!doctype html><title>Not found</title>Nothing waits for this address.');
	}

	#stopListening(): void {
		const listener = this.#listener;
		this.#listener = undefined;
		void listener?.then(
			server => server.close(),
			() => undefined,
		);
	}
}

const donePage =
	'<!doctype html><html lang="en"><title>Signed in</title><p>Quarterdeck has your answer. You can close this page.</p></html>';
