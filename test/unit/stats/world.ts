import { request, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { systemClock, type Clock } from '../../../src/core/base/clock';
import { Emitter } from '../../../src/core/base/event';
import { toDisposable, type Disposable } from '../../../src/core/base/lifecycle';
import { silentLogger } from '../../../src/core/base/logger';
import type { HardwareFeed, Pace } from '../../../src/core/hardware/feed';
import type { Sample } from '../../../src/core/hardware/sample';
import { SampleDemand } from '../../../src/core/stats/demand';
import { machineMeasures } from '../../../src/core/stats/measures';
import { statsFeed, statsRoutes } from '../../../src/core/stats/routes';
import { StatsServer, type ServerLimits } from '../../../src/core/stats/server';
import { Uploads, type ParseUpload } from '../../../src/core/stats/upload';

export const token = 'Zm9yIHRlc3RzIG9ubHk';
const gigabyte = 1024 ** 3;

/** A machine with one GPU that tells everything. */
export function sampleAt(at: number, more: Partial<Sample> = {}): Sample {
	return {
		at,
		cpu: { usage: 12.5, cores: 8, megahertz: 3200, temperature: 55 },
		memory: {
			total: 32 * gigabyte,
			available: 24 * gigabyte,
			used: 8 * gigabyte,
			swap: { total: 2 * gigabyte, used: gigabyte },
		},
		disks: [{ mount: '/', device: '/dev/sda1', type: 'ext4', total: 100, free: 40, used: 60, readPerSecond: 7 }],
		network: { received: 2000, sent: 1000, packetsReceived: 20, packetsSent: 10 },
		gpus: [
			{
				id: 'GPU-1',
				index: 0,
				name: 'NVIDIA RTX 4090',
				vendor: 'nvidia',
				usage: 0,
				memoryTotal: 24 * gigabyte,
				memoryUsed: 6 * gigabyte,
				temperature: 61,
				fan: 30,
				watts: 120.5,
				wattsLimit: 450,
				coreMegahertz: 2520,
				memoryMegahertz: 10501,
			},
		],
		processes: [
			{ pid: 10, name: 'ollama', cpu: 140, memory: 8 * gigabyte, status: 'R', isAi: true, isOurs: false },
			{ pid: 11, name: 'bash', cpu: 1, memory: gigabyte, status: 'S', isAi: false, isOurs: false },
		],
		...more,
	};
}

/** A machine that is looked at when a test says so, and that counts who wants it to be. */
export class FakeFeed implements HardwareFeed {
	readonly #sampled = new Emitter<Sample>();
	readonly onDidSample = this.#sampled.event;
	readonly watching: Pace[] = [];
	latest: Sample | undefined;

	watch(pace: Pace): Disposable {
		this.watching.push(pace);
		return toDisposable(() => this.watching.splice(this.watching.indexOf(pace), 1));
	}

	sample(sample: Sample): void {
		this.latest = sample;
		this.#sampled.fire(sample);
	}

	facts(): Promise<never> {
		throw new Error('No facts are needed here.');
	}

	history(): Promise<never> {
		throw new Error('No history is needed here.');
	}
}

export interface WorldOptions {
	readonly clock?: Clock;
	readonly limits?: Partial<ServerLimits>;
	readonly parse?: ParseUpload;
	readonly allowedOrigins?: readonly string[];
	readonly port?: number;
}

/** A server on a port of its own, over a machine that was just looked at. */
export class World implements Disposable {
	readonly feed = new FakeFeed();
	readonly clock: Clock;
	readonly server: StatsServer;
	readonly demand: SampleDemand;
	token = token;
	port = 0;

	private constructor(options: WorldOptions) {
		this.clock = options.clock ?? systemClock;
		this.feed.latest = sampleAt(this.clock.now());
		this.demand = new SampleDemand(this.feed, this.clock);
		const parse: ParseUpload = options.parse ?? (() => Promise.reject(new Error('Nothing is uploaded here.')));
		this.server = new StatsServer({
			clock: this.clock,
			log: silentLogger,
			token: () => this.token,
			allowedOrigins: () => options.allowedOrigins ?? [],
			routes: statsRoutes({
				demand: this.demand,
				uploads: new Uploads(parse, this.clock),
				measures: async () => machineMeasures(await this.demand.current()),
				connections: () => this.server.connections,
				now: () => this.clock.now(),
				uptime: () => 4711.9,
			}),
			socket: statsFeed({ demand: this.demand, uptime: () => 4711.9 }),
			...(options.limits ? { limits: options.limits } : {}),
		});
	}

	static async open(options: WorldOptions = {}): Promise<World> {
		const world = new World(options);
		world.port = await world.server.open(options.port ?? 0);
		return world;
	}

	dispose(): void {
		this.server.dispose();
		this.demand.dispose();
	}

	/** A call with the token, unless it says otherwise. */
	call(path: string, call: Call = {}): Promise<Reply> {
		const { method = 'GET', headers = {}, bearer = this.token, body } = call;
		const all = { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...headers };
		return new Promise((resolve, reject) => {
			const sent = request(
				{ host: '127.0.0.1', port: this.port, path, method, headers: all, agent: false },
				response => {
					let text = '';
					response.setEncoding('utf8');
					response.on('data', (part: string) => (text += part));
					response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
				},
			);
			sent.on('error', reject);
			sent.end(body);
		});
	}

	/** A connection on which a test writes what it likes. */
	socket(): Promise<Socket> {
		return new Promise((resolve, reject) => {
			const socket = connect(this.port, '127.0.0.1');
			socket.once('error', reject);
			socket.once('connect', () => {
				socket.on('error', () => undefined);
				resolve(socket);
			});
		});
	}
}

export interface Call {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** `null`: none. */
	readonly bearer?: string | null;
	readonly body?: string | Buffer;
}

export interface Reply {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly text: string;
}
