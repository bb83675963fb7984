import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Lazy } from '../../base/async';
import { ExpectedError, systemCode } from '../../base/errors';
import type { Event } from '../../base/event';
import { DisposableStore, Owner, toDisposable } from '../../base/lifecycle';
import { serve } from '../../rpc/rpc';
import type { OwnCall, OwnCalls } from '../../safety/ownCalls';
import { toolTier } from '../../safety/tiers';
import type { Tool } from '../../tools/tool';
import type { ToolRunner } from '../../tools/toolRunner';
import { ownServerName, servedName, toolOfServed, type OwnToolsLease } from './names';
import type { OwnToolsContract, ServedTool } from './protocol';
import { socketVariable, tokenVariable } from './protocol';
import { SocketPort } from './socketPort';

export interface OwnToolsPorts {
	/** The tools to offer: those that the CLI does not have itself. */
	readonly tools: () => readonly Tool[];
	readonly onDidChangeTools: Event<void>;
	/** Starts what brings more tools, and waits for it a moment. Never rejects. */
	readonly prepare?: () => Promise<void>;
	readonly runner: Pick<ToolRunner, 'run'>;
	readonly ownCalls: OwnCalls;
	/** A folder of ours that no agent reads. */
	readonly folder: string;
	/** The program and the entry of the server process. */
	readonly node: string;
	readonly entry: string;
	readonly version: string;
}

interface Session {
	readonly token: string;
	readonly cwd: string;
	readonly sockets: Set<Socket>;
}

/** A stranger gets so many bytes to name a token. */
const helloBytes = 4096;
/** Longer paths cannot be the address of a socket on macOS. */
const maxSocketPath = 100;

/**
 * Serves our own tools, and those of the user's MCP servers, to Claude CLIs. Each CLI starts a small server process that speaks MCP with it and passes every
 * call on to here, over a socket that only this user can open and with a token that only that process has.
 */
export class OwnToolsHost extends Owner {
	readonly #ports: OwnToolsPorts;
	readonly #sessions = new Map<string, Session>();
	readonly #listening = new Lazy(() => this.#listen());
	#server: NetServer | undefined;
	#socketFolder: string | undefined;

	constructor(ports: OwnToolsPorts) {
		super();
		this.#ports = ports;
		this.own(toDisposable(() => this.#close()));
	}

	/** Prepares the tools for one CLI that will work in `cwd`. */
	async lease(cwd: string): Promise<OwnToolsLease> {
		const socket = await this.#listening.get();
		const session: Session = { token: randomBytes(32).toString('base64url'), cwd, sockets: new Set() };
		const { node, entry, folder } = this.#ports;
		const env = { ELECTRON_RUN_AS_NODE: '1', [socketVariable]: socket, [tokenVariable]: session.token };
		const config = { mcpServers: { [ownServerName]: { type: 'stdio', command: node, args: [entry], env } } };
		const configFile = join(folder, `${process.pid}-${randomUUID()}.json`);
		// In a file and not in the arguments, which every process of the machine can read.
		await writeFile(configFile, JSON.stringify(config), { mode: 0o600, flag: 'wx' });
		this.#sessions.set(session.token, session);
		return {
			configFile,
			end: async () => {
				this.#sessions.delete(session.token);
				for (const open of session.sockets) open.destroy();
				await rm(configFile, { force: true });
			},
		};
	}

	async #listen(): Promise<string> {
		const { folder } = this.#ports;
		await mkdir(folder, { recursive: true, mode: 0o700 });
		await chmod(folder, 0o700);
		await removeLeftovers(folder);
		const path = await this.#socketPath(folder);
		const server = createServer(socket => this.#connected(socket));
		this.#server = server;
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(path, resolve);
		});
		if (process.platform !== 'win32') await chmod(path, 0o600);
		server.unref();
		return path;
	}

	async #socketPath(folder: string): Promise<string> {
		const name = `${process.pid}-${randomBytes(8).toString('hex')}`;
		if (process.platform === 'win32') return `\\\\.\\pipe\\quarterdeck-${randomUUID()}`;
		const path = join(folder, `${name}.sock`);
		if (path.length <= maxSocketPath) return path;
		this.#socketFolder = await mkdtemp(join(tmpdir(), 'qd-'));
		return join(this.#socketFolder, `${name}.sock`);
	}

