import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A server on loopback that writes down whoever comes: connections, requests and datagrams. */
export interface ListeningPost {
	readonly port: number;
	/** `http://127.0.0.1:PORT`. */
	readonly url: string;
	/** One entry for each visit: `tcp`, `GET /path`, `udp`. */
	readonly visits: readonly string[];
	close(): Promise<void>;
}

/** Starts it, on one port for both protocols. */
export async function startListeningPost(): Promise<ListeningPost> {
	const visits: string[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((request, response) => {
		visits.push(`${request.method} ${request.url}`);
		response.writeHead(200, { 'content-type': 'text/plain', 'access-control-allow-origin': '*' }).end('hello');
	});
	server.on('connection', socket => {
		visits.push('tcp');
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const datagrams = createSocket('udp4', () => visits.push('udp'));
	await new Promise<void>(resolve => datagrams.bind(port, '127.0.0.1', resolve));
	return {
		port,
		url: `http://127.0.0.1:${port}`,
		visits,
		close: async () => {
			await new Promise<void>(resolve => datagrams.close(() => resolve()));
			await new Promise<void>(resolve => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			});
		},
	};
}
