import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/core/base/clock';
import { boundLookup } from '../../../src/core/health/checks/boundLookup';
import { checkFile } from '../../../src/core/health/checks/file';
import { checkHttp, type HttpCheck } from '../../../src/core/health/checks/http';
import { checkTcp } from '../../../src/core/health/checks/tcp';
import type { CheckResult } from '../../../src/core/health/service';

const never = new AbortController().signal;
const plain: Omit<HttpCheck, 'url'> = {
	method: 'GET',
	statuses: [],
	contains: null,
	json: null,
	certificateDays: 14,
	timeoutMs: 20_000,
};

async function listen(server: Server | ReturnType<typeof createTcp>): Promise<number> {
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		if ('closeAllConnections' in server) server.closeAllConnections();
		server.close();
	});
	return (server.address() as { readonly port: number }).port;
}

async function ask(answer: RequestListener, check: Partial<HttpCheck> = {}): Promise<CheckResult> {
	const port = await listen(createServer(answer));
	return checkHttp({ ...plain, url: `http://127.0.0.1:${port}/`, ...check }, systemClock, never);
}

test('a status says how a web server is', async () => {
	expect(await ask((_request, response) => response.writeHead(204).end())).toMatchObject({ outcome: 'up' });
	expect(await ask((_request, response) => response.writeHead(500).end())).toMatchObject({
		outcome: 'down',
		text: 'It answered with status 500, not 200 to 399.',
	});
	expect(await ask((_request, response) => response.writeHead(401).end(), { statuses: [200, 401] })).toMatchObject({
		outcome: 'up',
	});
});

test('a redirect is an answer and is not followed', async () => {
	let asked = 0;
	const result = await ask(
		(_request, response) => {
			asked++;
			response.writeHead(302, { location: '/elsewhere' }).end();
		},
		{ statuses: [200] },
	);
	expect([result.outcome, asked]).toEqual(['down', 1]);
});

test('words and JSON of the answer', async () => {
	const answer: RequestListener = (_request, response) => response.end('{"status":"ok","checks":[{"ok":true}]}');
	expect(await ask(answer, { contains: '"ok"' })).toMatchObject({ outcome: 'up' });
	expect(await ask(answer, { contains: 'fine' })).toMatchObject({
		outcome: 'down',
		text: 'Its answer does not hold “fine”.',
	});
	expect(await ask(answer, { json: { path: 'checks.0.ok', equals: true } })).toMatchObject({ outcome: 'up' });
	expect(await ask(answer, { json: { path: 'constructor.name', equals: 'Object' } })).toMatchObject({
		text: 'Its answer has nothing at constructor.name, not "Object".',
	});
	expect(await ask((_request, response) => response.end('<p>'), { json: { path: 'a', equals: 1 } })).toMatchObject({
		text: 'Its answer is no JSON.',
	});
});

test('a server that drips is given up, and one that sends for ever is cut off', async () => {
	const drip: RequestListener = (_request, response) => {
		response.writeHead(200);
		const timer = setInterval(() => response.write('.'), 20);
		response.on('close', () => clearInterval(timer));
	};
	expect(await ask(drip, { contains: 'end', timeoutMs: 3000 })).toEqual({
		outcome: 'down',
		text: 'It did not finish an answer within 3 seconds.',
		latencyMs: null,
	});
	let sent = 0;
	const flood: RequestListener = (_request, response) => {
		const piece = Buffer.alloc(16_384, 'x');
		const more = (): void => {
			while (!response.destroyed && sent < 1e9 && response.write(piece)) sent += piece.length;
			if (!response.destroyed && sent < 1e9) response.once('drain', more);
		};
		more();
	};
	expect(await ask(flood, { contains: 'needle' })).toMatchObject({
		outcome: 'down',
		text: 'Its answer does not hold “needle” (only the first 64 KB are read).',
	});
	expect(sent).toBeLessThan(50e6);
});

test('nothing that listens, and headers that never come', async () => {
	const port = await listen(createTcp());
	const closed = await listen(createTcp());
	expect(await checkHttp({ ...plain, url: 'http://127.0.0.1:1/' }, systemClock, never)).toMatchObject({
		outcome: 'down',
		text: 'Nothing listens at 127.0.0.1:1 (ECONNREFUSED).',
		latencyMs: null,
	});
	const silent = { ...plain, url: `http://127.0.0.1:${port}/`, timeoutMs: 200 };
	expect(await checkHttp(silent, systemClock, never)).toMatchObject({ outcome: 'down' });
	expect(await checkTcp({ host: '127.0.0.1', port: closed, timeoutMs: 20_000 }, systemClock, never)).toMatchObject({
		outcome: 'up',
	});
	expect(await checkTcp({ host: '127.0.0.1', port: 1, timeoutMs: 20_000 }, systemClock, never)).toMatchObject({
		outcome: 'down',
	});
});