	#connected(socket: Socket): void {
		const store = this.own(new DisposableStore());
		let session: Session | undefined;
		let unknownBytes = 0;
		const port = store.add(
			new SocketPort(socket, count => {
				unknownBytes += count;
				if (!session && unknownBytes > helloBytes) socket.destroy();
			}),
		);
		const known = (): Session => {
			if (session) return session;
			socket.destroy();
			throw new ExpectedError('unknown-client', 'Say who you are first.');
		};
		const running = new Map<string, AbortController>();
		store.add(
			toDisposable(() => {
				for (const call of running.values()) call.abort();
				session?.sockets.delete(socket);
			}),
		);
		const server = serve<OwnToolsContract>(port, {
			hello: ({ token }) => {
				session = this.#sessionOf(token);
				known().sockets.add(socket);
				return { version: this.#ports.version };
			},
			list: async () => {
				known();
				await this.#ports.prepare?.();
				return this.#ports.tools().map(servedTool);
			},
			call: params => this.#call(known(), params, running, text => server.emit('progress', { id: params.id, text })),
			cancel: ({ id }) => {
				known();
				running.get(id)?.abort();
				return null;
			},
		});
		store.add(server);
		store.add(this.#ports.onDidChangeTools(() => session && server.emit('changed', null)));
		store.add(port.onDidClose(() => store.dispose()));
	}

	#sessionOf(token: unknown): Session | undefined {
		const given = Buffer.from(typeof token === 'string' ? token : '');
		for (const session of this.#sessions.values()) {
			const wanted = Buffer.from(session.token);
			if (given.length === wanted.length && timingSafeEqual(given, wanted)) return session;
		}
		return undefined;
	}

	async #call(
		session: Session,
		{ id, name, input, toolUseId }: OwnToolsContract['requests']['call']['params'],
		running: Map<string, AbortController>,
		onProgress: (text: string) => void,
	): Promise<OwnToolsContract['requests']['call']['result']> {
		const stop = new AbortController();
		running.set(id, stop);
		const tool = toolOfServed(name);
		const known = toolUseId === null ? undefined : this.#ports.ownCalls.take(toolUseId);
		const isSame = known !== undefined && isSameCall(known, tool, input);
		const origin = isSame ? known.origin : { conversation: null, asker: 'Claude', execution: null, step: null };
		const verdict = isSame ? known.verdict : null;
		try {
			const outcome = await this.#ports.runner.run(
				{ id, name: tool, input },
				{
					origin,
					context: {
						// The folder that the gate judged its paths by.
						cwd: isSame ? known.call.cwd : session.cwd,
						conversation: origin.conversation,
						execution: origin.execution,
						onProgress,
					},
					signal: stop.signal,
					offered: candidate => this.#ports.tools().includes(candidate),
					...(verdict === null ? {} : { verdict }),
				},
			);
			return { content: outcome.content, isError: outcome.isError };
		} finally {
			running.delete(id);
		}
	}

	#close(): void {
		this.#server?.close();
		for (const { sockets } of this.#sessions.values()) for (const socket of sockets) socket.destroy();
		this.#sessions.clear();
		if (this.#socketFolder !== undefined) void rm(this.#socketFolder, { recursive: true, force: true });
	}
}

/** What windows left behind that were killed: the file's name says whose it was. */
async function removeLeftovers(folder: string): Promise<void> {
	for (const name of await readdir(folder)) {
		const pid = Number(/^(?<pid>\d+)-[\w-]+\.(?:json|sock)$/u.exec(name)?.groups?.['pid'] ?? process.pid);
		if (!isRunning(pid)) await rm(join(folder, name), { force: true });
	}
}

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return systemCode(error) === 'EPERM';
	}
}

/** What was allowed is this call and no other. */
function isSameCall(known: OwnCall, tool: string, input: unknown): boolean {
	const ran = known.verdict?.decision?.outcome === 'allow' ? known.verdict.decision.changedInput : undefined;
	return known.call.tool === tool && isDeepStrictEqual(ran ?? known.call.input, input ?? {});
}

function servedTool({ name, title, description, schema }: Tool): ServedTool {
	return { name: servedName(name), title, description, schema, isReadOnly: toolTier(name).tier === 'GREEN' };
}
