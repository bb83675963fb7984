import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { isLocalName, isPublicAddress } from '../../../src/core/tools/web/addresses';
import { guardedFetch, pageLimits, publicPorts, type FetchPorts } from '../../../src/core/tools/web/guardedFetch';
import { readablePage } from '../../../src/core/tools/web/readable';
import { textOf } from './toolsForTest';
import { ToolWorld } from './worldForTools';

vi.setConfig({ testTimeout: 30_000 });

async function server(listener: RequestListener) {
	const made = createServer(listener);
	await new Promise<void>(resolve => made.listen(0, '127.0.0.1', resolve));
	const { port } = made.address() as AddressInfo;
	return {
		port,
		async [Symbol.asyncDispose](): Promise<void> {
			made.closeAllConnections();
			await new Promise(resolve => made.close(resolve));
		},
	};
}

/** Every name leads to this machine, and this machine counts as public. */
const here: FetchPorts = {
	lookup: async () => [{ address: '127.0.0.1', family: 4 }],
	isAllowed: address => address === '127.0.0.1',
	agent: 'test',
};
const signal = new AbortController().signal;
const guarded = (url: string, ports: FetchPorts, limits = pageLimits) => guardedFetch(url, ports, limits, signal);

describe('addresses', () => {
	test.each(['1.1.1.1', '93.184.216.34', '2606:4700::1111', '172.32.0.1', '100.63.0.1'])('%s is public', address => {
		expect(isPublicAddress(address)).toBe(true);
	});

	test.each([
		'127.0.0.1',
		'127.255.255.254',
		'0.0.0.0',
		'10.1.2.3',
		'172.16.0.1',
		'172.31.255.255',
		'192.168.1.1',
		'169.254.169.254',
		'100.64.0.1',
		'100.100.100.200',
		'192.0.0.192',
		'198.18.0.1',
		'224.0.0.1',
		'255.255.255.255',
		'::',
		'::1',
		'[::1]',
		'fe80::1',
		'fe80::1%eth0',
		'fc00::1',
		'fd00:ec2::254',
		'ff02::1',
		'::ffff:127.0.0.1',
		'::ffff:7f00:1',
		'::127.0.0.1',
		'64:ff9b::7f00:1',
		'2002:7f00:1::',
		'2001:0:1::1',
		'2001:db8::1',
		'not an address',
		'',
	])('%s is not', address => {
		expect(isPublicAddress(address)).toBe(false);
	});

	test.each([
		'localhost',
		'LOCALHOST.',
		'a.localhost',
		'printer',
		'nas.local',
		'metadata.google.internal',
		'router.lan',
	])('%s is a name of here', name => expect(isLocalName(name)).toBe(true));
});

