import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../src/core/base/clock';
import { silentLogger } from '../../src/core/base/logger';
import { SampleDemand } from '../../src/core/stats/demand';
import { statsFeed, statsRoutes } from '../../src/core/stats/routes';
import { StatsServer } from '../../src/core/stats/server';
import { statsOf } from '../../src/core/stats/shapes';
import { Uploads } from '../../src/core/stats/upload';
import { FakeFeed, sampleAt } from '../unit/stats/world';
import { median, type PrintLine } from './line';

const token = 'bench';
const seconds = 3;
const rounds = 3;
const sockets = 100;

/** How many calls of `/api/stats` are answered while 100 programs are told by the WebSocket, beside a server that does nothing but send. */
export async function run(print: PrintLine): Promise<void> {
	const ours: Load[] = [];
	const bare: Load[] = [];
	for (let round = 0; round < rounds; round++) {
		ours.push(await oursUnderLoad());
		bare.push(await bareUnderLoad());
	}
	const perSecond = (loads: readonly Load[]): number => Math.round(median(loads.map(load => load.perSecond)));
	const p99 = (loads: readonly Load[]): number => Math.round(median(loads.map(load => load.p99)) * 100) / 100;
	const line = (metric: string, unit: string, value: number, baseline: number): void =>
		print({ bench: 'stats', metric, value, unit, baseline, ratio: Math.round((value / baseline) * 100) / 100 });
	line('requests_per_s', '1/s', perSecond(ours), perSecond(bare));
	line('p99_ms', 'ms', p99(ours), p99(bare));
	print({ bench: 'stats', metric: 'socket_messages', value: median(ours.map(load => load.messages)), unit: '' });
}

interface Load {
	readonly perSecond: number;
	readonly p99: number;
	readonly messages: number;
}

async function oursUnderLoad(): Promise<Load> {
	const feed = new FakeFeed();
	const look = (): void => feed.sample(sampleAt(Date.now()));
	look();
	const looking = setInterval(look, 1000);
	const demand = new SampleDemand(feed, systemClock);
	const much = { burst: 1e9, perSecond: 1e9 };
	const server: StatsServer = new StatsServer({
		clock: systemClock,
		log: silentLogger,
		token: () => token,
		allowedOrigins: () => [],
		routes: statsRoutes({
			demand,
			uploads: new Uploads(() => Promise.reject(new Error('none')), systemClock),
			measures: () => Promise.resolve([]),
			connections: () => server.connections,
			now: Date.now,
			uptime: () => 1,
		}),
		socket: statsFeed({ demand, uptime: () => 1 }),
		limits: { rates: { client: much, all: much, strangers: much } },
	});
	try {
		return await load(await server.open(0), sockets);
	} finally {
		clearInterval(looking);
		server.dispose();
		demand.dispose();
	}
}

/** As fast as it can be: the same bytes, and nobody is asked who they are. */
async function bareUnderLoad(): Promise<Load> {
	const server = createServer((_, response) => {
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify(statsOf(sampleAt(Date.now()), 1)));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	try {
		return await load((server.address() as AddressInfo).port, 0);
	} finally {
		server.close();
		server.closeAllConnections();
	}
}

/** The programs that call, in a thread of their own. */
function load(port: number, sockets: number): Promise<Load> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(callers, { eval: true, workerData: { port, sockets, token, seconds } });
		worker.once('message', (result: Load) => {
			resolve(result);
			void worker.terminate();
		});
		worker.once('error', reject);
	});
}

const callers = `
const { parentPort, workerData } = require('node:worker_threads');
const { Agent, get } = require('node:http');
const { port, sockets, token, seconds } = workerData;
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const headers = { authorization: 'Bearer ' + token, 'user-agent': 'bench' };
const times = [];
let messages = 0;
function join() {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket('ws://127.0.0.1:' + port + '/ws/stats', ['quarterdeck.stats', 'bearer.' + token]);
		socket.addEventListener('message', () => { messages += 1; resolve(); });
		socket.addEventListener('error', reject);
	});
}
function call() {
	return new Promise((resolve, reject) => {
		const start = performance.now();
		get({ host: '127.0.0.1', port, path: '/api/stats', headers, agent }, response => {
			if (response.statusCode !== 200) return reject(new Error('status ' + response.statusCode));
			response.resume();
			response.on('end', () => { times.push(performance.now() - start); resolve(); });
		}).on('error', reject);
	});
}
async function main() {
	await Promise.all(Array.from({ length: sockets }, join));
	for (let count = 0; count < 200; count++) await call();
	times.length = 0;
	const start = performance.now();
	const end = start + seconds * 1000;
	await Promise.all(Array.from({ length: 16 }, async () => { while (performance.now() < end) await call(); }));
	const took = (performance.now() - start) / 1000;
	times.sort((left, right) => left - right);
	parentPort.postMessage({ perSecond: times.length / took, p99: times[Math.floor(times.length * 0.99)], messages });
}
main().catch(error => { throw error; });
`;
