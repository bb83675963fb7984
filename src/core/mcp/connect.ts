import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/cfworker';
import { Deferred } from '../base/async';
import { CancelledError, type ExpectedError } from '../base/errors';
import type { Clock } from '../base/clock';
import { AuthNeeded } from './auth/authorizedFetch';
import { unattendedProvider } from './auth/clientAuth';
import { PersonAuth } from './auth/personAuth';
import { AuthStore } from './auth/stored';
import { capabilitiesOf, handleServer, type ClientHandlers } from './clientHandlers';
import type { McpHttpConfig, McpStdioConfig } from './definition';
import { cannotStart, ended, needsSignIn, timedOut, toExpected } from './errors';
import { HttpTransport } from './httpTransport';
import { launchOf } from './launch';
import type { McpLimits, McpPorts } from './ports';
import type { ServerLog } from './serverLog';
import { StdioTransport } from './stdioTransport';

export interface ConnectOptions {
	readonly serverId: string;
	readonly name: string;
	/** Expanded: it may hold secrets. */
	readonly config: McpStdioConfig | McpHttpConfig;
	/** Absolute path of the workspace folder; `null` without one. */
	readonly folder: string | null;
	readonly ports: McpPorts;
	readonly limits: McpLimits;
	readonly log: ServerLog;
	readonly handlers: ClientHandlers;
	readonly signal: AbortSignal;
	/** A person may be asked to sign in. */
	readonly mayAsk: boolean;
}

export interface Connection {
	readonly client: Client;
	readonly transport: StdioTransport | HttpTransport;
	readonly person: PersonAuth | undefined;
}

/** Connects to a server, by whichever way its definition names. Rejects with what the user can do about it. */
export async function connect(options: ConnectOptions): Promise<Connection> {
	const { config, name } = options;
	options.signal.throwIfAborted();
	try {
		return config.type === 'stdio' ? await connectStdio(options, config) : await connectHttp(options, config);
	} catch (error) {
		throw toExpected(error, name, 'initialize');
	}
}

async function connectStdio(options: ConnectOptions, config: McpStdioConfig): Promise<Connection> {
	const { ports, name, limits, log } = options;
	const launch = await launchOf(config, { ...ports, folder: options.folder, name });
	if (launch.note !== null) log.line('hub', launch.note);
	log.line('hub', `Starting ${[launch.command, ...launch.args].join(' ')} in ${launch.cwd}`);
	const { messageLength } = limits;
	const transport = new StdioTransport({ supervisor: ports.supervisor, launch, name, log, messageLength });
	const initMs = launch.mayDownload ? Math.max(limits.initMs, limits.downloadMs) : limits.initMs;
	try {
		return { client: await initialize(transport, options, initMs), transport, person: undefined };
	} catch (error) {
		const hadEnded = transport.ended !== undefined && transport.hasExited;
		await transport.close();
		const status = await transport.ended;
		if (status?.error) throw cannotStart(name, config.command, status.error);
		throw hadEnded ? ended(name, status, true) : error;
	}
}

async function connectHttp(options: ConnectOptions, config: McpHttpConfig): Promise<Connection> {
	const person = await personOf(options, config);
	const open = (kind: 'http' | 'sse'): Promise<Connection> => openHttp(options, config, kind, person);
	if (config.type === 'sse') return open('sse');
	try {
		return await open('http');
	} catch (error) {
		if (!mayBeSse(error)) throw error;
		options.log.line('hub', 'The server does not speak streamable HTTP; trying SSE.');
		// Where SSE fails too, the first failure tells more.
		return open('sse').catch((second: unknown) => {
			throw second instanceof CancelledError || second instanceof AuthNeeded ? second : error;
		});
	}
}

async function openHttp(
	options: ConnectOptions,
	config: McpHttpConfig,
	kind: 'http' | 'sse',
	person: PersonAuth | undefined,
): Promise<Connection> {
	const { log, limits, ports } = options;
	const { messageLength, initMs } = limits;
	const { auth: how, headers } = config;
	const isUnattended = how !== null && how.type !== 'authorization_code';
	const provider = isUnattended ? unattendedProvider(how, ports.client.name, fetch) : undefined;
	for (let attempt = 0; ; attempt++) {
		const url = new URL(config.url);
		const transport = new HttpTransport({ url, kind, headers, provider, person, log, messageLength });
		try {
			return { client: await initialize(transport, options, initMs), transport, person };
		} catch (error) {
			await transport.inner.close();
			if (!(error instanceof AuthNeeded) || !person || !options.mayAsk || attempt >= 2) throw error;
			await signIn(options, url, person, error);
		}
	}
}

