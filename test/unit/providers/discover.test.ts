import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { discoverLocal } from '../../../src/core/providers/discover';
import { ManualClock } from '../../fakes/manualClock';
import { FakeOllama } from '../../fakes/ollama/server';

const signal = new AbortController().signal;

/** A server that answers these paths with JSON, and others as `other` says. */
async function serve(
	bodies: Readonly<Record<string, unknown>>,
	other: { readonly status: number; readonly body: string } | 'silence' = { status: 404, body: 'not found' },
): Promise<number> {
	const server = createServer((request, response) => {
		const body = bodies[request.url ?? ''];
		if (body !== undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		else if (other !== 'silence') response.writeHead(other.status).end(other.body);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(async () => {
		server.closeAllConnections();
		await new Promise(resolve => server.close(resolve));
	});
	return (server.address() as AddressInfo).port;
}

const list = (owner?: string) => ({ object: 'list', data: [{ id: 'm', object: 'model', owned_by: owner }] });

test('what answers is told by what it says, wherever it listens', async () => {
	const ollama = await FakeOllama.start();
	onTestFinished(() => ollama.stop());
	const ports = [
		ollama.port,
		await serve({ '/v1/models': list('llamacpp') }),
		await serve({ '/v1/models': list('vllm'), '/version': { version: '0.10' } }),
		// LM Studio answers what it does not know with 200.
		await serve(
			{ '/v1/models': list('organization_owner'), '/api/v0/models': { data: [{ id: 'm', state: 'loaded' }] } },
			{ status: 200, body: '{"error":"Unexpected endpoint or method."}' },
		),
		await serve({ '/v1/models': list(), '/system': { backends: ['llama-cpp'], loaded_models: [] } }),
		await serve({ '/v1/models': list('koboldcpp'), '/api/version': { version: '0.7.0' } }),
		await serve({ '/v1/models': list('somebody') }),
		// Somebody else's servers, on ports that are as usual for them.
		await serve({}),
		await serve({ '/v1/models': { hello: 'world' } }),
		await serve({}, { status: 200, body: '<!doctype html><title>Jenkins</title>' }),
		await serve({}, { status: 401, body: 'no' }),
	];
	const found = await discoverLocal(signal, { ports });
	expect(found.map(({ config, text }) => [config.id, 'preset' in config ? config.preset : config.kind, text])).toEqual([
		['ollama', 'ollama', 'Ollama 0.9.6'],
		['llamacpp', 'llamacpp', 'llama.cpp server'],
		['vllm', 'vllm', 'vLLM'],
		['lmstudio', 'lmstudio', 'LM Studio'],
		['localai', 'localai', 'LocalAI'],
		['koboldcpp', 'other', 'KoboldCpp'],
		[`server-on-port-${ports[6]}`, 'other', `Server on port ${ports[6]}`],
	]);
});

test('a port that takes a connection and says nothing does not hold up the others', async () => {
	const ollama = await FakeOllama.start();
	onTestFinished(() => ollama.stop());
	const silent = await serve({}, 'silence');
	const found = await discoverLocal(signal, { ports: [silent, ollama.port], timeoutMs: 3000 });
	expect(found.map(({ text }) => text)).toEqual(['Ollama 0.9.6']);
});

test('a server that answers after three seconds, as on a machine that is busy starting a window, is found', async () => {
	const clock = new ManualClock();
	const answers: (() => void)[] = [];
	const late: typeof fetch = (input, init) =>
		new Promise((resolve, reject) => {
			init?.signal?.addEventListener('abort', () => reject(new Error('gone')));
			answers.push(() =>
				resolve(Response.json(new Request(input).url.endsWith('/api/version') ? { version: '0.9.6' } : {})),
			);
		});
	const run = discoverLocal(signal, { ports: [1], clock, fetch: late });
	await vi.waitFor(() => expect(answers).toHaveLength(2));
	clock.advance(3000);
	for (const answer of answers) answer();
	expect((await run).map(({ text }) => text)).toEqual(['Ollama 0.9.6']);
});

test('two of a kind have ids of their own; where Ollama was told to listen is looked at', async () => {
	const [one, two] = [await FakeOllama.start(), await FakeOllama.start()];
	onTestFinished(() => Promise.all([one.stop(), two.stop()]).then(() => undefined));
	const found = await discoverLocal(signal, { ports: [one.port], ollamaHost: `0.0.0.0:${two.port}` });
	expect(found.map(({ config }) => [config.id, config.baseUrl])).toEqual([
		['ollama', two.url],
		['ollama-2', one.url],
	]);
	expect(await discoverLocal(signal, { ports: [], ollamaHost: 'http://gpu-box:11434' })).toEqual([]);
});

test('an abort ends it', async () => {
	const silent = await serve({}, 'silence');
	const abort = new AbortController();
	const run = discoverLocal(abort.signal, { ports: [silent], timeoutMs: 60_000 });
	abort.abort();
	await expect(run).rejects.toThrow('Cancelled');
});