test('a name is bound to where it may lead, and found as before otherwise', async () => {
	const port = await listen(createServer((_, response) => void response.end()));
	const found = [
		{ address: '93.184.216.34', family: 4 },
		{ address: '127.0.0.1', family: 4 },
	];
	const nowhere = boundLookup(
		address => address !== '127.0.0.1',
		(_host, done) => done(null, found),
	);
	const text = 'It could not be reached: shop.example leads to 127.0.0.1, where this check may not go.';
	const url = `http://shop.example:${port}/`;
	expect(await checkHttp({ ...plain, url, lookup: nowhere }, systemClock, never)).toMatchObject({ text });
	const tcp = { host: 'shop.example', port, timeoutMs: 20_000 };
	expect(await checkTcp({ ...tcp, lookup: nowhere }, systemClock, never)).toMatchObject({ text });
	const here = boundLookup(
		() => true,
		(_host, done) => done(null, found.slice(1)),
	);
	expect(await checkHttp({ ...plain, url, lookup: here }, systemClock, never)).toMatchObject({ outcome: 'up' });
	expect(await checkTcp({ ...tcp, lookup: here }, systemClock, never)).toMatchObject({ outcome: 'up' });
	const lost = boundLookup(
		() => true,
		(_host, done) => done(Object.assign(new Error('lost'), { code: 'ENOTFOUND' }), []),
	);
	expect(await checkHttp({ ...plain, url, lookup: lost }, systemClock, never)).toMatchObject({
		text: `The name shop.example:${port} cannot be looked up (ENOTFOUND).`,
	});
});

test('a check that is not wanted any more rejects', async () => {
	const port = await listen(createTcp());
	const end = new AbortController();
	const asking = checkHttp({ ...plain, url: `http://127.0.0.1:${port}/` }, systemClock, end.signal);
	end.abort();
	await expect(asking).rejects.toThrow('Cancelled');
	await expect(checkTcp({ host: '127.0.0.1', port, timeoutMs: 9 }, systemClock, end.signal)).rejects.toThrow(
		'Cancelled',
	);
});

test('a mount that hangs takes no more than two of the threads that read files', async () => {
	let begun = 0;
	const answers: (() => void)[] = [];
	const hanging = (): Promise<never> => {
		begun++;
		return new Promise((_, reject) => answers.push(() => reject(new Error('stale'))));
	};
	let timeoutMs = 50;
	const look = (path: string): Promise<CheckResult> =>
		checkFile({ path, youngerThanMs: null, timeoutMs }, systemClock, never, hanging);
	const first = await Promise.all(['/nas/a', '/nas/b', '/nas/c'].map(look));
	expect([begun, first.map(({ outcome }) => outcome)]).toEqual([2, ['down', 'down', 'unsure']]);
	expect((await look('/nas/a')).text).toBe('The file system did not answer within 0.05 seconds.');
	expect((await look('/nas/d')).outcome).toBe('unsure');
	expect(begun).toBe(2);
	for (const answer of answers.splice(0)) answer();
	timeoutMs = 20_000;
	const again = look('/nas/d');
	await vi.waitFor(() => expect(begun).toBe(3));
	for (const answer of answers.splice(0)) answer();
	expect((await again).outcome).toBe('down');
	const twice = [look('/nas/e'), look('/nas/e')];
	for (const count of [4, 5]) {
		await vi.waitFor(() => expect(begun).toBe(count));
		for (const answer of answers.splice(0)) answer();
	}
	expect((await Promise.all(twice)).map(({ text }) => text)).toEqual(Array(2).fill('It cannot be looked at: stale.'));
});

test('looks at a file leave nothing behind on the signal that ends them', async () => {
	const end = new AbortController();
	const check = { path: tmpdir(), youngerThanMs: null, timeoutMs: 20_000 };
	for (let look = 0; look < 30; look++) await checkFile(check, systemClock, end.signal);
	expect(getEventListeners(end.signal, 'abort')).toHaveLength(0);
});

test('a file is there and fresh', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-health-'));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	const path = join(folder, 'backup.tar');
	const check = { path, youngerThanMs: 3_600_000, timeoutMs: 20_000 };
	expect(await checkFile(check, systemClock, never)).toMatchObject({ outcome: 'down', text: 'It is not there.' });
	writeFileSync(path, '');
	expect(await checkFile(check, systemClock, never)).toMatchObject({ outcome: 'up' });
	const old = Date.now() / 1000 - 2 * 3600;
	utimesSync(path, old, old);
	expect(await checkFile(check, systemClock, never)).toMatchObject({
		outcome: 'down',
		text: 'It was written last 120 minutes ago.',
	});
	expect(await checkFile({ ...check, youngerThanMs: null }, systemClock, never)).toMatchObject({ outcome: 'up' });
});