/** An older server answers a POST to its stream with one of these. */
function mayBeSse(error: unknown): boolean {
	return error instanceof StreamableHTTPError && [400, 404, 405, 406, 415].includes(error.code ?? 0);
}

/** A person's sign-in, where the definition leaves room for one. */
async function personOf({ ports, serverId }: ConnectOptions, config: McpHttpConfig): Promise<PersonAuth | undefined> {
	const { auth: how, headers } = config;
	if (!ports.browser || (how !== null && how.type !== 'authorization_code')) return undefined;
	// The user put a token of their own into the headers: a sign-in would replace it.
	if (Object.keys(headers).some(name => name.toLowerCase() === 'authorization')) return undefined;
	return new PersonAuth({
		store: await AuthStore.open(ports.secrets, serverId, config.url),
		clientName: ports.client.name,
		clientMetadataUrl: ports.browser.clientMetadataUrl,
		config: how,
		now: () => ports.clock.now(),
	});
}

export interface SignInOptions extends Pick<ConnectOptions, 'ports' | 'name' | 'signal' | 'log'> {
	readonly handlers: Pick<ClientHandlers, 'asker'>;
}

/** Sends the person to the browser and keeps the tokens that come of it. */
export async function signIn(
	{ ports, name, handlers, signal, log }: SignInOptions,
	serverUrl: URL,
	person: PersonAuth,
	{ reason, scope, resourceMetadataUrl }: AuthNeeded,
): Promise<void> {
	if (!ports.browser) throw needsSignIn(name);
	person.comeBackTo(await ports.browser.redirectUrl());
	if (reason === 'moreRights') person.wantMoreRights();
	const needs = {
		serverUrl,
		...(scope === undefined ? {} : { scope }),
		...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl }),
	};
	if ((await auth(person, needs)) === 'AUTHORIZED') return;
	const url = person.pending;
	if (url === undefined) throw needsSignIn(name);
	log.line('hub', `Signing in at ${url.host}`);
	const returned = await ports.browser.signIn({ asker: handlers.asker(), url, reason }, signal);
	if (returned === undefined) throw needsSignIn(name);
	await auth(person, { ...needs, authorizationCode: person.codeOf(returned, url) });
	log.line('hub', 'Signed in.');
}

async function initialize(
	transport: StdioTransport | HttpTransport,
	options: ConnectOptions,
	initMs: number,
): Promise<Client> {
	const { ports, handlers, name, signal, log } = options;
	const client = new Client(ports.client, {
		capabilities: capabilitiesOf(ports),
		jsonSchemaValidator: new CfWorkerJsonSchemaValidator(),
	});
	handleServer(client, handlers);
	Object.assign(client, { onerror: (error: Error) => log.line('hub', error.message, 'warning') });
	const watch = watchStart(ports.clock, initMs, signal, () => timedOut(name, 'initialize', initMs));
	try {
		// The SDK's own limit would not end a transport that never opens.
		await Promise.race([client.connect(transport, { timeout: initMs + 60_000 }), watch.failed]);
		return client;
	} finally {
		watch.dispose();
	}
}

function watchStart(
	clock: Clock,
	ms: number,
	signal: AbortSignal,
	late: () => ExpectedError,
): { readonly failed: Promise<never>; dispose(): void } {
	const failed = new Deferred<never>();
	failed.promise.catch(() => undefined); // It is raced; after the race nobody waits for it.
	const stop = (): void => failed.reject(new CancelledError());
	const timer = clock.after(ms, () => failed.reject(late()));
	signal.addEventListener('abort', stop, { once: true });
	// It may have been stopped while its launch was worked out.
	if (signal.aborted) stop();
	return {
		failed: failed.promise,
		dispose: () => {
			timer.dispose();
			signal.removeEventListener('abort', stop);
		},
	};
}
