import { isIP } from 'node:net';
import * as vscode from 'vscode';
import { Emitter } from '../../../core/base/event';
import { ExpectedError } from '../../../core/base/errors';
import { isDeeperThan, type Json } from '../../../core/base/json';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../../../core/base/lifecycle';
import type { Clock } from '../../../core/base/clock';
import { allowFeed, feedTopic, type Fetched, type FeedParams } from '../../../core/dashboard/topics/feed';
import type { Sink } from '../../../core/dashboard/topicHub';
import { isPublicAddress } from '../../../core/tools/web/addresses';
import { guardedFetch, publicPorts, type FetchPorts } from '../../../core/tools/web/guardedFetch';
import { requireTrust } from '../../flow/trust';
import { does, tells, type Source, type SourceDeps } from '../source';

const limits = { bytes: 256 * 1024, ms: 15_000, redirects: 0 };
/** Braces in one another. */
const deepest = 100;
const allowedKey = 'dashboard.allowedFeeds';
const mostAllowed = 200;

/** A user's word for one server reaches every widget that waits for it. */
const allowed = new Emitter<void>();

/** What addresses answer: those of this machine and of the public web whose servers the user has allowed. */
export const feedSource: Source = {
	tells: [
		tells(feedTopic, (params, sink, deps) => {
			requireTrust('Addresses are asked');
			return new FeedReader(params, sink, {
				clock: deps.host.clock,
				isAllowed: origin => allowedFeeds(deps).includes(origin),
				onDidAllow: allowed.event,
				fetchPorts: portsFor(deps),
			});
		}),
	],
	does: [does(allowFeed, ({ url }, deps) => ask(url, deps))],
};

function allowedFeeds({ host }: SourceDeps): readonly string[] {
	return host.context.globalState.get<readonly string[]>(allowedKey, []);
}

function portsFor({ host }: SourceDeps): (url: URL) => FetchPorts {
	const { version } = host.context.extension.packageJSON as { readonly version: string };
	return url => feedPorts(url, publicPorts(version));
}

/**
 * An address that names this machine reaches it alone, and any other one the public internet alone: a name that leads to
 * a private network, or to a machine's metadata, is refused wherever it was written.
 */
export function feedPorts(url: URL, ports: FetchPorts): FetchPorts {
	const isHere = isLoopbackHost(url.hostname);
	return { ...ports, isAllowed: address => (isHere ? isLoopbackAddress(address) : isPublicAddress(address)) };
}

function isLoopbackHost(host: string): boolean {
	return host === 'localhost' || isLoopbackAddress(host);
}

function isLoopbackAddress(host: string): boolean {
	const plain = host.replace(/^\[|\]$/gu, '');
	return isIP(plain) !== 0 && (plain === '::1' || plain.startsWith('127.'));
}

export interface FeedPorts {
	readonly clock: Clock;
	isAllowed(origin: string): boolean;
	readonly onDidAllow: Emitter<void>['event'];
	fetchPorts(url: URL): FetchPorts;
}

/** Asks one address at its pace for as long as somebody looks. */
export class FeedReader extends Owner {
	readonly #params: FeedParams;
	readonly #sink: Sink<Fetched>;
	readonly #ports: FeedPorts;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	readonly #end = new AbortController();
	/** For the user's word. */
	#isWaiting = false;

	constructor(params: FeedParams, sink: Sink<Fetched>, ports: FeedPorts) {
		super();
		this.#params = params;
		this.#sink = sink;
		this.#ports = ports;
		this.own(toDisposable(() => this.#end.abort()));
		this.own(
			ports.onDidAllow(() => {
				if (this.#isWaiting) void this.#read();
			}),
		);
		void this.#read();
	}

	async #read(): Promise<void> {
		const { clock } = this.#ports;
		const { url, seconds } = this.#params;
		try {
			const address = urlOf(url);
			this.#isWaiting = !this.#ports.isAllowed(address.origin);
			if (this.#isWaiting) return this.#sink.tell({ askAbout: address.origin });
			this.#timer.value = clock.after(seconds * 1000, () => void this.#read());
			const value = await valueAt(address, this.#ports.fetchPorts(address), this.#end.signal);
			if (!this.isDisposed) this.#sink.tell({ value, at: clock.now() });
		} catch (error) {
			if (!this.isDisposed) this.#sink.fail(error);
		}
	}
}

function urlOf(text: string): URL {
	const url = URL.parse(text);
	if (!url || !['http:', 'https:'].includes(url.protocol))
		throw new ExpectedError('bad-address', `“${text}” is no web address: it begins with http:// or https://.`);
	return url;
}

async function valueAt(url: URL, ports: FetchPorts, signal: AbortSignal): Promise<Json> {
	const { status, bytes, isCut } = await guardedFetch(url.href, ports, limits, signal, {
		accept: 'application/json, text/plain;q=0.9',
	}).catch((error: unknown) => {
		if (!ExpectedError.is(error, 'too-many-redirects')) throw error;
		throw new ExpectedError('redirected', `${url.href} sends on to another address: write that one into the settings.`);
	});
	if (status >= 400) throw new ExpectedError('bad-status', `${url.href} answered with status ${status}.`);
	if (isCut) throw new ExpectedError('too-large', `${url.href} answers with more than ${limits.bytes / 1024} KB.`);
	const value = jsonOf(new TextDecoder().decode(bytes));
	if (isDeeperThan(deepest, value))
		throw new ExpectedError('too-deep', `${url.href} answers with values that are nested more than ${deepest} times.`);
	return value;
}

/** JSON where it is JSON; anything else is shown as it is. */
function jsonOf(text: string): Json {
	try {
		return JSON.parse(text) as Json;
	} catch {
		return text;
	}
}

/** A dashboard may have come from somebody else: no address in it is asked before its reader has said so. */
async function ask(text: string, deps: SourceDeps): Promise<boolean> {
	requireTrust('Addresses are asked');
	const { origin, hostname } = urlOf(text);
	const known = allowedFeeds(deps);
	if (known.includes(origin)) return true;
	const where = isLoopbackHost(hostname)
		? 'a program of this machine'
		: 'a server of the web, which learns that you look';
	const detail = `Widgets of dashboards may then ask it by GET for any of its addresses, while they are in view. It is ${where}.\n\nThis one: ${text}`;
	const yes: vscode.MessageItem = { title: 'Allow' };
	const picked = await vscode.window.showWarningMessage(`Allow ${origin} to be asked?`, { modal: true, detail }, yes);
	if (picked !== yes) return false;
	await deps.host.context.globalState.update(allowedKey, [...known, origin].slice(-mostAllowed));
	allowed.fire();
	return true;
}