describe('a fetch', () => {
	test.each([
		'http://127.0.0.1/',
		'http://2130706433/',
		'http://0x7f000001/',
		'http://0177.0.0.1/',
		'http://127.1/',
		'http://0/',
		'http://[::1]/',
		'http://[::ffff:127.0.0.1]/',
		'http://[::ffff:a9fe:a9fe]/',
		'http://[64:ff9b::127.0.0.1]/',
		'http://169.254.169.254/latest/meta-data/',
		'http://①②⑦.0.0.1/',
		'http://192.168.0.1:8080/',
		'http://168.63.129.16/',
	])('of %s is refused before anything is sent', async url => {
		await expect(guarded(url, publicPorts('0'))).rejects.toMatchObject({ code: 'private-address' });
	});

	test('of a local name is refused whatever the name server says', async () => {
		const ports = { ...publicPorts('0'), lookup: async () => [{ address: '1.1.1.1', family: 4 }] };
		for (const name of ['localhost', 'foo.localhost', 'intranet', 'metadata.google.internal'])
			await expect(guarded(`http://${name}/`, ports)).rejects.toMatchObject({ code: 'private-address' });
	});

	test.each([
		[[{ address: '127.0.0.1', family: 4 }]],
		[
			[
				{ address: '1.1.1.1', family: 4 },
				{ address: '10.0.0.1', family: 4 },
			],
		],
		[[{ address: '::ffff:10.0.0.1', family: 6 }]],
	])('of a name that leads to %j is refused', async addresses => {
		const ports = { ...publicPorts('0'), lookup: async () => addresses };
		await expect(guarded('https://example.org/', ports)).rejects.toMatchObject({ code: 'private-address' });
	});

	test.each([
		'file:///etc/passwd',
		'ftp://example.org/',
		'data:text/html,x',
		'nonsense',
		'https://user:word@example.org/',
	])('of %s is refused', async url => {
		await expect(guarded(url, here)).rejects.toMatchObject({ code: 'bad-address' });
	});

	test('resolves a name once and goes to that very address', async () => {
		await using web = await server((request, response) => response.end(`hello ${request.headers.host}`));
		const lookup = vi
			.fn<FetchPorts['lookup']>()
			.mockResolvedValueOnce([{ address: '127.0.0.1', family: 4 }])
			.mockRejectedValue(new Error('asked twice'));
		const body = await guarded(`http://example.org:${web.port}/`, { ...here, lookup });
		expect(body.bytes.toString()).toBe(`hello example.org:${web.port}`);
		expect(lookup).toHaveBeenCalledTimes(1);
	});

	test('checks every redirect anew', async () => {
		await using web = await server((request, response) => {
			const to = new URL(request.url ?? '/', 'http://x').searchParams.get('to');
			response.writeHead(302, { location: to ?? '/' }).end();
		});
		const from = (to: string) => guarded(`http://example.org:${web.port}/?to=${encodeURIComponent(to)}`, here);
		for (const to of ['http://10.0.0.1/', 'http://[::1]/', 'http://169.254.169.254/', '//192.168.0.1/'])
			await expect(from(to), to).rejects.toMatchObject({ code: 'private-address' });
		await expect(from('file:///etc/passwd')).rejects.toMatchObject({ code: 'bad-address' });
		await expect(from('/?to=/')).rejects.toMatchObject({ code: 'too-many-redirects' });
	});

	test('does not carry a key to where a redirect leads', async () => {
		const seen: (string | undefined)[] = [];
		await using web = await server((request, response) => {
			seen.push(request.headers['x-key'] as string | undefined);
			if (request.url === '/') response.writeHead(302, { location: '/other' }).end();
			else response.end('ok');
		});
		await guardedFetch(`http://example.org:${web.port}/`, here, pageLimits, signal, { 'x-key': 'secret' });
		expect(seen).toEqual(['secret', undefined]);
	});

	test('stops at the limit, also of what unpacks to more', async () => {
		const bomb = gzipSync(Buffer.alloc(50_000_000));
		await using web = await server((request, response) => {
			if (request.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
			else {
				const piece = Buffer.alloc(65_536, 'x');
				const more = (): void => {
					while (response.writable && response.write(piece));
				};
				response.on('drain', more);
				more();
			}
		});
		for (const path of ['bomb', 'endless']) {
			const body = await guarded(`http://example.org:${web.port}/${path}`, here, { ...pageLimits, bytes: 1_000_000 });
			expect(body).toMatchObject({ isCut: true });
			expect(body.bytes.length).toBe(1_000_000);
		}
	});

	test('gives up on a server that does not answer, and on Stop', async () => {
		await using web = await server(() => undefined);
		const url = `http://example.org:${web.port}/`;
		await expect(guarded(url, here, { ...pageLimits, ms: 200 })).rejects.toMatchObject({ code: 'timeout' });
		const stop = new AbortController();
		const working = guardedFetch(url, here, pageLimits, stop.signal);
		stop.abort();
		await expect(working).rejects.toMatchObject({ name: 'CancelledError' });
	});
});

const article = `<html><head><title>Ships</title></head><body><nav><a href="/">Home</a></nav><article><h1>Of ships</h1>${'<p>A ship is a large vessel that sails the oceans, and it carries cargo, passengers, and stories. <a href="/more">More</a></p>'.repeat(12)}<pre><code>make sail</code></pre></article><script>steal()</script></body></html>`;

describe('a page', () => {
	const readPage = async (html: string, url: string) => readablePage(html, url);

	test('becomes what a reader would read', () => {
		const { title, text } = readablePage(article, 'https://example.org/a/');
		expect(title).toBe('Ships');
		expect(text).toContain('A ship is a large vessel');
		expect(text).toContain('[More](https://example.org/more)');
		expect(text).toContain('```\nmake sail\n```');
		expect(text).not.toContain('steal');
		expect(text).not.toContain('Home');
	});

	test.each(['', '<', '<html>', '<p>'.repeat(5000), '<table><tr><td>1<td>2<tr><td>3'])(
		'of %.20s is read without a crash',
		html => {
			expect(readablePage(html, 'https://example.org/').text).toBeTypeOf('string');
		},
	);

	test('a page without an article is read as a whole', () => {
		const { text } = readablePage(
			'<body><ul><li><a href="a">One</a></li><li>Two</li></ul></body>',
			'https://example.org/',
		);
		expect(text).toContain('[One](https://example.org/a)');
		expect(text).toContain('Two');
	});

	test('is fetched in pieces by the tool, and other types are told apart', async () => {
		const long = `<body><p>${'word '.repeat(20_000)}</p></body>`;
		await using web = await server((request, response) => {
			const types: Record<string, readonly [string, string | Buffer]> = {
				'/long': ['text/html; charset=utf-8', long],
				'/json': ['application/json', '{"a":1}'],
				'/latin': ['text/plain; charset=iso-8859-1', Buffer.from('\xe4', 'latin1')],
				'/pdf': ['application/pdf', '%PDF'],
			};
			const [type, body] = types[request.url ?? ''] ?? ['', ''];
			if (type === '') response.writeHead(404).end();
			else response.writeHead(200, { 'content-type': type }).end(body);
		});
		await using world = await ToolWorld.make({ readPage }, here);
		const fetched = async (path: string, more = {}) =>
			textOf(await world.run('fetch_page', { url: `http://example.org:${web.port}${path}`, ...more }));
		const first = await fetched('/long');
		expect(first).toMatch(/\[\d+ more characters; go on with offset 30000\]$/u);
		expect(await fetched('/long', { offset: 90_000 })).not.toContain('more characters');
		expect(await fetched('/json')).toContain('{"a":1}');
		expect(await fetched('/latin')).toContain('ä');
		expect(await fetched('/pdf')).toContain('application/pdf');
		expect(await fetched('/none')).toContain('status 404');
	});
});

describe('the web search', () => {
	test('is there only when the user set it', async () => {
		let choice: ReturnType<NonNullable<ToolWorld['ports']['webSearch']>> = null;
		await using world = await ToolWorld.make({ webSearch: () => choice });
		expect(world.names()).not.toContain('quarterdeck_web_search');
		choice = { kind: 'searxng', url: 'http://127.0.0.1:1/' };
		expect(world.names()).toContain('quarterdeck_web_search');
		expect(textOf(await world.run('web_search', { query: 'x' }))).toContain('could not be reached');
	});

	test('asks the server that the user named, wherever it is', async () => {
		const asked: string[] = [];
		await using web = await server((request, response) => {
			asked.push(request.url ?? '');
			if (request.url?.includes('forbidden') === true) response.writeHead(403).end();
			else if (request.url?.includes('html') === true) response.end('<html>');
			else {
				const results = [
					{ title: 'One <b>ship</b>', url: 'https://example.org/1', content: 'Sails\n far' },
					'junk',
					{},
				];
				response.end(JSON.stringify({ results }));
			}
		});
		const webSearch = () => ({ kind: 'searxng', url: `http://127.0.0.1:${web.port}/sub` }) as const;
		await using world = await ToolWorld.make({ webSearch });
		const search = async (query: string) => textOf(await world.run('web_search', { query }));
		expect(await search('ship & sea')).toBe('1. One ship\n   https://example.org/1\n   Sails far');
		expect(asked).toEqual(['/sub/search?q=ship+%26+sea&format=json']);
		expect(await search('forbidden')).toContain('must allow the format json');
		expect(await search('html')).toContain('did not answer with JSON');
	});
});
