import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { Emitter } from '../../../core/base/event';
import { Owner } from '../../../core/base/lifecycle';
import { OllamaServer, serveAddress } from '../../../core/health/ollamaServer';
import { findOnPath } from '../../../core/process/findOnPath';
import type { ProcessSupervisor } from '../../../core/process/supervisor';
import type { Host } from '../../host/context';
import { Refresher } from '../../ledger/refresher';

export interface OllamaServersDeps {
	readonly host: Pick<Host, 'clock' | 'context'>;
	readonly supervisor: () => Promise<ProcessSupervisor>;
	/** Of this window; for tests. */
	readonly environment?: Readonly<Record<string, string | undefined>>;
}

const stoppedKey = 'stoppedModelServers';
/** Who installs it need not open the window again. */
const findAgainMs = 10_000;
const refreshMs = 1_000;
const programName = process.platform === 'win32' ? 'ollama.exe' : 'ollama';

/** The Ollamas that this window may start, one for each address. */
export class OllamaServers extends Owner {
	readonly #deps: OllamaServersDeps;
	readonly #servers = new Map<string, OllamaServer>();
	readonly #channels = new Map<string, vscode.OutputChannel>();
	readonly #changed = this.own(new Emitter<void>());
	/** One was started or has ended. */
	readonly onDidChange = this.#changed.event;
	#program: string | null = null;
	#foundAt = -Infinity;

	constructor(deps: OllamaServersDeps) {
		super();
		this.#deps = deps;
	}

	/** The server of a provider; `undefined` for one that cannot be started here. */
	at(baseUrl: string | null): OllamaServer | undefined {
		const place = serveAddress(baseUrl);
		// In a browser, nobody sits at the machine whose program this would be.
		if (!place || vscode.env.uiKind === vscode.UIKind.Web) return undefined;
		const key = `${place.host} ${place.port}`;
		const known = this.#servers.get(key);
		if (known) return known;
		const server = this.own(new OllamaServer(place, this.#portsOf()));
		this.own(server.onDidChange(() => this.#changed.fire()));
		this.#servers.set(key, server);
		return server;
	}

	/** Shows what one has written. */
	showLog(server: OllamaServer, name: string): void {
		const channel = this.#channels.get(server.address) ?? this.#newChannel(server, name);
		fill(channel, server);
		channel.show(true);
	}

	/** It goes on with the log, in as little memory as that is kept in. */
	#newChannel(server: OllamaServer, name: string): vscode.OutputChannel {
		const channel = this.own(vscode.window.createOutputChannel(`${name} (${server.address})`));
		const refresh = (): Promise<void> => Promise.resolve(fill(channel, server));
		const refresher = this.own(new Refresher(this.#deps.host.clock, refreshMs, refresh));
		this.own(server.onDidWrite(() => refresher.request()));
		this.#channels.set(server.address, channel);
		return channel;
	}

	#portsOf(): ConstructorParameters<typeof OllamaServer>[1] {
		const { host, supervisor, environment = process.env } = this.#deps;
		const state = host.context.globalState;
		const read = (): readonly string[] => state.get<readonly string[]>(stoppedKey) ?? [];
		return {
			clock: host.clock,
			find: () => this.#find(environment),
			spawn: async () => {
				const running = await supervisor();
				return request => running.spawn(request);
			},
			environment,
			cwd: homedir(),
			stopped: {
				get: address => read().includes(address),
				set: (address, isStopped) => {
					if (read().includes(address) === isStopped) return;
					const others = read().filter(each => each !== address);
					void state.update(stoppedKey, isStopped ? [...others, address] : others);
				},
			},
		};
	}

	#find(environment: Readonly<Record<string, string | undefined>>): string | null {
		const now = this.#deps.host.clock.monotonic();
		if (now - this.#foundAt > findAgainMs) {
			this.#foundAt = now;
			this.#program = findOnPath(programName, environment);
		}
		return this.#program;
	}
}

function fill(channel: vscode.OutputChannel, { log }: OllamaServer): void {
	channel.replace(log === undefined || log === '' ? 'It has not written anything.\n' : log);
}
