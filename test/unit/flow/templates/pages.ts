import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BuiltInPorts } from '../../../../src/core/tools/ports';
import type { FetchPorts } from '../../../../src/core/tools/web/guardedFetch';

export interface Pages {
	/** Of a name that means this machine, so that the gate sees a public address. */
	readonly url: string;
	readonly fetchPorts: FetchPorts;
	readonly ports: Partial<BuiltInPorts>;
	/** Methods and paths that were asked for. */
	readonly asked: readonly string[];
	readonly close: () => Promise<void>;
}

/** A small web: pages by their paths, JSON where the value is no text, and a web search at `/search`. */
export async function answerPages(pages: Readonly<Record<string, unknown>>): Promise<Pages> {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		const path = (request.url ?? '').split('?', 1)[0] ?? '';
		asked.push(`${request.method} ${path}`);
		if (!Object.hasOwn(pages, path)) {
			response.writeHead(404).end();
			return;
		}
		const page = pages[path];
		const isText = typeof page === 'string';
		response.writeHead(200, { 'content-type': isText ? 'text/html' : 'application/json' });
		response.end(isText ? page : JSON.stringify(page));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://docs.example.test:${port}`,
		fetchPorts: {
			lookup: async () => [{ address: '127.0.0.1', family: 4 }],
			isAllowed: address => address === '127.0.0.1',
			agent: 'test',
		},
		ports: {
			webSearch: () => ({ kind: 'searxng', url: `http://127.0.0.1:${port}/` }),
			readPage: async html => ({ title: '', text: html.replaceAll(/<[^>]*>/gu, '') }),
		},
		asked,
		close: () =>
			new Promise(resolve => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
}
